"""The differences of two questionnaires: by part, and word by word within a text. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from quiz.core.questionnaire import (
    KINDS,
    SCALE,
    Answer,
    BackgroundQuestion,
    Item,
    Option,
    Part,
    PartKind,
    Questionnaire,
    Text,
    Trait,
    words,
)
from quiz.questionnaires.checks.faults import Place, named

Holder = Questionnaire | Part

SAME, REMOVED, ADDED = "same", "removed", "added"
CHANGED, MOVED = "changed", "moved"

# Pairs of equal words across two texts; plain prose of 2,000 characters has a few thousand.
MOST_PAIRS = 50_000


@dataclass(frozen=True)
class Piece:
    """A run of words; `kind` is same, removed (only in the old text) or added (only in the new)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One difference, for people: `what` and `aspect` say where, `kind` says how.

    `old` or `new` is None if that side has nothing. Only texts have `pieces`.
    """

    place: Place
    what: str
    aspect: str
    kind: str
    old: str | None
    new: str | None
    pieces: tuple[Piece, ...] = ()


# ---------------------------------------------------------------- inside a text


def word_changes(old: str, new: str) -> tuple[Piece, ...]:
    """Compare word by word: same and removed pieces make up `old`, same and added ones `new`."""
    a, b = _spaced_words(old), _spaced_words(new)
    old_words, new_words = [word for _, word in a], [word for _, word in b]
    matcher = SequenceMatcher(None, old_words, new_words, _has_too_many_pairs(old_words, new_words))
    pieces: list[Piece] = []
    removed, added = "", ""
    for tag, a0, a1, b0, b1 in matcher.get_opcodes():
        if tag != "equal":
            removed += "".join(map("".join, a[a0:a1]))
            added += "".join(map("".join, b[b0:b1]))
            continue
        for (old_space, word), (new_space, _) in zip(a[a0:a1], b[b0:b1], strict=True):
            is_spaced_alike = old_space == new_space
            if not is_spaced_alike:
                removed, added = removed + old_space, added + new_space
            pieces += _pieces_of_change(removed, added)
            pieces.append(Piece(SAME, old_space + word if is_spaced_alike else word))
            removed, added = "", ""
    return _joined([*pieces, *_pieces_of_change(removed, added)])


def _spaced_words(text: str) -> list[tuple[str, str]]:
    """Return each word after the white space before it; the last word is empty."""
    return re.findall(r"(\s*)(\S+|\Z)", text)


def _has_too_many_pairs(old_words: Sequence[str], new_words: Sequence[str]) -> bool:
    """Comparing takes seconds if a few words appear very often."""
    counts = Counter(new_words)
    return sum(counts[word] for word in old_words) > MOST_PAIRS


def _pieces_of_change(removed: str, added: str) -> list[Piece]:
    """Return what was removed and added; leading white space of both is the same."""
    space = _space_before(removed)
    shared = space if space == _space_before(added) else ""
    kinds = (SAME, shared), (REMOVED, removed[len(shared) :]), (ADDED, added[len(shared) :])
    return [Piece(kind, text) for kind, text in kinds if text]


def _space_before(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Join neighbors of one kind and drop empty pieces."""
    groups = groupby(pieces, key=lambda piece: piece.kind)
    texts = [(kind, "".join(piece.text for piece in group)) for kind, group in groups]
    return tuple(Piece(kind, text) for kind, text in texts if text)


# ---------------------------------------------------------------- between questionnaires


def differences(
    old: Questionnaire, new: Questionnaire, languages: Sequence[str] = ()
) -> tuple[Difference, ...]:
    """Return what differs, in the order of a questionnaire.

    Texts are compared in these languages, by default in all that either side offers. The version
    number and the order of spare statements don't count.
    """
    codes = tuple(languages) or tuple(dict.fromkeys(old.languages + new.languages))
    return tuple(_Comparison(old, new, codes).all())


