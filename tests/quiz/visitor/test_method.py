"""The public page on how the quiz works, and the data behind it."""

import dataclasses
import re
from datetime import timedelta
from html.parser import HTMLParser

import pytest
import time_machine

from quiz.attempts.models import Attempt
from quiz.core.precision import precision
from quiz.core.verdict import SALES, SERVICE
from quiz.evidence.folding import fold
from quiz.evidence.stored import freeze_norms
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.models.version import frozen_questionnaire
from tests.answers import SHIPPED
from tests.factories import NOON, many_finished
from tests.pages import shown_date
from tests.questionnaires import with_traits

pytestmark = pytest.mark.both_databases

LATER = NOON + timedelta(days=3)


class Tags(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))


@pytest.fixture
def now(content):
    with time_machine.travel(LATER, tick=False) as clock:
        yield clock


def shown(client):
    response = client.get("/method/")
    assert response.status_code == 200
    return response


def words_of(response):
    html = response.content.decode().partition("<main")[2].partition("</main>")[0]
    text = re.sub(r"<[^>]+>", " ", re.sub(r"&#x27;|&rsquo;", "'", html))
    return " ".join(text.split())


def source_of(response, heading):
    """The HTML from an h2 to the next one."""
    html = response.content.decode()
    return re.search(rf'<h2 id="{heading}">(.*?)(?=<h2|</main>)', html, re.DOTALL)[1]


def section(response, heading):
    """The words from an h2 to the next one."""
    return " ".join(re.sub(r"<[^>]+>", " ", source_of(response, heading)).split())


def figures_of(response):
    """Which figures the page shows, and the number of people it gives."""
    found = re.findall(
        r'data-figures="([^"]*)"(?: data-people="(\d+)")?', source_of(response, "figures")
    )
    ((state, people),) = found
    return state, people and int(people)


def norms_of(response):
    """The number of the norms that the page names, and of the people in them."""
    found = re.findall(r'data-norms="(\d+)"(?: data-people="(\d+)")?', source_of(response, "norms"))
    ((number, people),) = found
    return int(number), people and int(people)


def count_people(count, **more):
    many_finished(count, **more)
    fold(LATER)


