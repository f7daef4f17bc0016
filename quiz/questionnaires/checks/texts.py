"""Checks of the texts: complete, different, visible, short and easy to read. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from quiz.core.questionnaire import (
    EXPLANATION_TEXTS,
    KINDS,
    TEXTS,
    VERDICT_TEXTS,
    Part,
    PartKind,
    Questionnaire,
    Text,
)
from quiz.questionnaires.checks.faults import Fault, Place, named
from quiz.questionnaires.checks.readability import grade, syllables, words_of

MOST_WORDS = 14  # of a statement
MOST_IN_HEADING = 90  # characters
MOST_IN_LABEL = 30  # characters of an answer

HARDEST = 8  # reading grade
# The grade of a single statement is noisy, and more so the fewer words it has.
HARDEST_STATEMENT = 12
HARDEST_SHORT_STATEMENT = 20
SHORT = 8  # words; fewer make a statement short
ENOUGH_TO_GRADE = 20  # words
LONG_WORD = 4  # syllables

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
COUNTED_TRAITS = re.compile(rf"\b({'|'.join(NUMBERS)}|[0-9]+) preferences?\b", re.IGNORECASE)

NOT_BLANK = re.compile(r"[^\s\u00ad\u115f\u200b-\u200f\u2060\u2800\u3164\ufeff]")
# Control characters, marks that change the reading direction, blank letters, and surrogates, which
# no file can hold.
OTHERS_UNSEEN = r"\x7f-\x9f\u115f\u202a-\u202e\u2066-\u2069\u2800\u3164\ud800-\udfff"
UNSEEN = re.compile(rf"[\x00-\x1f{OTHERS_UNSEEN}]")
UNSEEN_BUT_LINES = re.compile(rf"[\x00-\x08\x0b\x0c\x0e-\x1f{OTHERS_UNSEEN}]")


@dataclass(frozen=True)
class PlacedText:
    """A text with its place, for programs and in the words of editors."""

    place: Place
    where: str
    text: Text
    may_have_lines: bool = False


def text_faults(questionnaire: Questionnaire) -> Iterator[Fault]:
    if not questionnaire.languages:
        yield Fault.error(
            ("version", "languages"), "There are none. Name at least one, such as en."
        )
    placed = list(placed_texts(questionnaire))
    yield from _missing(questionnaire, placed)
    yield from _unseen(questionnaire, placed)
    for texts in groups_of_different_texts(questionnaire):
        yield from _repeated(questionnaire, texts)
    yield from _long(questionnaire)
    for language in questionnaire.languages:
        if language.split("-")[0] == "en":
            yield from _hard_to_read(questionnaire, language)
            yield from _counted(questionnaire, language)


# ---------------------------------------------------------------- which texts there are


def placed_texts(q: Questionnaire) -> Iterator[PlacedText]:
    """Yield every text, in the order of a questionnaire."""
    for key, text in q.texts.items():
        yield _placed(("texts", key), text)
    for kind in KINDS:
        for part in kind.parts(q):
            yield from _texts_of(part, kind).values()
            for inner in kind.inner:
                for each in inner.parts(part):
                    yield from _texts_of(each, inner, kind.place_of(part)).values()


def groups_of_different_texts(q: Questionnaire) -> Iterator[list[PlacedText]]:
    """Yield the texts of which no two may say the same, group by group."""
    for keys in (VERDICT_TEXTS, EXPLANATION_TEXTS):
        yield [_placed(("texts", key), q.texts[key]) for key in keys if key in q.texts]
    for kind in KINDS:
        yield from _groups(kind, [_texts_of(part, kind) for part in kind.parts(q)])
        for part in kind.parts(q):
            place = kind.place_of(part)
            for inner in kind.inner:
                yield from _groups(inner, [_texts_of(e, inner, place) for e in inner.parts(part)])


def _groups(kind: PartKind, rows: Sequence[Mapping[str, PlacedText]]) -> Iterator[list[PlacedText]]:
    within = {name for pair in kind.opposites for name in pair}
    for text in kind.texts:
        if text.name not in within:
            yield [row[text.name] for row in rows]
    for row in rows:
        for pair in kind.opposites:
            yield [row[name] for name in pair]


def _texts_of(part: Part, kind: PartKind, outer: Place | None = None) -> dict[str, PlacedText]:
    """Return the texts of a part by name; an inner part has the place of its outer part."""
    place, inner = (outer, kind.named(part)) if outer else (kind.place_of(part), "")
    return {text.name: _placed(place, text.of(part), inner, text.label) for text in kind.texts}


def _placed(place: Place, text: Text, *names: str) -> PlacedText:
    where = ", ".join(filter(None, (named(place), *names)))
    return PlacedText(place, where, text, may_have_lines=place[0] == "texts")


def _in(q: Questionnaire, language: str) -> str:
    """Name the language if there are several."""
    return f" in “{language}”" if len(q.languages) > 1 else ""


# ---------------------------------------------------------------- errors


def _missing(q: Questionnaire, placed: Iterable[PlacedText]) -> Iterator[Fault]:
    for key in TEXTS:
        if key not in q.texts:
            yield Fault.error(("texts", key), "This text is missing. Add it.")
    for each in placed:
        for language in q.languages:
            if not NOT_BLANK.search(each.text.get(language, "")):
                yield Fault.error(
                    each.place,
                    f"The text{_in(q, language)} is empty. Write it.",
                    where=each.where,
                )


def _unseen(q: Questionnaire, placed: Iterable[PlacedText]) -> Iterator[Fault]:
    for each in placed:
        for language, words in each.text.items():
            yield from _unseen_in(each, words, _in(q, language))
    for kind in KINDS:
        for part in kind.parts(q):
            for note in kind.notes:
                placed_note = _placed(kind.place_of(part), {}, note.label)
                yield from _unseen_in(replace(placed_note, may_have_lines=True), note.of(part), "")


def _unseen_in(placed: PlacedText, words: str, in_language: str) -> Iterator[Fault]:
    pattern = UNSEEN_BUT_LINES if placed.may_have_lines else UNSEEN
    if found := pattern.search(words):
        before = words[: found.start()].split()[-3:]
        at = f"after “{' '.join(before)}”" if before else "at its start"
        yield Fault.error(
            placed.place,
            f"The text{in_language} has a character that can't be seen (number "
            f"{ord(found[0])}) {at}. Delete it, or type the text again.",
            where=placed.where,
        )


def _repeated(q: Questionnaire, texts: Iterable[PlacedText]) -> Iterator[Fault]:
    for language in q.languages:
        seen: dict[str, str] = {}
        for each in texts:
            words = " ".join(each.text.get(language, "").casefold().split()).rstrip(".!?… ")
            if words and words in seen:
                yield Fault.error(
                    each.place,
                    f"The text{_in(q, language)} is the same as in {seen[words]}. "
                    "Change one of them.",
                    where=each.where,
                )
            seen.setdefault(words, each.where)


# ---------------------------------------------------------------- warnings


def _long(q: Questionnaire) -> Iterator[Fault]:
    for language in q.languages:
        for item in q.all_items:
            count = len(item.text.get(language, "").split())
            if count > MOST_WORDS:
                yield Fault.warning(
                    ("items", item.key),
                    f"It has {count} words{_in(q, language)}. Use {MOST_WORDS} or fewer.",
                )
        for key in VERDICT_TEXTS:
            length = len(q.texts.get(key, {}).get(language, ""))
            if length > MOST_IN_HEADING:
                yield Fault.warning(
                    ("texts", key),
                    f"This heading has {length} characters{_in(q, language)}. Shorten it to "
                    f"{MOST_IN_HEADING} or fewer. The explanation can say the rest.",
                )
        for answer in q.scale:
            length = len(answer.label.get(language, ""))
            if length > MOST_IN_LABEL:
                yield Fault.warning(
                    ("scale", str(answer.value)),
                    f"Its label has {length} characters{_in(q, language)}. Shorten it to "
                    f"{MOST_IN_LABEL} or fewer, so that all answers fit side by side.",
                )


def _hard_to_read(q: Questionnaire, language: str) -> Iterator[Fault]:
    for key in TEXTS:
        text = q.texts.get(key, {}).get(language, "")
        if key in VERDICT_TEXTS or len(words_of(text)) < ENOUGH_TO_GRADE:
            continue
        if (hard := grade(text)) > HARDEST:
            yield Fault.warning(("texts", key), _make_plainer(text, hard))
    for item in q.all_items:
        text = item.text.get(language, "")
        limit = HARDEST_SHORT_STATEMENT if len(words_of(text)) < SHORT else HARDEST_STATEMENT
        if (hard := grade(text)) > limit:
            yield Fault.warning(("items", item.key), _make_plainer(text, hard))
    asked = [item.text.get(language, "") for item in q.items]
    if (hard := grade(*asked)) > HARDEST:
        yield Fault.warning(("items", ""), _make_plainer(" ".join(asked), hard))


def _counted(q: Questionnaire, language: str) -> Iterator[Fault]:
    """Warn of texts that count more or fewer preferences than there are."""
    for key, text in q.texts.items():
        for found in COUNTED_TRAITS.finditer(text.get(language, "")):
            number = found[1].lower()
            said = NUMBERS.index(number) + 1 if number in NUMBERS else int(number[:9])
            if said != len(q.traits):
                yield Fault.warning(
                    ("texts", key),
                    f"It says “{found[0]}”, but the questionnaire has {len(q.traits)}. Change the "
                    "text.",
                )


def _make_plainer(text: str, hard: float) -> str:
    """Say how hard a text is, what to do, and which words are the hardest."""
    long = sorted(
        {word for word in words_of(text) if syllables(word) >= LONG_WORD},
        key=lambda word: (-syllables(word), word),
    )
    longest = f" Its longest words: {', '.join(long[:3])}." if long else ""
    return (
        f"This reads like school grade {hard:.0f}. Aim for grade {HARDEST}: use shorter sentences "
        f"and shorter words.{longest}"
    )
