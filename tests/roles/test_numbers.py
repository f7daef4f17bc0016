from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roles.numbers import (
    exact_number,
    in_a_hundred,
    in_thousands,
    period_in_words,
    rounded,
    spoken,
)

NUMBERS = st.decimals(-(10**12), 10**12, places=4)


@pytest.mark.parametrize(
    ("value", "near"),
    [
        ("148270", "148000"),
        ("44770", "44800"),
        ("155495730", "155000000"),
        ("999500", "1000000"),
        ("24.51", "25"),
        ("0.33", "0.3"),
        ("0", "0"),
        ("-153700", "-154000"),
    ],
)
def test_numbers_are_rounded_to_three_digits(value, near):
    assert rounded(Decimal(value)) == Decimal(near)


@pytest.mark.parametrize(
    ("value", "near"), [("39090", "39000"), ("137550", "138000"), ("9990", "9990"), ("24.51", "25")]
)
def test_amounts_from_10_000_are_rounded_to_thousands(value, near):
    assert in_thousands(Decimal(value)) == Decimal(near)


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2024-34", "2024 to 2034"),
        ("12/2025", "December 2025"),
        ("13/2025", "13/2025"),
        ("May 2025", "May 2025"),
        ("", ""),
    ],
)
def test_period_is_written_out(period, words):
    assert period_in_words(period) == words


def test_slash_between_alternatives_is_written_out():
    assert spoken("diploma (a) / degree (b)") == "diploma (a) or degree (b)"
    assert spoken("and/or") == "and/or"


@given(NUMBERS.filter(lambda value: abs(value) >= 1))
def test_rounding_error_is_at_most_half_a_percent_or_half_a_unit(value):
    assert abs(rounded(value) - value) <= max(abs(value) * Decimal("0.005"), Decimal("0.5"))


@given(NUMBERS)
def test_exact_number_keeps_all_digits(value):
    assert Decimal(exact_number(value).replace(",", "").replace("−", "-")) == value


@pytest.mark.parametrize(
    ("percentile", "n"), [("99.9", 99), ("0.1", 1), ("97.1", 97), ("50.5", 51)]
)
def test_rank_in_a_hundred_is_never_0_or_100(percentile, n):
    assert in_a_hundred(Decimal(percentile)) == n
