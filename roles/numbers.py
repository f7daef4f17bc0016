"""Numbers with their units in the reader's language, rounded or exact."""

import re
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

SIGNS = {"USD": "$", "CAD": "C$"}
MINUS = "−"
MONEY = frozenset({"year", "hour", ""})

UNITS = {
    "year": _("{n} a year"),
    "hour": _("{n} an hour"),
    "percent": _("{n}%"),
    "persons": _("{n} people"),
    "jobs": _("{n} jobs"),
    "salaries": _("{n} salaries"),
    "years": _("{n} years"),
    "1 to 5": _("{n} on a scale from 1 to 5"),
    "importance 1..5": _("{n} on a scale from 1 to 5"),
    "work style 1..5": _("{n} on a scale from 1 to 5"),
    "interest 1..7": _("{n} on a scale from 1 to 7"),
    "impact -3..+3": _("{n} on a scale from −3 to +3"),
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
    sign = MINUS if value < 0 else "+" if shows_sign and value > 0 else ""
    return sign + number_format(abs(plain), force_grouping=True)


def money(value: Decimal, currency: str) -> str:
    """Format an amount with the sign of its currency, such as "$72,100" or "C$40,594"."""
    return _with_sign(exact_number(value), currency)


def _with_sign(number: str, currency: str) -> str:
    if not currency:
        return number
    sign = SIGNS.get(currency)
    return f"{sign}{number}" if sign else f"{number} {currency}"


def rounded(value: Decimal) -> Decimal:
    """Round to three significant digits from 1000, to a tenth below 1, otherwise to units."""
    if abs(value) < 1:
        return value.quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    if abs(value) < ROUND_FROM:
        return value.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    step = Decimal(1).scaleb(value.adjusted() - 2)
    return (value / step).quantize(Decimal(1), rounding=ROUND_HALF_UP) * step


def in_thousands(value: Decimal) -> Decimal:
    """Round an amount from 10,000 to thousands; a smaller one as `rounded` does."""
    if abs(value) < 10_000:
        return rounded(value)
    return (value / 1000).quantize(Decimal(1), rounding=ROUND_HALF_UP) * 1000


def with_unit(number: str, unit: str, currency: str) -> str:
    """Add the unit; only money, which is per year or hour, gets the sign of its currency."""
    pattern = str(UNITS.get(unit) or ("{n} " + unit).strip())
    return pattern.format(n=_with_sign(number, currency if unit in MONEY else ""))


def in_words(value: Decimal, unit: str, currency: str, *, shows_sign: bool = False) -> str:
    """Format a rounded value with its unit, such as "about $44,800 a year"."""
    if unit in SCALES:
        return exact(value, unit, currency, shows_sign=shows_sign)
    near = rounded(value)
    text = with_unit(exact_number(near, shows_sign=shows_sign), unit, currency)
    return text if near == value else gettext("about {text}").format(text=text)


def exact(value: Decimal, unit: str, currency: str, *, shows_sign: bool = False) -> str:
    return with_unit(exact_number(value, shows_sign=shows_sign), unit, currency)


def spoken(text: str) -> str:
    """Write out the slash between two alternatives, so that the text can be read aloud."""
    return text.replace(" / ", gettext(" or "))


def period_in_words(period: str) -> str:
    """Write out "2024-34" as "2024 to 2034" and "12/2025" as "December 2025"; keep the others."""
    if month := re.fullmatch(r"(0[1-9]|1[0-2])/(\d{4})", period):
        return date_format(date(int(month[2]), int(month[1]), 1), "YEAR_MONTH_FORMAT")
    years = re.fullmatch(r"(\d\d)(\d\d)-(\d\d)", period)
    if not years:
        return period
    century, start, end = years.groups()
    return gettext("{start} to {end}").format(start=century + start, end=century + end)


def in_a_hundred(percentile: Decimal) -> int:
    """Round a percentile (0 to 100) to 1 to 99, so that a page never claims "all" or "none"."""
    return min(max(int(percentile.to_integral_value(ROUND_HALF_UP)), 1), 99)
