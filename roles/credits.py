"""The sources that a page credits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from roles.measures import Text, short_name
from roles.models import Source
from roles.sections import CountedOccupation, Table


@dataclass(frozen=True)
class SourceUsed:
    source: Source
    short_name: Text
    counted: tuple[CountedOccupation, ...]
    checked: tuple[str, ...]  # such as "checked on November 24, 2026"


def sources_used(
    by_section: Mapping[str, tuple[Table, ...]], cited: Iterable[Source] = ()
) -> list[SourceUsed]:
    """List the sources of all tables and texts, official ones first.

    `cited` are the sources of texts. Each source comes with the occupations it counted.
    """
    counted: dict[Source, dict[CountedOccupation, None]] = {}
    checked: dict[Source, dict[str, None]] = {}
    for tables in by_section.values():
        for table in tables:
            counted.setdefault(table.source, {}).update(dict.fromkeys(table.counted))
            days = [table.checked] if table.checked else []
            checked.setdefault(table.source, {}).update(dict.fromkeys(days))
    for source in cited:
        counted.setdefault(source, {})
        checked.setdefault(source, {})
    used = [
        SourceUsed(
            source,
            short_name(source.key),
            tuple(sorted(own, key=str)),
            tuple(checked[source]),
        )
        for source, own in counted.items()
    ]
    return sorted(
        used, key=lambda each: (each.source.kind != Source.Kind.OFFICIAL, each.source.key)
    )
