"""Columns read as the database writes them, for what reads very many rows."""

from django.db.models import TextField
from django.db.models.functions import Cast


def as_text(column: str) -> Cast:
    """Return a column as text; Django would make an object of it, row by row."""
    return Cast(column, TextField())
