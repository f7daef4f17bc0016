"""Numbers as text, with a decimal point in every language."""

import math


def fixed_text(value: float, digits: int) -> str:
    """Round to `digits` decimals, halves up: people expect to see 62.5 as 63."""
    unit = 10**digits
    return f"{math.floor(value * unit + 0.5 + 1e-9) / unit:.{digits}f}"


def plain_text(value: float, digits: int = 5) -> str:
    """Round to at most `digits` decimals; leave out zeros at the end."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
