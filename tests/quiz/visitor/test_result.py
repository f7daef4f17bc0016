"""The owner's result page, as it is delivered."""

import re
from http import HTTPStatus

import pytest
from django.utils.html import escape

from quiz.attempts.models import Attempt, ShareLink
from quiz.core.scoring import score
from quiz.questionnaires.models import QuestionnaireVersion
from quizsite.environment.derived import Contact
from roles.models import Advice, Kind, Role
from tests.answers import SHIPPED, leaning, scoring, towards
from tests.pages import only_attempt, page_url, take_quiz, text_of
from tests.questionnaires import with_traits
from tests.roles.pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content")]

URL = "/quiz/result/"
CLOSE = scoring(43.75, 50, 50)


@pytest.fixture
def shown(client):
    """Take the quiz and return the result page's HTML."""

    def take(answers, background=None):
        take_quiz(client, answers, background)
        return client.get(URL).content.decode()

    return take


def attribute(page, name):
    return re.search(rf'<main[^>]*\sdata-{name}="([^"]*)"', page)[1]


class TestContract:
    @pytest.mark.parametrize("lean", [("sales", 7), ("service", 20), ("sales", 1)])
    def test_main_carries_band_field_lean_and_agreement(self, shown, lean):
        answers = leaning(*lean)
        page, result = shown(answers), score(SHIPPED, answers)
        assert attribute(page, "band") == result.band
        assert attribute(page, "field") == result.field
        assert float(attribute(page, "lean")) == result.lean
        assert float(attribute(page, "agreement")) == result.agreement

    def test_each_trait_carries_its_score(self, shown):
        page = shown(leaning("sales", 7))
        scores = dict(re.findall(r'data-trait="([^"]+)" data-score="([^"]+)"', page))
        expected = score(SHIPPED, leaning("sales", 7)).scores
        assert {key: float(value) for key, value in scores.items()} == expected

    def test_page_has_no_radio_buttons(self, shown):
        assert 'type="radio"' not in shown(towards("sales"))

    @pytest.mark.parametrize(
        "answers", [leaning("sales", 7), leaning("sales", 1), scoring(50, 50, 50)]
    )
    def test_page_links_to_a_role(self, shown, answers):
        assert re.search(r'href="/roles/[a-z-]+/"', shown(answers))


class TestRoles:
    def cards(self, page):
        return re.findall(r'data-role="([a-z-]+)"', page)

    def test_suggestion_links_to_its_role_and_names_the_next_level(self, shown):
        page = shown(leaning("service", 20))
        assert self.cards(page) == ["customer-service-representative"]
        assert 'href="/roles/customer-service-manager/"' in page

    def test_team_lead_gets_the_manager_role(self, shown):
        page = shown(leaning("sales", 20), {"B2": "now"})
        assert self.cards(page) == ["sales-manager"]
        assert 'data-roles="managers"' in page
        assert 'data-roles="managers"' not in shown(leaning("sales", 20))

    @pytest.mark.parametrize("sales_first", [True, False])
    def test_too_close_shows_both_in_the_order_drawn_at_the_start(self, client, sales_first):
        take_quiz(client, leaning("sales", 1))
        Attempt.objects.update(shows_sales_first=sales_first)
        both = ["sales-representative", "customer-service-representative"]
        page = client.get(URL).content.decode()
        assert self.cards(page) == (both if sales_first else both[::-1])

    def test_both_roles_are_managers_only_if_both_conditions_are_met(self, shown):
        page = shown(leaning("sales", 1), {"B1": "4", "B2": "soon"})
        assert set(self.cards(page)) == {"sales-representative", "customer-service-representative"}

    @pytest.mark.parametrize(("finished", "schooling"), [("none", "less"), ("hs", "enough")])
    def test_education_picks_a_sentence_and_changes_nothing_else(self, shown, finished, schooling):
        page = shown(leaning("sales", 7), {"B3": finished})
        assert f'data-schooling="{schooling}"' in page
        assert float(attribute(page, "lean")) == score(SHIPPED, leaning("sales", 7)).lean

    def test_without_an_answer_about_education_no_sentence_appears(self, shown):
        assert "data-schooling" not in shown(leaning("sales", 7))


