"""What pages, commands and reports show of the current campaign: queries on its newest assessment.

Every function takes an open store and returns the values of `footprint.sheets`. Errors: CampaignError (no
campaign, or not assessed yet), UnknownSubject with near names.
"""

from footprint.views.applications import application_sheet, tiles
from footprint.views.book import Book, applications, open_book
from footprint.views.doubts import doubts
from footprint.views.explained import explained, label_of
from footprint.views.map import map_tree
from footprint.views.models import model_sheet
from footprint.views.summary import reconciliation, summary
from footprint.views.uncertainty import swings
from footprint.views.use_cases import model_applications, models, use_cases

__all__ = [
    "Book",
    "application_sheet",
    "applications",
    "doubts",
    "explained",
    "label_of",
    "map_tree",
    "model_applications",
    "model_sheet",
    "models",
    "open_book",
    "reconciliation",
    "summary",
    "swings",
    "tiles",
    "use_cases",
]
