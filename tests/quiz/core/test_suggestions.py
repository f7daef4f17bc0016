import pytest

from quiz.core.suggestions import (
    ROLE_SLUGS,
    SCHOOLING_STEPS,
    USUAL_SCHOOLING,
    has_usual_schooling,
    level_for,
    suggested_roles,
)
from roles.content import figures_in, role_files
from tests.answers import SHIPPED


@pytest.mark.parametrize(
    ("field", "background", "level"),
    [
        ("sales", {}, "individual"),
        ("sales", {"B2": "now"}, "manager"),
        ("sales", {"B1": "0", "B2": "now"}, "manager"),
        ("sales", {"B1": "4", "B2": "soon"}, "individual"),
        ("sales", {"B1": "6", "B2": "soon"}, "manager"),
        ("service", {"B1": "3", "B2": "soon"}, "individual"),
        ("service", {"B1": "4", "B2": "soon"}, "manager"),
        ("service", {"B1": "9", "B2": "later"}, "individual"),
        ("service", {"B1": "9", "B2": "no"}, "individual"),
        ("service", {"B2": "soon"}, "individual"),
        ("service", {"B1": "many", "B2": "soon"}, "individual"),
        # Version 2 asks for the years in each field; years in one don't count in the other.
        ("sales", {"B1_sales": "4", "B1_service": "6", "B2": "soon"}, "individual"),
        ("sales", {"B1_sales": "6", "B1_service": "none", "B2": "soon"}, "manager"),
        ("service", {"B1_sales": "6", "B1_service": "2", "B2": "soon"}, "individual"),
        ("service", {"B1_sales": "none", "B1_service": "4", "B2": "soon"}, "manager"),
        ("service", {"B1_sales": "6", "B2": "soon"}, "individual"),
        ("service", {"B1_service": "6", "B2": "later"}, "individual"),
        ("sales", {"B1_sales": "none", "B2": "now"}, "manager"),
        # Both kinds of answers: the years in the field are more exact.
        ("sales", {"B1": "9", "B1_sales": "0", "B2": "soon"}, "individual"),
        ("sales", {"B1": "6", "B1_sales": "", "B2": "soon"}, "manager"),
    ],
)
def test_the_level_follows_leading_and_years(field, background, level):
    assert level_for(field, background) == level


@pytest.mark.parametrize("schooling", ["none", "hs", "some", "assoc", "ba", "grad"])
def test_schooling_never_changes_the_level(schooling):
    for background in ({"B1": "4", "B2": "soon"}, {"B1": "1", "B2": "later"}):
        for field in ("sales", "service"):
            with_schooling = background | {"B3": schooling}
            assert level_for(field, with_schooling) == level_for(field, background)


def test_suggestion_leads_to_the_page_at_the_right_level():
    suggested = suggested_roles("sales", {}, shows_sales_first=False)
    assert suggested.slugs == ("sales-representative",)
    assert suggested.next_slugs == ("sales-manager",)
    lead = suggested_roles("service", {"B2": "now"}, shows_sales_first=True)
    assert lead.slugs == ("customer-service-manager",)
    assert lead.next_slugs == ()


def test_without_a_suggestion_both_fields_appear_in_the_drawn_order():
    first = suggested_roles("", {}, shows_sales_first=True).slugs
    assert first == ("sales-representative", "customer-service-representative")
    assert suggested_roles("", {}, shows_sales_first=False).slugs == first[::-1]


def test_both_roles_are_managers_only_if_both_fields_allow_it():
    soon = {"B1": "4", "B2": "soon"}
    assert suggested_roles("", soon, shows_sales_first=True).level == "individual"
    ready = {"B1": "6", "B2": "soon"}
    assert suggested_roles("", ready, shows_sales_first=True).slugs == (
        ROLE_SLUGS["sales", "manager"],
        ROLE_SLUGS["service", "manager"],
    )


class TestSchooling:
    @pytest.mark.parametrize(
        ("slug", "finished", "has_it"),
        [
            ("sales-representative", "none", False),
            ("sales-representative", "hs", True),
            ("customer-service-representative", "grad", True),
            ("sales-manager", "assoc", False),
            ("sales-manager", "ba", True),
            # No official source, or no answer.
            ("customer-service-manager", "grad", None),
            ("sales-manager", "", None),
            ("sales-manager", "ba; DROP", None),
            ("sales-representative", "student", None),
            ("sales-representative", "other", None),
        ],
    )
    def test_schooling_is_compared_with_what_the_role_usually_asks_for(
        self, slug, finished, has_it
    ):
        assert has_usual_schooling(slug, {"B3": finished}) is has_it

    def test_usual_schooling_agrees_with_the_figures_of_the_roles(self):
        first_words = {"High school diploma": "hs", "Bachelor's degree": "ba"}
        usual = {}
        for role in role_files():
            for figure in figures_in(role):
                if figure["measure"] == "entry_education":
                    text = figure["text"]["en"]
                    usual[role["slug"]] = next(
                        step for words, step in first_words.items() if text.startswith(words)
                    )
        assert usual == USUAL_SCHOOLING

    def test_schooling_steps_are_the_answers_to_the_question(self):
        question = next(q for q in SHIPPED.background if q.key == "B3")
        assert tuple(option.value for option in question.options) == SCHOOLING_STEPS