class TestNextSteps:
    def steps(self, page):
        return re.findall('data-step="(.*?)"', page)

    def test_suggestion_comes_with_ideas_for_its_job(self, shown):
        assert self.steps(shown(leaning("sales", 7))) == ["sales"] * 3

    def test_ideas_fit_the_level(self, shown):
        page = shown(leaning("sales", 20), {"B2": "now"})
        idea = Advice.objects.filter(role__slug="sales-manager", kind=Kind.TRY).first()
        assert idea.title in page

    def test_edited_idea_appears_on_the_next_page(self, client, shown):
        shown(leaning("sales", 7))
        idea = Advice.objects.filter(role__slug="sales-representative", kind=Kind.TRY).first()
        idea.title_en = "Sell lemonade"
        idea.save()
        assert "Sell lemonade" in client.get("/quiz/result/").text

    def test_too_close_comes_with_some_for_either_job(self, shown):
        found = sorted(self.steps(shown(leaning("sales", 1))))
        assert found == ["sales", "sales", "service", "service"]

    def test_idea_for_both_jobs_is_there_once(self, shown):
        page = shown(leaning("sales", 1))
        titles = re.findall(r'data-step="\w+"><strong>(.*?)</strong>', page)
        assert len(titles) == len(set(titles)) == 4


class TestWords:
    def test_verdict_is_the_heading(self, shown):
        page = shown(leaning("sales", 7))
        heading = words_of(re.search("<h1>.*?</h1>", page, re.S)[0])
        assert heading.strip() == SHIPPED.texts["leaning_sales"]["en"]

    def test_agreement_appears_as_a_range_of_people(self, shown):
        page = shown(leaning("sales", 7))
        box = words_of(re.search('<div class="sure".*?</div>', page, re.S)[0])
        low, high = re.search(
            r'data-agreement-low="(\d+)" data-agreement-high="(\d+)"', page
        ).groups()
        assert re.findall(r"\d+", box) == [low, high, "100"]
        assert int(low) < 100 * float(attribute(page, "agreement")) < int(high)

    def test_too_close_promises_no_agreement(self, shown):
        box = re.search('<div class="sure".*?</div>', shown(leaning("sales", 1)), re.S)[0]
        assert "<strong>" not in box

    @pytest.mark.parametrize(
        ("lean", "zone"), [(("service", 20), "clearly"), (("service", 7), "a little")]
    )
    def test_picture_names_the_side_and_the_zone(self, shown, lean, zone):
        label = re.search(r'<svg[^>]*role="img"\s+aria-label="([^"]+)"', shown(leaning(*lean)))[1]
        assert zone in label
        assert label.endswith("the side of service")

    def test_margin_of_error_is_explained_once(self, shown):
        page = words_of(shown(leaning("sales", 7)))
        assert page.count("about 2 times in 3") == 1
        assert re.search(r"44 of 100, probably between 34 and 54", words_of(shown(CLOSE)))

    def test_middle_score_is_no_preference(self, shown):
        page = shown(scoring(80, 53.125, 80))
        reason = re.search('<li data-reason="persuasion".*?</li>', page, re.S)[0]
        assert "no strong preference either way" in reason
        assert "towards-" not in reason
        assert 'data-trait="persuasion" data-score="53.125" data-side="middle"' in page
        bar = page.split('data-trait="persuasion"')[1].split("</section>")[0]
        assert 'class="of-middle"' in bar

    def test_contributions_shown_add_up_to_the_lean_shown(self, shown):
        page = shown(leaning("sales", 7))
        table = page[page.index('class="figures why"') : page.index("</table>")]
        points = [
            float(n) * (1 if way == "sales" else -1)
            for n, way in re.findall(r"([\d.]+) towards (sales|customer service)", table)
        ]
        assert round(sum(points[:-1]), 1) == points[-1]

    def test_strongest_answers_are_quoted(self, shown):
        answers = leaning("sales", 20)
        page, pulls = shown(answers), score(SHIPPED, answers).pulls
        strongest = max(SHIPPED.items, key=lambda item: pulls[item.key])
        assert escape(strongest.text["en"]) in page

    def test_a_score_that_ends_in_a_half_reads_the_same_everywhere(self, shown):
        page = shown(scoring(62.5, 65.625, 59.375))
        score, *_others = re.findall('<p class="score">(.*?)</p>', page)
        assert re.findall(r"\d+", score) == ["63", "100", "53", "72"]
        tips = page.split('data-part="tips"')[1].split("</details>")[0]
        assert "63" in re.findall(r"\d+", tips)
        assert "62" not in re.findall(r"\d+", tips)

    def test_range_of_one_number_is_shown_as_that_number(self, shown):
        page = words_of(shown(towards("sales")))
        assert "About 99 of 100" in page
        assert "Between 99 and 99" not in page

    def test_page_says_what_the_result_is_not(self, shown):
        page = shown(leaning("sales", 7))
        limits = re.search(r'<h2 id="limits">.*?</h2>\s*<p>(.*?)</p>', page, re.S)[1]
        lines = [line.strip() for line in limits.split("<br>")]
        assert lines == [
            "How good you'd be at either job.",
            "It's based on 24 answers from one day.",
        ]
        assert 'data-norms="0"' in page

    def test_careless_answers_get_an_explanation_and_no_suggestion(self, shown):
        page = shown({item.key: 3 for item in SHIPPED.items})
        assert attribute(page, "band") == "insufficient"
        assert attribute(page, "field") == ""
        assert "data-careless" in page
        main_button = re.search('<a class="btn" href="([^"]*)"', page)[1]
        assert main_button == "/quiz/"


