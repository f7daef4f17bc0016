"""Columns for names that people type: stored clean, and once more as searches compare them."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from quiz.web.forms import NameField
from quiz.web.names import clean_line, fold

# NFKD can make a text longer. Two names that agree this far count as the same.
FOLDED_LENGTH = 250

if TYPE_CHECKING:
    NameColumn = models.CharField[str, str]
else:
    NameColumn = models.CharField


class CleanNameField(NameColumn):
    """A name on one line, cleaned on every way into the database and every lookup."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return clean_line(prepared) if isinstance(prepared, str) else prepared

    def formfield(self, **kwargs: Any) -> Any:
        return super().formfield(**{"form_class": NameField, **kwargs})

    def deconstruct(self) -> Any:
        # The column is that of a CharField, so migrations need not know this class.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs


class FoldedNameField(NameColumn):
    """The row's `name` as `fold` returns it, written along with it.

    `save(update_fields=...)` and `update()` have to name this field too.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max_length": FOLDED_LENGTH, "editable": False, **kwargs})

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = folded_name(getattr(model_instance, "name"))  # noqa: B009 - not every model has it
        setattr(model_instance, self.attname, folded)
        return folded

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        """Sort by code point, as SQLite does; PostgreSQL's own order depends on the machine."""
        collation = {"collation": "C"} if connection.vendor == "postgresql" else {}
        return {**super().db_parameters(connection), **collation}


def folded_name(name: str) -> str:
    """Return what the column of a FoldedNameField holds for a name."""
    return fold(name)[:FOLDED_LENGTH]
