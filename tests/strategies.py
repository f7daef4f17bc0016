"""Hypothesis strategies that several tests share."""

from hypothesis import strategies as st

from tests.answers import SHIPPED

ANSWERS = st.fixed_dictionaries({item.key: st.integers(1, 5) for item in SHIPPED.items})
