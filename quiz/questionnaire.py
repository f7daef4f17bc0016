"""A questionnaire as plain data: traits, items, scale, texts; and `check`, which finds faults.

Pure: no Django, no database. Texts are mappings from a language code to the words.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

Text = Mapping[str, str]


def words(text: Text, language: str) -> str:
    """Return a text in a language, or in the first it is written in."""
    return text.get(language) or next(iter(text.values()), "")


# What the result says, by band and field; each must be there in every language.
VERDICT_TEXTS = (
    "clear_sales",
    "leaning_sales",
    "close",
    "leaning_service",
    "clear_service",
    "insufficient",
)
EXPLANATION_TEXTS = tuple(
    f"{band}_explained" for band in ("clear", "leaning", "close", "insufficient")
)
TEXTS = ("instructions", *VERDICT_TEXTS, *EXPLANATION_TEXTS)

# The texts of a trait.
TRAIT_TEXTS = ("name", "low", "high", "low_gloss", "high_gloss")

# Names that a page's form sends beside the answers.
RESERVED_KEYS = frozenset({"csrfmiddlewaretoken", "go", "attempt"})


@dataclass(frozen=True)
class Trait:
    """One scored dimension; its weight is its share in the lean (0..1, all sum to 1)."""

    key: str
    weight: float
    name: Text
    low: Text
    high: Text
    low_gloss: Text
    high_gloss: Text


@dataclass(frozen=True)
class Item:
    """One statement; `keying` is +1 when agreeing speaks for the trait's high pole, else -1."""

    key: str
    trait: str
    keying: int
    text: Text
    rationale: str = ""


@dataclass(frozen=True)
class Answer:
    """One step of the answer scale."""

    value: int
    label: Text


@dataclass(frozen=True)
class Option:
    """One answer to a background question."""

    value: str
    label: Text


@dataclass(frozen=True)
class BackgroundQuestion:
    """A question that never changes a score."""

    key: str
    text: Text
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Questionnaire:
    """One version, whole; `items` stand in the order shown, `number` is None for a draft.

    `spare` items stay with the version, but nobody is asked them.
    """

    number: int | None
    languages: tuple[str, ...]
    items_per_page: int
    clear_from: float
    leaning_from: float
    texts: Mapping[str, Text]
    scale: tuple[Answer, ...]
    traits: tuple[Trait, ...]
    items: tuple[Item, ...]
    background: tuple[BackgroundQuestion, ...]
    spare: tuple[Item, ...] = ()

    def __hash__(self) -> int:
        """Return the same for equal ones: so what is made of one can be kept under it."""
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.number, self.items_per_page, *(item.key for item in self.items)))

    @property
    def all_items(self) -> tuple[Item, ...]:
        """Return what is asked, then what is spare."""
        return self.items + self.spare

    @property
    def low(self) -> int:
        """Return the scale's smallest answer."""
        return self.scale[0].value

    @property
    def high(self) -> int:
        """Return the scale's largest answer."""
        return self.scale[-1].value

    @cached_property
    def items_by_key(self) -> Mapping[str, Item]:
        return {item.key: item for item in self.items}

    @cached_property
    def items_by_trait(self) -> Mapping[str, tuple[Item, ...]]:
        return {
            trait.key: tuple(item for item in self.items if item.trait == trait.key)
            for trait in self.traits
        }

    @cached_property
    def item_pages(self) -> tuple[tuple[Item, ...], ...]:
        """Return the items, page by page."""
        size = self.items_per_page
        return tuple(self.items[i : i + size] for i in range(0, len(self.items), size))

    @property
    def background_page(self) -> int:
        """Return the number of the page of background questions: the one after the items."""
        return len(self.item_pages) + 1

    @property
    def last_page(self) -> int:
        return self.background_page if self.background else len(self.item_pages)

    def unanswered(self, answered: Mapping[str, object], page: int | None = None) -> list[Item]:
        """Return the items without an answer, on one page or on all."""
        items = self.items if page is None else self.item_pages[page - 1]
        return [item for item in items if item.key not in answered]

    def page_of(self, item_key: str) -> int:
        """Return the number of the page, from 1, that an item stands on."""
        position = [item.key for item in self.items].index(item_key)
        return position // self.items_per_page + 1


# ---------------------------------------------------------------- what may be wrong with one


@dataclass(frozen=True)
class Fault:
    """What `check` found: an error keeps a version from going live, a warning does not."""

    level: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.level}: {self.where}: {self.message}"


def check(questionnaire: Questionnaire) -> list[Fault]:
    """Return what is wrong, errors first; each fault names its place and the way to mend it."""
    # Scoring stands on this module, so it is asked only here.
    from quiz.check_scoring import scoring_faults

    errors = [
        *_structure_faults(questionnaire),
        *_text_faults(questionnaire),
    ]
    if not errors:
        errors += scoring_faults(questionnaire)
    return [
        *(Fault("error", where, message) for where, message in errors),
        *(Fault("warning", where, message) for where, message in _warnings(questionnaire)),
    ]


