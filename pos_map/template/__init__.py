"""Our own workbook: blank to fill in, or filled from an inventory to correct and import again.

write_template   the workbook, in French
table_rows       the rows of an inventory, by kind of table
write_csv        the same as CSV files
"""

from pos_map.template.tables import Rows, Value, table_rows, write_csv
from pos_map.template.workbook import write_template

__all__ = ["Rows", "Value", "table_rows", "write_csv", "write_template"]
