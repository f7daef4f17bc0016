"""A counselor's sheet to prepare for a meeting."""

import re
from dataclasses import replace

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from quiz.core.scopes import ANSWERS, SCOPES, TRAITS, VERDICT, Scope
from quiz.core.scoring import score
from quiz.counseling.preparation import (
    ABOUT_TENSIONS,
    AGAINST_LEAN,
    CARELESS,
    CLOSING,
    CONTRADICTION,
    GENERAL,
    IN_THE_MIDDLE,
    NO_SUGGESTION,
    OPENING,
    STANDS_OUT,
    TIP,
    TOO_CLOSE,
    prepare,
)
from quiz.results.report import HIGH, LOW, report
from quiz.templatetags.preparation_words import (
    FLAGS,
    HELPS,
    QUESTIONS,
    QUESTIONS_OF_A_PREFERENCE,
    QUESTIONS_OF_ANY_PREFERENCE,
    TENSIONS,
    asked,
)
from quiz.templatetags.quiz_words import score_in_words
from tests.answers import SHIPPED, alike, leaning, scoring, towards

TRAIT_KEYS = [trait.key for trait in SHIPPED.traits]


def sheet(answers, scope=ANSWERS, **more):
    result = score(SHIPPED, answers, **more)
    full = report(result, SHIPPED, answers, "en")
    return prepare(full, SHIPPED, answers, "en", Scope(scope))


def shown(answers, scope=ANSWERS) -> str:
    return render_to_string("counseling/_preparation.html", {"sheet": sheet(answers, scope)})


def words_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html))


def kinds(prepared):
    return [
        (tension.kind, tension.preference.key if tension.preference else "")
        for tension in prepared.tensions
    ]


class TestWhatStandsOut:
    @pytest.mark.parametrize(
        ("scores", "sides"),
        [
            pytest.param((59.375, 50, 50), [], id="within the error"),
            pytest.param((62.5, 50, 50), [("proactive", "high")], id="beyond it"),
            pytest.param((37.5, 50, 50), [("proactive", "low")], id="beyond it, low"),
            pytest.param(
                (65.625, 6.25, 81.25),
                [("persuasion", "low"), ("targets", "high"), ("proactive", "high")],
                id="strongest first, whichever side",
            ),
        ],
    )
    def test_preference_beyond_its_error_stands_out(self, scores, sides):
        found = sheet(scoring(*scores)).stands_out
        assert [(each.key, each.side) for each in found] == sides

    def test_preference_names_both_poles(self):
        (preference,) = sheet(scoring(12.5, 50, 50)).stands_out
        assert (preference.pole, preference.other_pole) == ("Reactive", "Proactive")


class TestTensions:
    def test_preference_against_the_lean_is_a_tension(self):
        found = kinds(sheet(scoring(93.75, 25, 75), TRAITS))
        assert found == [(AGAINST_LEAN, "persuasion")]

    def test_preference_in_the_middle_is_no_tension(self):
        answers = scoring(93.75, 43.75, 75)
        assert kinds(sheet(answers, TRAITS)) == []
        assert [each.key for each in sheet(answers, TRAITS).in_the_middle] == ["persuasion"]
        before, tensions = shown(answers, TRAITS).split("<h2>Tensions</h2>")
        assert 'data-in-the-middle="persuasion"' in before
        assert SHIPPED.traits[1].name["en"] not in tensions.split("<h3>")[0]

    def test_preference_in_the_middle_is_asked_about(self):
        found = sheet(scoring(93.75, 43.75, 75), TRAITS).questions
        (question,) = [each for each in found if each.key == IN_THE_MIDDLE]
        assert question.preference.key == "persuasion"

    def test_lean_of_0_has_nothing_against_it(self):
        # .35 * 25 - .35 * 25 = 0
        assert kinds(sheet(scoring(75, 50, 25), TRAITS)) == [(TOO_CLOSE, "")]

    def test_a_close_call_comes_first(self):
        assert kinds(sheet(leaning("sales", 2)))[0] == (TOO_CLOSE, "")

    def test_careless_answers_come_first(self):
        found = sheet(alike(3)).tensions[:3]
        assert [(tension.kind, tension.flag) for tension in found] == [
            (NO_SUGGESTION, ""),
            (CARELESS, "longest_run"),
            (CARELESS, "spread"),
        ]

    @pytest.mark.parametrize("scope", [VERDICT, TRAITS])
    def test_other_scopes_do_not_name_the_flags(self, scope):
        found = [each for each in sheet(alike(3), scope).tensions if each.kind == CARELESS]
        assert [each.flag for each in found] == [""]

    def test_time_flag_is_named(self):
        quick = dict.fromkeys(SHIPPED.items_by_key, 1.5)
        found = sheet(leaning("sales", 20), seconds=quick).tensions
        assert [tension.flag for tension in found if tension.kind == CARELESS] == ["time"]


