"""Numbers with their units in the reader's language, rounded or exact."""

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

CURRENCIES = {"USD": _("US dollars"), "CAD": _("Canadian dollars")}

UNITS = {
    "year": _("{n} {currency} a year"),
    "hour": _("{n} {currency} an hour"),
    "percent": _("{n}%"),
    "persons": _("{n} people"),
    "jobs": _("{n} jobs"),
    "salaries": _("{n} salaries"),
    "years": _("{n} years"),
    "1 to 5": _("{n} on a scale from 1 to 5"),
    "importance 1..5": _("{n} on a scale from 1 to 5"),
    "work style 1..5": _("{n} on a scale from 1 to 5"),
    "interest 1..7": _("{n} on a scale from 1 to 7"),
    "impact -3..+3": _("{n} on a scale from -3 to +3"),
    "not stated": _("{n} (the scale is not stated)"),
}
# Values on a scale are never rounded: they are small numbers already.
SCALES = frozenset(
    {
        *("1 to 5", "importance 1..5", "work style 1..5", "interest 1..7", "impact -3..+3"),
        "not stated",
    }
)
ROUND_FROM = 1000  # smaller whole numbers are short enough already


def is_large_change(before: Decimal, after: Decimal) -> bool:
    """Check for a change by more than a factor of 2, of the sign, or from or to zero."""
    low, high = sorted((abs(before), abs(after)))
    return before != after and (before * after <= 0 or high > 2 * low)


def exact_number(value: Decimal, *, shows_sign: bool = False) -> str:
    """Format a number with all its digits, grouped as the language does."""
    plain = value.quantize(Decimal(1)) if value == value.to_integral_value() else value.normalize()
    sign = "+" if shows_sign and value > 0 else ""
    return sign + number_format(plain, force_grouping=True)


def rounded(value: Decimal) -> Decimal:
    """Round to three significant digits from 1000, to a tenth below 1, otherwise to units."""
    if abs(value) < 1:
        return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if abs(value) < ROUND_FROM:
        return value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    step = Decimal(1).scaleb(value.adjusted() - 2)
    return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def with_unit(number: str, unit: str, currency: str) -> str:
    pattern = str(UNITS.get(unit) or ("{n} " + unit).strip())
    return pattern.format(n=number, currency=CURRENCIES.get(currency, currency))


def in_words(value: Decimal, unit: str, currency: str, *, shows_sign: bool = False) -> str:
    """Format a rounded value with its unit, such as "about 44,800 US dollars a year"."""
    if unit in SCALES:
        return exact(value, unit, currency, shows_sign=shows_sign)
    near = rounded(value)
    text = with_unit(exact_number(near, shows_sign=shows_sign), unit, currency)
    return text if near == value else gettext("about {text}").format(text=text)


def exact(value: Decimal, unit: str, currency: str, *, shows_sign: bool = False) -> str:
    return with_unit(exact_number(value, shows_sign=shows_sign), unit, currency)


def in_a_hundred(percentile: Decimal) -> int:
    """Round a percentile (0 to 100) to 1 to 99, so that a page never claims "all" or "none"."""
    return min(max(int(percentile.to_integral_value(ROUND_HALF_UP)), 1), 99)