@dataclass(frozen=True)
class _Comparison:
    old: Questionnaire
    new: Questionnaire
    languages: tuple[str, ...]

    def all(self) -> Iterator[Difference]:
        yield from self._settings()
        for key in _merged(self.old.texts, self.new.texts):
            place: Place = ("texts", key)
            yield from self._text(place, "text", self.old.texts.get(key), self.new.texts.get(key))
        for kind in KINDS:
            yield from self._parts(kind, self.old, self.new)

    def _settings(self) -> Iterator[Difference]:
        for field, aspect in (
            ("items_per_page", "number"),
            ("clear_from", "number"),
            ("leaning_from", "number"),
            ("languages", "list"),
        ):
            old, new = _shown(getattr(self.old, field)), _shown(getattr(self.new, field))
            yield from _value(("version", field), aspect, old, new)

    def _parts(
        self, kind: PartKind, old_holder: Holder, new_holder: Holder, outer: Place | None = None
    ) -> Iterator[Difference]:
        """Compare all parts of a kind; inner parts have the place of their outer part."""
        old = {kind.key_of(part): part for part in kind.parts(old_holder)}
        new = {kind.key_of(part): part for part in kind.parts(new_holder)}
        old_order, new_order = _in_order(kind, old_holder), _in_order(kind, new_holder)
        # The order of the scale follows from its values.
        moves = _moves(old_order, new_order) if kind is not SCALE else {}
        for key in _merged(old, new):
            place, name = (outer, kind.one.format(key)) if outer else ((kind.name, key), "")
            before, after = old.get(key), new.get(key)
            was_asked, is_asked = key in old_order, key in new_order
            if before is None or after is None:
                was, is_now = self._described(before, was_asked), self._described(after, is_asked)
                yield _whole(place, was, is_now, name)
                continue
            yield from _value(place, "asked or spare", _asked(was_asked), _asked(is_asked))
            yield from _move(place, _joined_names(name, "place"), moves.get(key))
            for aspect, value in _values(before).items():
                yield from _value(place, aspect, value, _values(after)[aspect])
            for text in kind.texts:
                aspect = _joined_names(name, text.label) or text.name
                yield from self._text(place, aspect, text.of(before), text.of(after))
            for note in kind.notes:
                yield from _words(place, note.label, note.of(before), note.of(after))
            for inner in kind.inner:
                yield from self._parts(inner, before, after, place)

    # ------------------------------------------------------------ texts and whole parts, in words

    def _text(
        self, place: Place, aspect: str, old: Text | None, new: Text | None
    ) -> Iterator[Difference]:
        for language in self.languages:
            label = f"{aspect} ({language})" if len(self.languages) > 1 else aspect
            yield from _words(place, label, (old or {}).get(language), (new or {}).get(language))

    def _described(self, part: Part | None, is_asked: bool = True) -> str | None:
        match part:
            case Trait():
                low, high = (words(end, self.languages[0]) for end in (part.low, part.high))
                weight = _shown(part.weight)
                return f"{self._all(part.name)} (from “{low}” to “{high}”, weight {weight})"
            case Item():
                spare = "" if is_asked else ", spare"
                return f"{self._all(part.text)} (trait {part.trait}, {_end(part)}{spare})"
            case BackgroundQuestion():
                answers = "; ".join(self._all(option.label) for option in part.options)
                return f"{self._all(part.text)} ({answers})"
            case Answer() | Option():
                return self._all(part.label)
        return None

    def _all(self, text: Text) -> str:
        """Join a text in all languages."""
        return " / ".join(text[code] for code in self.languages if text.get(code))


def _in_order(kind: PartKind, holder: Holder) -> list[str]:
    """Return the keys of parts that have a place in the quiz; spare statements have none."""
    return [kind.key_of(part) for part in getattr(holder, kind.lists[0])]


def _values(part: Part) -> dict[str, str]:
    match part:
        case Trait():
            return {"weight": _shown(part.weight)}
        case Item():
            return {"trait": part.trait, "favored end": _end(part)}
    return {}


def _joined_names(*names: str) -> str:
    return ", ".join(filter(None, names))


def _shown(value: float | tuple[str, ...]) -> str:
    return ", ".join(value) if isinstance(value, tuple) else f"{value:.12g}"


def _asked(is_asked: bool) -> str:
    return "asked" if is_asked else "spare"


def _end(item: Item) -> str:
    return "speaks for the high end" if item.keying > 0 else "speaks for the low end"


def _what(place: Place) -> str:
    name = named(place)
    return name[0].upper() + name[1:]


def _value(place: Place, aspect: str, old: str, new: str) -> Iterator[Difference]:
    if old != new:
        yield Difference(place, _what(place), aspect, CHANGED, old, new)


def _words(place: Place, aspect: str, old: str | None, new: str | None) -> Iterator[Difference]:
    """Compare two texts; an empty text counts as absent."""
    if old and new:
        if old != new:
            pieces = word_changes(old, new)
            yield Difference(place, _what(place), aspect, CHANGED, old, new, pieces)
    elif old or new:
        yield _whole(place, old or None, new or None, aspect)


def _whole(place: Place, old: str | None, new: str | None, aspect: str = "") -> Difference:
    """Something that only one side has; without an aspect, the part itself."""
    kind = ADDED if old is None else REMOVED
    return Difference(place, _what(place), aspect or kind, kind, old, new)


def _move(place: Place, aspect: str, move: tuple[int, int] | None) -> Iterator[Difference]:
    if move:
        yield Difference(place, _what(place), aspect, MOVED, str(move[0]), str(move[1]))


# ---------------------------------------------------------------- order


def _merged(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Return all keys in the new order; a removed key follows the key it followed before."""
    merged = list(new)
    place = 0
    for key in old:
        if key in new:
            place = merged.index(key) + 1
        else:
            merged.insert(place, key)
            place += 1
    return merged


def _moves(old: Sequence[str], new: Sequence[str]) -> dict[str, tuple[int, int]]:
    """Return the old and new place, from 1, of keys that moved past others.

    The longest run of keys in the same order counts as unmoved. Between runs of equal length, keys
    that kept their place win, then the smaller key, so comparing the other way around moves the
    same ones.
    """
    new_places = {key: place for place, key in enumerate(new, start=1)}
    places = {
        key: (place, new_places[key]) for place, key in enumerate(old, start=1) if key in new_places
    }
    followers: dict[str, list[str]] = {}
    longest: dict[str, int] = {}
    kept = list(places)
    for at in range(len(kept) - 1, -1, -1):
        key = kept[at]
        followers[key] = [k for k in kept[at + 1 :] if places[k][1] > places[key][1]]
        longest[key] = 1 + max((longest[k] for k in followers[key]), default=0)
    unmoved = set()
    choices = kept
    while choices:
        key = min(choices, key=lambda k: (-longest[k], places[k][0] != places[k][1], k))
        unmoved.add(key)
        choices = followers[key]
    return {
        key: (was, is_now)
        for key, (was, is_now) in places.items()
        if key not in unmoved and was != is_now
    }