class TestContradictions:
    def answers(self, **other):
        return scoring(50, 50, 50) | other

    def said(self, answers):
        found = [each for each in sheet(answers).tensions if each.kind == CONTRADICTION]
        return [(each.preference.key, [said.answer for said in each.said]) for each in found]

    @pytest.mark.parametrize(
        ("p1", "p4", "is_one"),
        [
            pytest.param(5, 3, False, id="two steps apart"),
            pytest.param(5, 4, True, id="three steps apart"),
            pytest.param(5, 5, True, id="both, though they say opposite things"),
            pytest.param(5, 1, False, id="disagreeing with the opposite says the same"),
        ],
    )
    def test_answers_contradict_each_other_when_keyed_values_are_far_apart(self, p1, p4, is_one):
        # P1 speaks for the high pole, P4 for the low; the other answers are in the middle.
        assert [trait for trait, _said in self.said(self.answers(P1=p1, P4=p4))] == (
            ["proactive"] if is_one else []
        )

    def test_pair_is_in_the_order_shown(self):
        found = sheet(self.answers(P4=5, P3=5)).tensions[-1]
        assert [said.statement for said in found.said] == [
            "I like days when the work comes to me.",
            "On a slow day, I look for new work to start.",
        ]
        assert [said.pole for said in found.said] == ["Reactive", "Proactive"]

    def test_preference_has_at_most_one_contradiction(self):
        every = {item.key: 5 if place % 4 < 2 else 1 for place, item in enumerate(SHIPPED.items)}
        traits = [trait for trait, _said in self.said(every)]
        assert len(traits) == len(set(traits)) > 0


class TestScopes:
    def test_verdict_scope_has_no_preferences(self):
        prepared = sheet(scoring(93.75, 25, 75), VERDICT)
        hidden = (prepared.stands_out, prepared.in_the_middle, prepared.tensions, prepared.tips)
        assert hidden == ((), (), (), ())
        assert all(question.preference is None for question in prepared.questions)

    def test_traits_scope_has_no_answers(self):
        torn = scoring(50, 50, 50) | {"P1": 5, "P4": 5}
        assert CONTRADICTION in dict(kinds(sheet(torn, ANSWERS)))
        assert CONTRADICTION not in dict(kinds(sheet(torn, TRAITS)))
        assert not any(question.said for question in sheet(torn, TRAITS).questions)

    def test_verdict_page_names_no_preference_or_number(self):
        html = shown(scoring(93.75, 25, 75), VERDICT)
        for trait in SHIPPED.traits:
            for text in (trait.name["en"], trait.low["en"], trait.high["en"]):
                assert text not in html
        assert not re.search(r"\d", words_of(html))
        assert 'data-scope="verdict"' in html

    @pytest.mark.parametrize("scope", [VERDICT, TRAITS])
    def test_careless_page_does_not_reveal_the_answers(self, scope):
        flags = [str(words) for index, words in FLAGS.items() if index]
        assert [words for words in flags if words in shown(alike(3), ANSWERS)]
        html = shown(alike(3), scope)
        assert not [words for words in flags if words in html]
        assert html.count(str(FLAGS[""])) == 1

    def test_traits_page_quotes_no_statement(self):
        torn = scoring(50, 50, 50) | {"P1": 5, "P4": 5}
        assert SHIPPED.items_by_key["P1"].text["en"] in shown(torn, ANSWERS)
        html = shown(torn, TRAITS)
        assert not [item.key for item in SHIPPED.items if item.text["en"] in html]


class TestQuestions:
    @given(
        st.lists(st.integers(1, 5), min_size=24, max_size=24),
        st.sampled_from(SCOPES),
    )
    def test_there_are_six_to_ten_different_questions(self, values, scope):
        answers = dict(zip((item.key for item in SHIPPED.items), values, strict=True))
        found = sheet(answers, scope).questions
        assert 6 <= len(found) <= 10
        assert len({asked(question) for question in found}) == len(found)
        assert (found[0].key, found[-1].key) == (OPENING, CLOSING)

    def test_verdict_scope_gets_general_questions(self):
        keys = [question.key for question in sheet(towards("sales", 1), VERDICT).questions]
        assert keys == [OPENING, *GENERAL, CLOSING]

    def test_tensions_come_before_what_stands_out(self):
        keys = [question.key for question in sheet(scoring(93.75, 25, 75), TRAITS).questions]
        assert keys == [OPENING, AGAINST_LEAN, *[STANDS_OUT] * 3, TIP, CLOSING]

    def test_contradictory_answers_are_quoted(self):
        found = sheet(scoring(50, 50, 50) | {"P1": 5, "P4": 5}).questions
        (question,) = [each for each in found if each.key == CONTRADICTION]
        agree = SHIPPED.scale[-1].label["en"]
        assert asked(question) == QUESTIONS[CONTRADICTION] % {
            "first": SHIPPED.items_by_key["P1"].text["en"],
            "first_answer": agree,
            "second": SHIPPED.items_by_key["P4"].text["en"],
            "second_answer": agree,
        }


