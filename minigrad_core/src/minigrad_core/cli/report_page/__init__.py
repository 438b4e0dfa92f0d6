"""`minigrad check --html`: a page that holds a whole run, and needs no other file."""

from .page import report_page

__all__ = ["report_page"]
