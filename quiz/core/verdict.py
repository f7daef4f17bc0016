"""The six verdicts: how sure a result is (its band) and which field it suggests."""

from enum import Enum

SALES, SERVICE = "sales", "service"
CLEAR, LEANING, CLOSE, INSUFFICIENT = "clear", "leaning", "close", "insufficient"


class Verdict(Enum):
    """From sales to service, as pictures show them; then the one that suggests nothing.

    Stored counts are lists in this order, so it must not change.
    """

    CLEAR_SALES = CLEAR, SALES
    LEANING_SALES = LEANING, SALES
    CLOSE = CLOSE, ""
    LEANING_SERVICE = LEANING, SERVICE
    CLEAR_SERVICE = CLEAR, SERVICE
    INSUFFICIENT = INSUFFICIENT, ""

    @classmethod
    def find(cls, band: object, field: object) -> "Verdict | None":
        """Read stored data; None if it names no verdict, where `Verdict((band, field))` raises."""
        try:
            return cls((band, field))
        except ValueError:
            return None

    @property
    def band(self) -> str:
        return self.value[0]

    @property
    def field(self) -> str:
        """Empty where the band suggests none."""
        return self.value[1]

    @property
    def order(self) -> int:
        """The place in stored counts, from 0."""
        return tuple(type(self)).index(self)

    @property
    def heading(self) -> str:
        """The key of the text that is its heading, and the class of its color."""
        return f"{self.band}_{self.field}" if self.field else self.band

    @property
    def explanation(self) -> str:
        """The key of the text that explains its band."""
        return f"{self.band}_explained"
