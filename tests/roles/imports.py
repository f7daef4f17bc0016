"""Running an import in a test, and being sure that a refused one changed nothing."""

import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from roles.models import Figure, Role, Source


def printed_by(command, path, **options):
    out = StringIO()
    call_command(command, str(path), stdout=out, **options)
    return out.getvalue()


def counts_in(printed):
    """Return how many figures are new, changed, removed and unchanged: the last line's numbers."""
    return tuple(map(int, re.findall(r"\d+", printed.splitlines()[-1])))


def changes_in(printed, title):
    """Return the lines of a role about changed figures, each as what was and what is."""
    lines = (line for line in printed.splitlines() if f" {title}: " in line and " -> " in line)
    return [tuple(line.split(" -> ")) for line in lines]


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