ALL_QUESTIONS = [
    *QUESTIONS.values(),
    *QUESTIONS_OF_A_PREFERENCE.values(),
    *QUESTIONS_OF_ANY_PREFERENCE.values(),
]


class TestWords:
    @pytest.mark.parametrize("words", ALL_QUESTIONS, ids=str)
    def test_questions_are_open(self, words):
        sentences = re.split(r"(?<=[.?]) (?!and )", str(words))
        assert str(words).endswith("?")
        openers = [
            s for s in sentences if re.match("What|When|Which|Where|How|Who|In a job|If a job", s)
        ]
        assert openers

    # Words of closed questions, of private matters, and of questions that rank people.
    @pytest.mark.parametrize("words", ALL_QUESTIONS, ids=str)
    def test_questions_are_not_about_identity_or_ability(self, words):
        forbidden = (
            "age|old|born|married|famil|child|pregnan|religio|church|nation|origin|gender|"
            "wom[ae]n|m[ae]n|race|disab|health|ill|salary|degree|diploma|years|hire|hiring|"
            "recruit|employ|able|abilit|skill|better|best"
        )
        assert not re.findall(rf"\b(?:{forbidden})\w*\b", str(words).lower())

    @pytest.mark.parametrize("trait", TRAIT_KEYS)
    def test_every_shipped_preference_has_its_own_words(self, trait):
        assert {side for key, side in HELPS if key == trait} == {"high", "low"}
        assert {(kind, side) for kind, key, side in QUESTIONS_OF_A_PREFERENCE if key == trait} == {
            *((kind, side) for kind in (STANDS_OUT, AGAINST_LEAN) for side in ("high", "low")),
            (IN_THE_MIDDLE, "middle"),
        }

    def test_every_key_has_words(self):
        assert set(QUESTIONS) | set(QUESTIONS_OF_ANY_PREFERENCE) == {
            *ABOUT_TENSIONS,
            *GENERAL,
            *(OPENING, CLOSING, STANDS_OUT, IN_THE_MIDDLE, TIP),
        }
        assert set(TENSIONS) == set(ABOUT_TENSIONS)
        assert set(FLAGS) == {"", "longest_run", "spread", "time", "yes_saying"}

    def test_added_preference_gets_general_words(self):
        (preference,) = sheet(scoring(12.5, 50, 50)).stands_out
        question = next(q for q in sheet(scoring(12.5, 50, 50)).questions if q.preference)
        strange = replace(preference, key="patience")
        asked_of_it = asked(type(question)(STANDS_OUT, strange))
        words = QUESTIONS_OF_ANY_PREFERENCE[STANDS_OUT]
        assert asked_of_it == words % {"pole": "Reactive"}


class TestPartial:
    def test_what_stands_out_says_where_it_helps(self):
        prepared = sheet(scoring(93.75, 25, 75), TRAITS)
        words = words_of(shown(scoring(93.75, 25, 75), TRAITS))
        empathy = next(each for each in prepared.stands_out if each.key == "persuasion")
        assert f"Empathy {score_in_words(empathy)}" in words
        assert str(HELPS["persuasion", LOW]) in words
        assert str(HELPS["proactive", HIGH]) in words

    def test_page_shows_the_tensions(self):
        words = words_of(shown(scoring(93.75, 25, 75), TRAITS))
        assert "Empathy (25 of 100)" in words

    def test_page_shows_the_tips(self):
        # Lean 16.5625 - 7.5 ... = 93.75: 15.3125, 25: -7.5, 75: 8.75 -> 16.5625
        html = shown(scoring(93.75, 25, 75), TRAITS)
        trait = SHIPPED.traits[0].name["en"]
        tip = re.search(rf"<li>\s*<strong>{trait}</strong>(.*?)</li>", html, re.S)[1]
        assert re.findall(r"\d+", tip) == ["46", "94"]

    def test_sheet_without_any_side_still_has_questions(self):
        words = words_of(shown(leaning("sales", 0.5)))
        assert str(TENSIONS[TOO_CLOSE]) in words
        assert str(QUESTIONS[TOO_CLOSE]) in words

    def test_page_says_that_there_are_no_tensions(self):
        html = shown(towards("sales", 1), VERDICT)
        tensions = html.split("<h2>")[1]
        assert "<p>" in tensions
        assert "<ul" not in tensions

    def test_page_says_that_it_is_for_exploring(self):
        assert "not for choosing people" in shown(towards("sales", 1), VERDICT)