def _structure_faults(q: Questionnaire) -> Iterator[tuple[str, str]]:
    for kind, keys in (
        ("traits", [trait.key for trait in q.traits]),
        ("items", [item.key for item in q.items]),
        ("background", [question.key for question in q.background]),
        *(
            (f"background {question.key}", [option.value for option in question.options])
            for question in q.background
        ),
    ):
        for key in sorted({key for key in keys if keys.count(key) > 1}):
            yield kind, f"“{key}” stands there {keys.count(key)} times; give each its own key."
        for key in sorted(RESERVED_KEYS & set(keys)):
            yield kind, f"“{key}” is a name that the pages use themselves; choose another key."
    for item_key in sorted({i.key for i in q.items} & {b.key for b in q.background}):
        yield f"items {item_key}", "A background question has this key too; rename one of them."

    values = [answer.value for answer in q.scale]
    if len(values) < 2 or values != list(range(values[0], values[0] + len(values))):
        yield "scale", f"Values are {values}; use whole numbers that go up by one, at least two."
    if q.items_per_page < 1:
        yield "items_per_page", "Put at least one item on a page."
    if not 0.5 < q.leaning_from < q.clear_from < 1:
        yield (
            "bands",
            f"leaning from {q.leaning_from:g}, clear from {q.clear_from:g}: "
            "choose numbers so that .5 < leaning < clear < 1.",
        )

    if not q.traits:
        yield "traits", "There is none; add at least one."
    known = {trait.key for trait in q.traits}
    for item in q.items:
        if item.trait not in known:
            yield f"items {item.key}", f"Its trait “{item.trait}” does not exist; choose another."
        if item.keying not in (1, -1):
            yield f"items {item.key}", f"Its keying is {item.keying}; use 1 or -1."
    for trait in q.traits:
        keyings = [item.keying for item in q.items if item.trait == trait.key]
        plus, minus = keyings.count(1), keyings.count(-1)
        if not keyings:
            yield f"traits {trait.key}", "No item belongs to it; add some or drop the trait."
        elif plus != minus:
            yield (
                f"traits {trait.key}",
                f"{plus} items are keyed +1 and {minus} keyed -1, so agreeing with everything "
                "moves its score; use as many of each.",
            )
        if not trait.weight > 0:
            yield f"traits {trait.key}", f"Its weight is {trait.weight:g}; use a number above 0."
    total = sum(trait.weight for trait in q.traits)
    if q.traits and abs(total - 1) > 1e-9:
        yield "traits", f"The weights sum to {total:g}; change them so that they sum to 1."


def all_texts(q: Questionnaire) -> Iterator[tuple[str, Text]]:
    """Return every text with the place it stands in."""
    for key, text in q.texts.items():
        yield f"texts {key}", text
    for answer in q.scale:
        yield f"scale {answer.value}", answer.label
    for trait in q.traits:
        for part in TRAIT_TEXTS:
            yield f"traits {trait.key} {part}", getattr(trait, part)
    for item in q.all_items:
        yield f"items {item.key}", item.text
    for question in q.background:
        yield f"background {question.key}", question.text
        for option in question.options:
            yield f"background {question.key} {option.value}", option.label


def _text_faults(q: Questionnaire) -> Iterator[tuple[str, str]]:
    if not q.languages:
        yield "languages", "There is none; name at least one, such as en."
    for key in TEXTS:
        if key not in q.texts:
            yield f"texts {key}", "It is missing; write it."
    for where, text in all_texts(q):
        for language in q.languages:
            if not text.get(language, "").strip():
                yield where, f"The text in “{language}” is empty; write it."
    for language in q.languages:
        seen: dict[str, str] = {}
        for item in q.items:
            words = " ".join(item.text.get(language, "").casefold().split())
            if words and words in seen:
                yield (
                    f"items {item.key}",
                    f"Its text in “{language}” is the same as that of {seen[words]}; change one.",
                )
            seen.setdefault(words, item.key)


def _warnings(q: Questionnaire) -> Iterator[tuple[str, str]]:
    if q.items_per_page > 8:
        yield (
            "items_per_page",
            f"{q.items_per_page} items make a long page; 8 or fewer read easily.",
        )
    if q.items_per_page > 0 and len(q.items) % q.items_per_page:
        yield (
            "items_per_page",
            f"{len(q.items)} items do not fill pages of {q.items_per_page}; the last is shorter.",
        )
    for item in q.items:
        for language in q.languages:
            words = len(item.text.get(language, "").split())
            if words > 20:
                yield (
                    f"items {item.key}",
                    f"{words} words in “{language}”; 20 or fewer read easily.",
                )
