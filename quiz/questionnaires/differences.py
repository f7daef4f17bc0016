"""What differs between two questionnaires: part by part, and word by word inside a text. Pure."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from quiz.core.questionnaire import (
    BackgroundQuestion,
    Item,
    Option,
    Questionnaire,
    Text,
    Trait,
    words,
)
from quiz.questionnaires.checks.faults import Place, named
from quiz.questionnaires.checks.texts import TRAIT_PARTS

SAME, REMOVED, ADDED = "same", "removed", "added"
CHANGED, MOVED = "changed", "moved"

# Pairs of equal words, one from either text; plain prose of 2,000 characters has some thousands.
MOST_PAIRS = 50_000


@dataclass(frozen=True)
class Piece:
    """A stretch of words; `kind` is same, removed (only in the old text) or added (in the new)."""

    kind: str
    text: str


@dataclass(frozen=True)
class Difference:
    """One thing that differs: `what` and `aspect` say which, `kind` how.

    `old` and `new` are for people, None where there is nothing; `pieces` are those of texts.
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
    """Return the pieces: same and removed ones joined are `old`, same and added ones `new`."""
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
    """Return each word with the white space before it; an empty word ends the text."""
    return re.findall(r"(\s*)(\S+|\Z)", text)


def _has_too_many_pairs(old_words: Sequence[str], new_words: Sequence[str]) -> bool:
    """Say whether few words stand there so often that comparing would take seconds."""
    counts = Counter(new_words)
    return sum(counts[word] for word in old_words) > MOST_PAIRS


def _pieces_of_change(removed: str, added: str) -> list[Piece]:
    """Return what was removed and added; the white space that both begin with is the same."""
    space = _space_before(removed)
    shared = space if space == _space_before(added) else ""
    kinds = (SAME, shared), (REMOVED, removed[len(shared) :]), (ADDED, added[len(shared) :])
    return [Piece(kind, text) for kind, text in kinds if text]


def _space_before(text: str) -> str:
    return text[: len(text) - len(text.lstrip())]


