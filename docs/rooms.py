"""Draw the rooms of the project and the imports between them: `python -m docs.rooms`.

Writes docs/pictures/rooms.svg and prints how many rooms, levels, arrows and circles there are.
A room is an app, or a folder or module directly inside the quiz.
"""

from collections import Counter
from functools import cache
from pathlib import Path

from tests.imports import FOR_DJANGO, ROOMS, circles, imports, modules

PICTURE = Path(__file__).parent / "pictures" / "rooms.svg"
# From the top down, as they are drawn. "quiz" is what Django looks for next to the rooms.
ORDER = ("quizsite", "quiz", *(f"quiz/{room}" for room in reversed(ROOMS)), "roles", "organization")
NEXT_TO_ROOMS = {f"quiz/{name}" for name in FOR_DJANGO}
WIDTH, ROW, BOX, LEFT = 640, 52, 34, 8
BOX_WIDTH = 280


def room_of(module: str) -> str:
    app, _, inner = module.partition(".")
    return f"quiz/{inner.split('.')[0]}" if app == "quiz" and inner else app


def arrows() -> set[tuple[str, str]]:
    """Return each room that imports, with the room it imports from."""
    return {
        (room_of(module), room_of(other))
        for module in modules()
        for other in imports(module)
        if room_of(module) != room_of(other)
    }


def levels() -> int:
    """Return the rooms on the longest chain of imports; rooms in a circle count as one level."""
    after: dict[str, set[str]] = {}
    for room, other in arrows():
        after.setdefault(room, set()).add(other)

    @cache
    def reached(room: str) -> frozenset[str]:
        found, waiting = set(), [room]
        while waiting:
            for other in after.get(waiting.pop(), set()) - found:
                found.add(other)
                waiting.append(other)
        return frozenset(found)

    @cache
    def height(room: str) -> int:
        below = [other for other in reached(room) if room not in reached(other)]
        return 1 + max(map(height, below), default=0)

    return max(height(room_of(module)) for module in modules())


def summary() -> str:
    rooms = {room_of(module) for module in modules()}
    return (
        f"{len(rooms)} rooms, {levels()} levels, {len(arrows())} arrows, "
        f"{len(circles())} circles of modules"
    )


def drawn() -> str:
    """Return the picture as SVG: a box for each room, an arc for each arrow."""
    merged = {
        tuple("quiz" if end in NEXT_TO_ROOMS else end for end in (room, other))
        for room, other in arrows()
    }
    sizes = Counter(room_of(module) for module in modules())
    for room in NEXT_TO_ROOMS:
        sizes["quiz"] += sizes.pop(room, 0)
    right = LEFT + BOX_WIDTH
    parts = []
    for room, other in sorted(ends for ends in merged if ends[0] != ends[1]):
        start, end = (ORDER.index(each) * ROW + BOX / 2 + 12 for each in (room, other))
        reach = right + 24 + abs(ORDER.index(other) - ORDER.index(room)) * 27
        upward = " upward" if end < start else ""
        parts.append(
            f'<path class="arrow{upward}" stroke-width="1.5" '
            f'd="M{right} {start + 4:g} C{reach} {start + 4:g} {reach} {end - 4:g} '
            f'{right + 5} {end - 4:g}" '
            f'marker-end="url(#head)"><title>{room} imports {other}</title></path>'
        )
    for place, room in enumerate(ORDER):
        y = place * ROW + 12
        name = "quiz: for Django" if room == "quiz" else room
        parts.append(
            f'<rect x="{LEFT}" y="{y}" width="{BOX_WIDTH}" height="{BOX}" rx="6"/>'
            f'<text x="{LEFT + 12}" y="{y + 22}">{name}</text>'
            f'<text class="size" x="{right - 12}" y="{y + 22}">{sizes[room]} modules</text>'
        )
    height = len(ORDER) * ROW + 8
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="Rooms of the project and the imports between them, all downward">\n'
        "<style>text{font:15px sans-serif;fill:#1d2430}.size{font-size:12px;text-anchor:end;"
        "fill:#5a6472}rect{fill:#eef2f6;stroke:#8a97a6}.paper{fill:#fff;stroke:none}"
        ".arrow{fill:none;stroke:#6b7f95;stroke-opacity:.55}.upward{stroke:#c22}</style>\n"
        '<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerUnits="userSpaceOnUse" '
        'markerWidth="9" markerHeight="9" orient="auto">'
        '<path d="M0 0 8 4 0 8z" fill="#6b7f95"/></marker>\n'
        f'<rect class="paper" width="{WIDTH}" height="{height}"/>\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
    print(summary())