def publish(title="New", **columns):
    """Publish a copy of the live version with other values in these columns."""
    live_version = QuestionnaireVersion.objects.published().get()
    questionnaire = frozen_questionnaire(live_version.pk)
    version = QuestionnaireVersion.objects.add(dataclasses.replace(questionnaire, **columns), title)
    version.publish()
    return version


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestFigures:
    def test_page_says_when_no_one_has_been_counted(self, client):
        assert figures_of(shown(client)) == ("none", "")

    def test_of_29_people_only_the_number_is_shown(self, client):
        count_people(29)
        response = shown(client)
        shown_text = section(response, "figures")
        assert figures_of(response) == ("too-few", 29)
        assert "29 people" in shown_text
        assert shown_date(2026, 11, 27) in shown_text
        assert "Alpha" not in shown_text
        main = response.content.decode().partition("<main")[2]
        assert "<rect" not in main
        assert "<circle" not in main

    def test_of_30_people_all_figures_are_shown_with_number_and_dates(self, client):
        count_people(30, at=NOON - timedelta(days=40))
        count_people(10, seed=2)
        response = shown(client)
        shown_text = section(response, "figures")
        assert figures_of(response) == ("shown", 40)
        assert "between October 2026 and November 2026" in shown_text
        assert shown_date(2026, 11, 27) in shown_text
        for heading in ("Alpha", "Omega", "Each statement", "Time on a statement"):
            assert heading in shown_text

    def test_figures_belong_to_the_version(self, client):
        count_people(60)
        response = shown(client)
        shown_text = response.context["display"]
        alpha = f"{shown_text.figures.traits[0].scale.alpha:.2f}"
        assert alpha in section(response, "figures")
        publish()
        assert figures_of(shown(client)) == ("none", "")

    def test_verdicts_include_careless_attempts(self, client):
        many_finished(20)
        Attempt.objects.update(is_first=False)
        count_people(15, seed=2)
        response = shown(client)
        assert figures_of(response) == ("too-few", 15)
        caption = response.content.decode().split('id="verdicts"')[1].split("</caption>")[0]
        assert re.search(r"\b35\b", re.sub("<[^>]*>", " ", caption))

    def test_completion_is_shown_for_the_last_days(self, client):
        version_id = QuestionnaireVersion.objects.live_id()
        for _ in range(10):
            Attempt.objects.start(version_id, language="en", is_first=True, now=NOON)
        count_people(30)
        table = shown(client).content.decode().split('id="way"')[1].split("</table>")[0]
        people, shares = (
            [int(number) for number in re.findall(r'<td class="pull">(\d+)</td>', table)][start::2]
            for start in (0, 1)
        )
        assert people == [40, 30, 30, 30, 30, 30]
        assert shares == [100, 75, 75, 75, 75, 75]

    @pytest.mark.slow
    def test_calibration_is_shown_for_groups_of_at_least_30(self, client):
        count_people(40)
        assert 'class="calibration"' not in shown(client).content.decode()
        count_people(400, seed=2)
        response = shown(client)
        assert len(response.context["display"].figures.agreement) >= 1
        assert 'class="calibration"' in response.content.decode()

    def test_each_month_with_30_people_has_a_row(self, client):
        count_people(30, at=NOON - timedelta(days=60))
        count_people(29, seed=2, at=NOON - timedelta(days=30))
        count_people(30, seed=3)
        shown_text = section(shown(client), "figures")
        assert "September 2026 (30 people)" in shown_text
        assert "November 2026 (30 people)" in shown_text
        assert "October 2026 (29 people)" not in shown_text

    def test_figures_of_another_language_stay_separate(self, client):
        count_people(40, language="de")
        assert figures_of(shown(client)) == ("none", "")


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestNorms:
    def test_without_norms_the_defaults_are_named(self, client):
        response = shown(client)
        assert norms_of(response) == (0, "")
        for default in ("18", ".70", ".30"):
            assert f" {default}" in section(response, "norms")

    def test_frozen_norms_are_named_with_number_people_and_months(self, client):
        count_people(220)
        version_id = QuestionnaireVersion.objects.live_id()
        kept = freeze_norms(version_id, "en", by=None, now=LATER)
        response = shown(client)
        shown_text = section(response, "norms")
        assert norms_of(response) == (kept.number, 220)
        assert "220 people" in shown_text
        assert "in November 2026" in shown_text
        assert f"{kept.sd['proactive']:.2f}" in section(response, "rule")
        assert "18.00" not in section(response, "rule")

    def test_edges_come_from_the_norms(self, client):
        count_people(220)
        version_id = QuestionnaireVersion.objects.live_id()
        norms = freeze_norms(version_id, "en", by=None, now=LATER).group().norms
        clear = shown(client).context["rule"].edges[0]
        assert clear.sales == precision(SHIPPED, norms).lean_at(0.9, SALES)
        assert clear.service == precision(SHIPPED, norms).lean_at(0.9, SERVICE)


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestVersions:
    def test_first_version_is_labeled_with_its_date(self, client):
        version = QuestionnaireVersion.objects.published().get()
        shown_text = section(shown(client), "versions")
        assert "Version 1" in shown_text
        assert f"{version.published_at:%Y}" in shown_text
        assert "<ul" not in source_of(shown(client), "versions")

    def test_newest_version_comes_first_with_its_changes(self, client):
        before = source_of(shown(client), "weights")
        items = list(SHIPPED.items)
        items[0] = dataclasses.replace(items[0], text={"en": "I like to call <first>."})
        traits = tuple(
            dataclasses.replace(trait, weight=weight)
            for trait, weight in zip(SHIPPED.traits, (0.4, 0.3, 0.3), strict=True)
        )
        publish(items=tuple(items), traits=traits)
        response = shown(client)
        listed, shown_text = source_of(response, "versions"), section(response, "versions")
        assert shown_text.index("Version 2") < shown_text.index("Version 1")
        assert "“I like to call &lt;first&gt;.”" in shown_text
        (weight,) = re.findall(r"<li>[^<]*“Who makes the first move”[^<]*</li>", listed)
        assert set(re.findall(r"[\d.]*\d", weight)) == {"0.4", "0.35"}
        assert "weight 0.4." in section(response, "statements")
        assert 'class="note"' in source_of(response, "weights")
        assert 'class="note"' not in before

    def test_margin_of_error_is_explained_once(self, client):
        assert words_of(shown(client)).count("about 2 times in 3") == 1

    def test_one_preference_is_not_counted_as_several(self, client):
        one = with_traits(1)
        publish(traits=one.traits, items=one.items, items_per_page=one.items_per_page)
        said = section(shown(client), "short")
        assert "8 statements about one preference" in said
        assert "1 preferences" not in said

    def test_first_screen_is_four_to_six_sentences_and_the_rest_is_folded(self, client):
        response = shown(client)
        sentences = re.findall(
            r"[.?!](?=\s|$)", section(response, "short").partition("Statements")[0]
        )
        assert 4 <= len(sentences) <= 7
        html = response.content.decode()
        folds = re.findall(r'<details class="fold"([^>]*)>\s*<summary>(.*?)</summary>', html, re.S)
        assert len(folds) >= 12
        for attributes, summary in folds:
            assert attributes == ""
            assert re.search(r'<h[23] id="[a-z]+">', summary)
            fact = re.search(r'class="fact">(.*?)</span>', summary, re.S)[1]
            assert fact.strip()

    def test_links_on_the_page_lead_to_a_heading_that_is_visible_while_folded(self, client):
        html = shown(client).content.decode()
        wanted = set(re.findall(r'href="#([a-z]+)"', html)) - {"main"}
        summaries = " ".join(re.findall(r"<summary>(.*?)</summary>", html, re.S))
        assert {"promise", "norms", "fit", "licences"} <= wanted
        assert [name for name in wanted if f'id="{name}"' not in summaries] == []

    def test_cut_points_have_one_decimal(self, client):
        rows = source_of(shown(client), "rule")
        table = rows[rows.index("The lean it takes for a suggestion") :].split("</table>")[0]
        cells = re.findall(r"<td>(.*?)</td>", table)
        assert cells == ["−12.1 or less", "12.1 or more", "−5.0 or less", "5.0 or more"]

    def test_people_who_tested_the_formula_are_named_with_their_data_set(self, client):
        said = section(shown(client), "error")
        assert "BIG5 download of the Open-Source Psychometrics Project" in said
        assert "From each of 19,718 people's answers we made two half-questionnaires" in said

    def test_drafts_and_internal_titles_are_not_shown(self, client):
        QuestionnaireVersion.objects.add(SHIPPED, "Secret plan")
        publish("Inner name")
        shown_text = words_of(shown(client))
        assert "Secret plan" not in shown_text
        assert "Inner name" not in shown_text
        assert len(shown(client).context["versions"]) == 2

    def test_after_retirement_the_last_version_is_explained(self, client):
        QuestionnaireVersion.objects.published().get().retire()
        response = shown(client)
        assert 'data-quiz="closed"' in response.content.decode()
        assert SHIPPED.items[0].text["en"] in section(response, "statements")

    def test_without_a_version_the_page_explains_what_holds_for_all(self, client, monkeypatch):
        monkeypatch.setattr("quiz.visitor.method._versions", list)
        response = shown(client)
        assert 'data-quiz="never-opened"' in response.content.decode()
        assert norms_of(response) == (0, "")
        assert 'id="statements"' not in response.content.decode()
        assert 'id="versions"' not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("now")