def _joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Join neighbours of one kind; an empty piece is none."""
    groups = groupby(pieces, key=lambda piece: piece.kind)
    texts = [(kind, "".join(piece.text for piece in group)) for kind, group in groups]
    return tuple(Piece(kind, text) for kind, text in texts if text)


# ---------------------------------------------------------------- between questionnaires


def differences(
    old: Questionnaire, new: Questionnaire, languages: Sequence[str] = ()
) -> tuple[Difference, ...]:
    """Return what differs, in the order of a questionnaire; () for equal ones.

    Texts are compared in these languages, by default in all that either one offers. The number of
    a version is no difference, nor is the order of spare statements.
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
        yield from self._scale()
        yield from self._traits()
        yield from self._items()
        yield from self._background()

    def _settings(self) -> Iterator[Difference]:
        for field, aspect in (
            ("items_per_page", "number"),
            ("clear_from", "number"),
            ("leaning_from", "number"),
            ("languages", "list"),
        ):
            old, new = _shown(getattr(self.old, field)), _shown(getattr(self.new, field))
            yield from _value(("version", field), aspect, old, new)

    def _scale(self) -> Iterator[Difference]:
        old = {str(answer.value): answer.label for answer in self.old.scale}
        new = {str(answer.value): answer.label for answer in self.new.scale}
        for value in _merged(old, new):
            place: Place = ("scale", value)
            if value in old and value in new:
                yield from self._text(place, "label", old[value], new[value])
            else:
                yield _whole(place, self._told(old.get(value)), self._told(new.get(value)))

    def _traits(self) -> Iterator[Difference]:
        old = {trait.key: trait for trait in self.old.traits}
        new = {trait.key: trait for trait in self.new.traits}
        moves = _moves(list(old), list(new))
        for key in _merged(old, new):
            place: Place = ("traits", key)
            before, after = old.get(key), new.get(key)
            if not before or not after:
                yield _whole(place, self._told_trait(before), self._told_trait(after))
                continue
            yield from _move(place, "place", moves.get(key))
            yield from _value(place, "weight", _shown(before.weight), _shown(after.weight))
            for part, name in TRAIT_PARTS.items():
                yield from self._text(place, name, getattr(before, part), getattr(after, part))

    def _items(self) -> Iterator[Difference]:
        old = {item.key: item for item in self.old.all_items}
        new = {item.key: item for item in self.new.all_items}
        old_asked, new_asked = self.old.items_by_key, self.new.items_by_key
        moves = _moves(list(old_asked), list(new_asked))
        for key in _merged(old, new):
            place: Place = ("items", key)
            before, after = old.get(key), new.get(key)
            if not before or not after:
                yield _whole(
                    place,
                    self._told_item(before, key in old_asked),
                    self._told_item(after, key in new_asked),
                )
                continue
            yield from _value(
                place, "asked or spare", _asked(key in old_asked), _asked(key in new_asked)
            )
            yield from _move(place, "place", moves.get(key))
            yield from _value(place, "trait", before.trait, after.trait)
            yield from _value(place, "favoured end", _end(before), _end(after))
            yield from self._text(place, "text", before.text, after.text)
            yield from _words(place, "why it is asked", before.rationale, after.rationale)

    def _background(self) -> Iterator[Difference]:
        old = {question.key: question for question in self.old.background}
        new = {question.key: question for question in self.new.background}
        moves = _moves(list(old), list(new))
        for key in _merged(old, new):
            place: Place = ("background", key)
            before, after = old.get(key), new.get(key)
            if not before or not after:
                yield _whole(place, self._told_question(before), self._told_question(after))
                continue
            yield from _move(place, "place", moves.get(key))
            yield from self._text(place, "text", before.text, after.text)
            yield from self._options(place, before.options, after.options)

    def _options(
        self, place: Place, before: Iterable[Option], after: Iterable[Option]
    ) -> Iterator[Difference]:
        old = {option.value: option.label for option in before}
        new = {option.value: option.label for option in after}
        moves = _moves(list(old), list(new))
        for value in _merged(old, new):
            aspect = f"answer {value}"
            if value in old and value in new:
                yield from _move(place, f"{aspect}, place", moves.get(value))
                yield from self._text(place, aspect, old[value], new[value])
            else:
                was, is_now = self._told(old.get(value)), self._told(new.get(value))
                yield _whole(place, was, is_now, aspect)

    # ------------------------------------------------------------ texts and whole parts, in words

    def _text(
        self, place: Place, aspect: str, old: Text | None, new: Text | None
    ) -> Iterator[Difference]:
        for language in self.languages:
            told = f"{aspect} ({language})" if len(self.languages) > 1 else aspect
            yield from _words(place, told, (old or {}).get(language), (new or {}).get(language))

    def _told(self, text: Text | None) -> str | None:
        """Return a text in all languages."""
        if text is None:
            return None
        return " / ".join(text[code] for code in self.languages if text.get(code))

    def _told_trait(self, trait: Trait | None) -> str | None:
        if trait is None:
            return None
        low, high = (words(end, self.languages[0]) for end in (trait.low, trait.high))
        return f"{self._told(trait.name)} (from “{low}” to “{high}”, weight {_shown(trait.weight)})"

    def _told_item(self, item: Item | None, is_asked: bool) -> str | None:
        if item is None:
            return None
        spare = "" if is_asked else ", spare"
        return f"{self._told(item.text)} (trait {item.trait}, {_end(item)}{spare})"

    def _told_question(self, question: BackgroundQuestion | None) -> str | None:
        if question is None:
            return None
        answers = "; ".join(self._told(option.label) or "" for option in question.options)
        return f"{self._told(question.text)} ({answers})"


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
    """Compare two texts; an empty one is not there."""
    if old and new:
        if old != new:
            pieces = word_changes(old, new)
            yield Difference(place, _what(place), aspect, CHANGED, old, new, pieces)
    elif old or new:
        yield _whole(place, old or None, new or None, aspect)


def _whole(place: Place, old: str | None, new: str | None, aspect: str = "") -> Difference:
    """Return what only one side has; without an aspect it is the part itself."""
    kind = ADDED if old is None else REMOVED
    return Difference(place, _what(place), aspect or kind, kind, old, new)


def _move(place: Place, aspect: str, move: tuple[int, int] | None) -> Iterator[Difference]:
    if move:
        yield Difference(place, _what(place), aspect, MOVED, str(move[0]), str(move[1]))


# ---------------------------------------------------------------- order


def _merged(old: Mapping[str, object], new: Mapping[str, object]) -> list[str]:
    """Return all keys in the new order, those removed behind the one they stood behind."""
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
    """Return old and new place, from 1, of the keys that moved past others.

    The longest row of keys that kept their order is taken as unmoved. Where several are equally
    long, those that kept their place and then the keys decide: the way back moves the same ones.
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
