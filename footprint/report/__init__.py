"""The light carbon balance of a campaign, as a workbook that opens in LibreOffice and Excel.

Modules, each a step of the way from the store to the file:

material        everything the report reads, gathered once
*_rows          one sheet each: pure functions from the material to blocks of rows
tables          blocks, columns, cells and where they stand on a sheet
workbook        writes the sheets with xlsxwriter (extra `reports`, loaded only here)
"""

from footprint.report.errors import ReportError
from footprint.report.workbook import write_workbook

__all__ = ["ReportError", "write_workbook"]
