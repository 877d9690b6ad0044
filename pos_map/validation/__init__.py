"""Every fault found in files, as JSON, and as a workbook to mend and send back."""

from pos_map.validation.as_json import faults_json
from pos_map.validation.workbook import write_faults_xlsx
from pos_map.writing import safe_cell

__all__ = ["faults_json", "safe_cell", "write_faults_xlsx"]
