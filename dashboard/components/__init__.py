"""Pieces that pages share: letters, bars, tables, the explanation tree, the frame around a page."""
