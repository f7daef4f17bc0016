"""How much of a result somebody else may see. Pure."""

VERDICT, TRAITS, ANSWERS = "verdict", "traits", "answers"

# From the least on; each shows what those before it show.
SCOPES = (VERDICT, TRAITS, ANSWERS)


class Scope(str):
    """A scope, and what it lets through."""

    __slots__ = ()

    @property
    def shows_traits(self) -> bool:
        return SCOPES.index(self) >= SCOPES.index(TRAITS)

    @property
    def shows_answers(self) -> bool:
        return SCOPES.index(self) >= SCOPES.index(ANSWERS)


EVERYTHING = Scope(ANSWERS)