class TestPage:
    @pytest.fixture(params=[0, 29, 400])
    def response(self, request, client):
        if request.param:
            count_people(request.param)
        return shown(client)

    def test_page_has_one_h1_and_nothing_inline(self, response):
        tags = Tags(response.content.decode()).tags
        names = [tag for tag, _attributes in tags]
        assert names.count("h1") == 1
        assert not {"style", "script"} & set(names)
        assert [a for _tag, a in tags if "style" in a or any(n.startswith("on") for n in a)] == []

    def test_table_of_contents_links_to_existing_headings(self, response):
        tags = Tags(response.content.decode()).tags
        ids = [attributes["id"] for _tag, attributes in tags if "id" in attributes]
        assert len(ids) == len(set(ids))
        links = [a["href"][1:] for tag, a in tags if tag == "a" and a["href"].startswith("#")]
        assert len(links) > 10
        assert set(links) <= set(ids)

    def test_pictures_are_hidden_from_screen_readers_and_have_a_table(self, response):
        pictures = [a for tag, a in Tags(response.content.decode()).tags if tag == "svg"]
        assert {a.get("aria-hidden") for a in pictures} == {"true"}

    @pytest.mark.slow
    def test_number_of_queries_does_not_grow_with_people(self, client, django_assert_num_queries):
        count_people(35)
        shown(client)
        with django_assert_num_queries(5):
            shown(client)
        count_people(200, seed=2)
        with django_assert_num_queries(5):
            shown(client)

    @pytest.mark.slow
    def test_compressed_page_takes_at_most_20_kilobytes(self, client):
        count_people(400)
        response = client.get("/method/", headers={"accept-encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        assert 10_000 < len(response.content) <= 20_000

    def test_page_cites_its_sources(self, client):
        response = shown(client)
        cited = section(response, "references")
        for name in ("Cronbach", "Feldt", "McDonald", "Harman", "Vinchur", "Grant", "O*NET 29.3"):
            assert name in cited
        licences = section(response, "licences")
        assert "USDOL/ETA has not approved, endorsed, or tested these modifications" in licences
        assert "MIT License" in licences

    @pytest.mark.parametrize("path", ["/", "/quiz/", "/roles/", "/method/"])
    def test_every_page_links_to_the_method_page(self, client, path):
        assert 'href="/method/"' in client.get(path).content.decode()
