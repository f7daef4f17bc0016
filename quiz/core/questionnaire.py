"""A questionnaire as plain data, and the table that says what its parts and texts are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from quiz.core.verdict import Verdict

Text = Mapping[str, str]  # language code -> words


def words(text: Text, language: str) -> str:
    """Return a text in a language, or else in the first language it has."""
    return text.get(language) or next(iter(text.values()), "")


VERDICT_TEXTS = tuple(verdict.heading for verdict in Verdict)
EXPLANATION_TEXTS = tuple(dict.fromkeys(verdict.explanation for verdict in Verdict))
TEXTS = ("instructions", *VERDICT_TEXTS, *EXPLANATION_TEXTS)

# Names that a page's form sends along with the answers.
RESEARCH = "research"
RESERVED_KEYS = frozenset({"csrfmiddlewaretoken", "go", "attempt", "code", RESEARCH})


@dataclass(frozen=True)
class Trait:
    """One scored dimension; `weight` is its share in the lean (0..1, all add up to 1)."""

    key: str
    weight: float
    name: Text
    low: Text
    high: Text
    low_gloss: Text
    high_gloss: Text


@dataclass(frozen=True)
class Item:
    """One statement; `keying` is +1 if agreeing counts towards the high end of its trait, or -1."""

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


Part = Trait | Item | Answer | Option | BackgroundQuestion


# ---------------------------------------------------------------- the parts and their texts


@dataclass(frozen=True)
class PartText:
    """A text of a part; `label` is the editors' name for it, empty if the part has no other."""

    name: str
    label: str = ""

    def of(self, part: Part) -> Any:
        return getattr(part, self.name)


@dataclass(frozen=True)
class PartKind:
    """A kind of part, such as the traits, with all that checks, files and differences need to know.

    `lists` name the attributes of a questionnaire that hold such parts; a file has properties of
    the same names. No two parts have the same `key`. Editors call all parts `every`, and a single
    one `one` with its key filled in. A text must differ from the same text of other parts, but
    `opposites` must differ within a part. `notes` are for editors, in one language. Each part holds
    parts of the `inner` kinds.
    """

    name: str
    part: type[Part]
    lists: tuple[str, ...]
    key: str
    every: str
    one: str
    texts: tuple[PartText, ...]
    opposites: tuple[tuple[str, str], ...] = ()
    notes: tuple[PartText, ...] = ()
    inner: "tuple[PartKind, ...]" = ()

    def parts(self, holder: "Questionnaire | Part") -> Sequence[Any]:
        """Return the parts in a questionnaire or, for an inner kind, in a part."""
        return [part for name in self.lists for part in getattr(holder, name)]

    def key_of(self, part: Part) -> str:
        return str(getattr(part, self.key))

    def place_of(self, part: Part) -> tuple[str, str]:
        return self.name, self.key_of(part)

    def named(self, part: Part) -> str:
        return self.one.format(self.key_of(part))


SCALE = PartKind(
    "scale",
    Answer,
    lists=("scale",),
    key="value",
    every="answer scale",
    one="answer {} of the scale",
    texts=(PartText("label"),),
)
TRAITS = PartKind(
    "traits",
    Trait,
    lists=("traits",),
    key="key",
    every="traits",
    one="trait {}",
    texts=(
        PartText("name", "name"),
        PartText("low", "low end"),
        PartText("high", "high end"),
        PartText("low_gloss", "low end in a sentence"),
        PartText("high_gloss", "high end in a sentence"),
    ),
    opposites=(("low", "high"), ("low_gloss", "high_gloss")),
)
ITEMS = PartKind(
    "items",
    Item,
    lists=("items", "spare"),
    key="key",
    every="statements",
    one="statement {}",
    texts=(PartText("text"),),
    notes=(PartText("rationale", "why it is asked"),),
)
OPTIONS = PartKind(
    "options",
    Option,
    lists=("options",),
    key="value",
    every="answers",
    one="answer {}",
    texts=(PartText("label"),),
)
BACKGROUND = PartKind(
    "background",
    BackgroundQuestion,
    lists=("background",),
    key="key",
    every="background questions",
    one="background question {}",
    texts=(PartText("text"),),
    inner=(OPTIONS,),
)
KINDS = (SCALE, TRAITS, ITEMS, BACKGROUND)


# ---------------------------------------------------------------- the whole


@dataclass(frozen=True)
class Questionnaire:
    """A whole version; `items` are in the order shown, `number` is None for a draft.

    `spare` items belong to the version, but the quiz doesn't ask them.
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
        # Equal ones hash alike, so a questionnaire can be the key of a cache.
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash((self.number, self.items_per_page, *(item.key for item in self.items)))

    @property
    def all_items(self) -> tuple[Item, ...]:
        return self.items + self.spare

    @property
    def low(self) -> int:
        return self.scale[0].value

    @property
    def high(self) -> int:
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
        size = self.items_per_page
        return tuple(self.items[i : i + size] for i in range(0, len(self.items), size))

    @property
    def background_page(self) -> int:
        """The page number, from 1, of the background questions: the one after the items."""
        return len(self.item_pages) + 1

    @property
    def last_page(self) -> int:
        return self.background_page if self.background else len(self.item_pages)

    def unanswered(self, answered: Mapping[str, object], page: int | None = None) -> list[Item]:
        """Return the items without an answer, on one page (from 1) or on all."""
        items = self.items if page is None else self.item_pages[page - 1]
        return [item for item in items if item.key not in answered]

    def page_of(self, item_key: str) -> int:
        """Return the number of an item's page, from 1."""
        position = [item.key for item in self.items].index(item_key)
        return position // self.items_per_page + 1


def traits_of_any(questionnaires: Iterable[Questionnaire]) -> list[Trait]:
    """Return the traits of several versions, each once, with the words of the first that has it."""
    by_key: dict[str, Trait] = {}
    for questionnaire in questionnaires:
        for trait in questionnaire.traits:
            by_key.setdefault(trait.key, trait)
    return list(by_key.values())
