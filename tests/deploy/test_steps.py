"""What counts as another result after an upgrade."""

import pytest

from deploy.upgrade.steps import changes

pytestmark = pytest.mark.pure

RESULT = {"field": "sales", "traits": {"targets": {"score": 61}}, "jobs": ["a", "b"]}


@pytest.mark.parametrize(
    ("after", "places"),
    [
        (RESULT, []),
        (RESULT | {"new": 1}, []),
        (RESULT | {"field": "service"}, [".field"]),
        (RESULT | {"jobs": ["b", "a"]}, [".jobs"]),
        (RESULT | {"traits": {"targets": {"score": 62}}}, [".traits.targets.score"]),
        ({"field": "sales"}, [".traits", ".jobs"]),
    ],
)
def test_values_that_differ_are_named_and_additions_are_not(after, places):
    assert changes(RESULT, after) == places