class TestTalkingToSomeone:
    CONTACT = Contact("Career <Center>", "Monday to Friday, 9 to 5", "tel:+15550100")
    DATA = "/quiz/data/"

    @pytest.mark.parametrize("address", [URL, DATA])
    def test_contact_of_the_operator_is_on_the_result_and_the_data_page(
        self, client, settings, address
    ):
        settings.TALK_TO = self.CONTACT
        take_quiz(client, leaning("sales", 7))
        (said,) = re.findall(r"<p[^>]*data-talk-to>.*?</p>", text_of(client.get(address)), re.S)
        assert '<a href="tel:+15550100">Career &lt;Center&gt;</a>' in said
        assert "Monday to Friday, 9 to 5" in said

    def test_contact_without_a_link_is_text(self, client, settings):
        settings.TALK_TO = self.CONTACT._replace(link="")
        said = re.search(r"<p[^>]*data-talk-to>.*?</p>", text_of(client.get(self.DATA)), re.S)[0]
        assert "<a" not in said

    @pytest.mark.parametrize("address", [URL, DATA])
    def test_without_a_contact_nothing_is_said(self, client, address):
        take_quiz(client, leaning("sales", 7))
        assert "data-talk-to" not in text_of(client.get(address))

    def test_contact_is_not_on_a_shared_result(self, client, settings):
        settings.TALK_TO = self.CONTACT
        take_quiz(client, leaning("sales", 7))
        data = {"id": "8b1c5d52-3b0a-4a51-a7d5-2b1d4a6f3c10", "scope": "answers", "until": "30"}
        client.post("/quiz/shares/", data)
        assert "data-talk-to" not in text_of(client.get(ShareLink.objects.get().path))


class TestOnTheWire:
    MOST = 15_000  # bytes

    def test_result_is_small_and_its_size_differs_each_time(self, client):
        take_quiz(client, leaning("sales", 7), {"B1": "6", "B2": "now", "B3": "none"})
        taken = [client.get(URL, headers={"accept-encoding": "gzip"}) for _ in range(8)]
        assert {response["Content-Encoding"] for response in taken} == {"gzip"}
        assert {response["Cache-Control"] for response in taken} == {"no-store"}
        sizes = {len(response.content) for response in taken}
        assert max(sizes) < self.MOST
        # Otherwise the size would give away what a page says.
        assert len(sizes) > 1


