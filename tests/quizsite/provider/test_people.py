"""What claims of a provider mean here."""

import pytest

from quizsite.provider.people import roles_in


@pytest.mark.parametrize(
    ("name", "claims", "roles"),
    [
        ("groups", {"groups": ["c"]}, ["counselors"]),
        ("groups", {"groups": "c"}, ["counselors"]),
        ("groups", {"groups": ["p", "e", "x"]}, ["editors", "publishers"]),
        ("realm_access.roles", {"realm_access": {"roles": ["e"]}}, ["editors"]),
        ("https://a.example/roles", {"https://a.example/roles": ["c"]}, ["counselors"]),
        ("groups", {}, []),
        ("groups", {"groups": None}, []),
        ("groups", {"groups": {"c": True}}, []),
        ("groups", {"groups": [["c"], 1, None]}, []),
        ("groups.c", {"groups": ["c"]}, []),
    ],
    ids=str,
)
def test_values_of_the_claim_give_roles(settings, name, claims, roles):
    settings.OIDC_CLAIM = name
    settings.OIDC_COUNSELORS, settings.OIDC_EDITORS = ["c"], ["e"]
    settings.OIDC_PUBLISHERS = ["p"]
    assert roles_in(claims) == roles
