"""How much of a result someone else may see."""

VERDICT, TRAITS, ANSWERS = "verdict", "traits", "answers"

# From least to most; each shows everything that the ones before it show.
SCOPES = (VERDICT, TRAITS, ANSWERS)


class Scope(str):
    __slots__ = ()

    @property
    def shows_traits(self) -> bool:
        return SCOPES.index(self) >= SCOPES.index(TRAITS)

    @property
    def shows_answers(self) -> bool:
        return SCOPES.index(self) >= SCOPES.index(ANSWERS)


EVERYTHING = Scope(ANSWERS)