class TestRetake:
    """Starting again must not take the finished result away."""

    @pytest.fixture
    def retaking(self, client):
        take_quiz(client, leaning("sales", 7))
        client.post("/quiz/")
        client.post("/quiz/1/", {"go": "keep", SHIPPED.items[0].key: 4})
        return client

    def test_newest_finished_result_stays_with_a_link_to_continue(self, retaking):
        page = retaking.get(URL).content.decode()
        assert float(attribute(page, "lean")) == score(SHIPPED, leaning("sales", 7)).lean
        note = re.search('<p class="note" data-retake="1">.*?</p>', page, re.S)[0]
        assert 'href="/quiz/1/"' in note

    @pytest.mark.slow
    @pytest.mark.parametrize("form", ["/quiz/result.pdf", "/quiz/result.json"])
    def test_its_files_stay(self, retaking, form):
        assert retaking.get(form).status_code == HTTPStatus.OK

    def test_job_page_still_shows_the_profile(self, retaking):
        page = retaking.get("/roles/sales-representative/").content.decode()
        assert 'id="own-profile"' in page
        assert 'id="could-you"' in page

    def test_interest_is_saved_with_the_finished_result(self, retaking):
        retaking.post("/quiz/fit/sales-representative/", {"sales-representative": "yes"})
        finished = Attempt.objects.get(finished_at__isnull=False)
        assert finished.interests.get().role == "sales-representative"

    def test_home_page_leads_to_the_result_too(self, retaking):
        main = retaking.get("/").content.decode().split("<main")[1]
        assert main.index('href="/quiz/1/"') < main.index('href="/quiz/result/"')

    def test_someone_else_on_the_same_device_does_not_see_it(self, retaking):
        retaking.post("/quiz/", {"who": "other"})
        assert retaking.get(URL).url == "/quiz/1/"


class TestAccess:
    def test_result_is_neither_stored_nor_indexed(self, client):
        take_quiz(client, leaning("sales", 7))
        response = client.get(URL)
        assert response["Cache-Control"] == "no-store"
        assert '<meta name="robots" content="noindex">' in response.content.decode()

    def test_unfinished_attempt_redirects_to_its_open_page(self, client):
        client.post("/quiz/")
        assert client.get(URL).url == "/quiz/1/"

    def test_without_an_attempt_the_page_says_how_to_start(self, client):
        response = client.get(URL)
        assert response.status_code == HTTPStatus.FORBIDDEN
        assert 'href="/quiz/"' in response.content.decode()

    def test_result_stays_the_same_after_a_role_is_renamed(self, client):
        take_quiz(client, leaning("sales", 7))
        before = only_attempt().result
        Role.objects.filter(slug="sales-representative").update(title_en="Seller")
        assert ">Seller</a>" in client.get(URL).content.decode()
        assert only_attempt().result == before


class TestNumberOfTraits:
    """A version may measure one preference or five."""

    LEFT_OVER = {1: {"three", "two"}, 2: {"three"}, 3: {"two"}, 5: {"three", "two"}}

    @pytest.fixture
    def take(self, client):
        def take_version(count, answers=None):
            questionnaire = with_traits(count)
            QuestionnaireVersion.objects.add(questionnaire, title="Other traits").publish()
            client.post("/quiz/")
            given = answers or towards("sales", 1, questionnaire)
            for page, items in enumerate(questionnaire.item_pages, start=1):
                client.post(page_url(page), {item.key: given[item.key] for item in items})
            client.post(page_url(count + 1), {})
            return client

        return take_version

    @pytest.mark.parametrize(
        ("count", "heading"),
        [(1, "One preference"), (2, "Two preferences"), (5, "Five preferences")],
    )
    def test_headings_name_the_number_of_traits(self, take, count, heading):
        browser = take(count)
        page = browser.get(URL).content.decode()
        assert page.count("data-trait=") == count
        headings = [words_of(each).strip() for each in re.findall("<h3>.*?</h3>", page, re.S)]
        assert heading in headings
        rest = words_of(page.split('data-part="tips"')[1])
        assert not set(re.findall("[a-z]+", rest)) & self.LEFT_OVER[count]
        home = words_of(browser.get("/").content.decode())
        assert f"{heading}, the answers that counted most" in home
        assert f"Rate {8 * count} short statements" in home

    def test_heading_of_the_shipped_version_says_three(self, shown):
        page = re.sub(r"\s*\n\s*", "", shown(leaning("sales", 7)))
        assert "<h3>Three preferences</h3>" in page

    def test_home_without_a_live_version_names_no_numbers(self, client):
        QuestionnaireVersion.objects.published().get().retire()
        home = words_of(client.get("/").content.decode())
        assert "Rate short statements" in home
        assert "Your preferences, the answers that counted most" in home
