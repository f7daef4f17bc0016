"""JSON columns read as text, for queries over very many rows."""

from django.db.models import TextField
from django.db.models.functions import Cast


def as_text(column: str) -> Cast:
    """Read a column without parsing it: Django would build an object for each row."""
    return Cast(column, TextField())
