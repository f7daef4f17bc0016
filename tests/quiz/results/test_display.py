"""Parts of a result are rendered once and shared, and still everyone gets only their own."""

import random
import re
from itertools import cycle

import pytest
from django.template.loader import render_to_string

from quiz.attempts.models import Attempt
from quiz.core.scopes import ANSWERS, SCOPES, Scope
from quiz.counseling.models import Disclosure
from quiz.results.display import result_values
from quiz.web import rendering
from roles import page_cache
from tests.answers import alike, leaning, towards
from tests.factories import NOON, finished, likely_answers, make_client, signed_in
from tests.pages import only_attempt, take_quiz
from tests.quiz.visitor.shared import make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

BACKGROUNDS = ({}, {"B3": "none"}, {"B3": "grad"}, {"B1": "6", "B2": "soon"}, {"B2": "now"})
# What only one person has typed.
STEP, NAME, COUNSELOR, LINK_NAME = "Zip up", "Zoe", "Zelda", "Zack"


def forget_parts():
    rendering.clear()
    page_cache.clear()


def sittings():
    """Yield results of every band, with different levels and schooling."""
    rng = random.Random(4)
    answers = [likely_answers(rng) for _ in range(10)]
    answers += [leaning("sales", 1), towards("service"), towards("sales"), alike(5), alike(1)]
    for given, background in zip(answers, cycle(BACKGROUNDS), strict=False):
        yield finished(given, background=background, next_step=rng.choice(["", STEP]))


def pages():
    """Render each result for its owner, then for others within each scope."""
    for sitting in sittings():
        yield lambda sitting=sitting: rendered(result_values(sitting, is_own=True))
        for scope in map(Scope, SCOPES):
            yield lambda sitting=sitting, scope=scope: rendered(
                result_values(sitting, scope, is_own=False)
            )


def rendered(values) -> str:
    return render_to_string("quiz/result/_result.html", values)


def test_result_looks_the_same_whoever_was_served_before():
    together = [page() for page in pages()]
    backwards = [page() for page in reversed(list(pages()))]
    alone = []
    for page in pages():
        forget_parts()
        alone.append(page())
    assert together == alone
    assert backwards[::-1] == alone
    assert len(set(alone)) > 40


def test_parts_that_are_kept_hold_nothing_that_someone_typed(client, client_class, counselor):
    forget_parts()
    take_quiz(client, leaning("sales", 7))
    disclosure = share_with(counselor, only_attempt())
    client.post("/quiz/next-step/", {"next_step": STEP})
    link = make(client, shown_name=LINK_NAME, shows_next_step="on")
    seen = [
        client.get("/quiz/result/").text,
        client_class().get(link.path).text,
        signed_in(counselor).get(f"/counselor/results/{disclosure.pk}/").text,
    ]
    code = re.search(r'<code class="code">(.*?)</code>', seen[0])[1]
    kept = f"{[dict(parts) for parts in rendering._parts.values()]} {page_cache._latest._values}"
    for own in (STEP, NAME, COUNSELOR, LINK_NAME, code):
        assert any(own in page for page in seen), own
        assert own not in kept, own


def share_with(counselor, attempt) -> Disclosure:
    counselor.name = COUNSELOR
    counselor.save()
    person = make_client(counselor, NAME)
    Attempt.objects.filter(pk=attempt.pk).update(client=person)
    return Disclosure.objects.create(attempt=attempt, client=person, scope=ANSWERS, at=NOON)
