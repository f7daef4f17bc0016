"""The career steps of a field: what each asks for and how many years it takes."""

from collections.abc import Sequence
from dataclasses import dataclass

from roles.measures import Text, measure_named
from roles.models import Figure, Role, Source
from roles.sentences import origin

ASKED_FOR = ("entry_education", "entry_experience", "on_the_job_training")
YEARS = ("years_to_become", "years_of_experience")


@dataclass(frozen=True)
class StepFigure:
    label: Text
    words: str
    origin: str


@dataclass(frozen=True)
class Step:
    role: Role
    is_here: bool
    asked_for: tuple[StepFigure, ...]
    years: tuple[StepFigure, ...]


def ladder(role: Role, roles: Sequence[Role], figures: Sequence[Figure]) -> tuple[Step, ...]:
    """Build the steps of the role's field, lowest first.

    `figures` are those of all roles in the field.
    """
    steps = sorted(
        (each for each in roles if each.field == role.field),
        key=lambda each: (each.level != Role.Level.INDIVIDUAL, each.order),
    )
    return tuple(
        Step(
            each,
            each == role,
            _step_figures(each, figures, ASKED_FOR, is_official=True),
            _step_figures(each, figures, YEARS, is_official=False),
        )
        for each in steps
    )


def _step_figures(
    role: Role, figures: Sequence[Figure], measures: tuple[str, ...], *, is_official: bool
) -> tuple[StepFigure, ...]:
    return tuple(
        StepFigure(measure_named(name).label, figure.in_words, origin(figure))
        for name in measures
        for figure in figures
        if figure.role_id == role.pk
        and figure.measure == name
        and (figure.source.kind == Source.Kind.OFFICIAL) == is_official
    )
