"""Running an import in a test, and being sure that a refused one changed nothing."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from roles.models import Figure, Role, Source


def printed_by(command, path, **options):
    out = StringIO()
    call_command(command, str(path), stdout=out, **options)
    return out.getvalue()


def everything():
    """All that an import could touch, with the history of it."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (Figure, Source, Role, Figure.history.model, Source.history.model)
    ]


def refusal_of(command, path, **options):
    """Return what a refusal says, once it is sure that nothing changed."""
    before = everything()
    with pytest.raises(CommandError) as refusal:
        printed_by(command, path, **options)
    assert everything() == before
    return str(refusal.value)
