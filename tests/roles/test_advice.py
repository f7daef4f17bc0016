"""The shipped advice, and what a job page shows of it before and after it is opened."""

import re
from collections import Counter

import pytest

from roles.content import role_files
from roles.models import Advice, AdviceSummary, Kind, Role
from roles.page_cache import clear
from tests.roles.pages import SALES, SERVICE

FEWEST = {Kind.DAY: 5, Kind.WAY_IN: 3, Kind.SEARCH: 5, Kind.INTERVIEW: 3, Kind.ASK: 3, Kind.TRY: 3}


@pytest.mark.parametrize("file", role_files(), ids=lambda file: file["slug"])
class TestShipped:
    def test_every_kind_has_enough_advice(self, file):
        counts = Counter(row["kind"] for row in file["advice"])
        assert counts.keys() == set(Kind.values)
        assert {kind: n for kind, n in FEWEST.items() if counts[kind] < n} == {}

    def test_every_kind_on_the_page_has_one_summary(self, file):
        summed_up = [row["kind"] for row in file["advice_summaries"]]
        assert sorted(summed_up) == sorted(set(Kind.values) - {Kind.TRY})

    def test_summaries_are_up_to_12_words(self, file):
        texts = [row["text"]["en"] for row in file["advice_summaries"]]
        assert [text for text in texts if len(text.split()) > 12] == []


def test_individual_jobs_name_a_way_in_without_a_diploma():
    for file in role_files():
        if file["slug"] in (SALES, SERVICE):
            ways = [row["title"]["en"] for row in file["advice"] if row["kind"] == Kind.WAY_IN]
            assert "Without a diploma" in ways


@pytest.mark.django_db
@pytest.mark.usefixtures("content")
class TestPage:
    @pytest.fixture(autouse=True)
    def _nothing_cached(self):
        clear()

    def page(self, client):
        return client.get(f"/roles/{SALES}/").content.decode()

    def fold(self, client, anchor):
        pattern = rf"<details[^>]*>(?:(?!</details>).)*?id=\"{anchor}\".*?</details>"
        return re.search(pattern, self.page(client), re.S)[0]

    def test_fold_shows_the_summary_and_holds_the_advice(self, client):
        fold = self.fold(client, "hard")
        summary = AdviceSummary.objects.get(role__slug=SALES, kind=Kind.HARD)
        assert summary.text in fold.split("</summary>")[0]
        titles = Advice.objects.filter(role__slug=SALES, kind=Kind.HARD)
        assert [each.title for each in titles if each.title not in fold] == []

    def test_kind_without_advice_has_no_fold(self, client):
        Advice.objects.filter(kind=Kind.HARD).delete()
        assert 'id="hard"' not in self.page(client)

    def test_source_of_advice_is_linked_and_credited(self, client):
        cited = Advice.objects.filter(role__slug=SALES, source__isnull=False).first()
        page = self.page(client)
        assert f'href="#source-{cited.source.key}"' in page
        assert f'id="source-{cited.source.key}"' in page

    def test_texts_are_escaped(self, client):
        role = Role.objects.get(slug=SALES)
        Advice.objects.create(role=role, kind=Kind.DAY, order=99, title_en="<b>x</b>")
        assert "<b>x</b>" not in self.page(client)
