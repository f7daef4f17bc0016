"""The dashboard of the admin: what an editor is told to mend, and what there is."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from quiz.admin.attention import PASSWORD_FILE, attention
from quiz.questionnaires.models import QuestionnaireVersion
from roles.models import Duty, Figure, Role, Skill
from tests.answers import SHIPPED

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

CALM = "Nothing just now"
# Session and user, recent actions, and what the dashboard asks itself.
STATEMENTS = 21


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def checked_today(content):
    """However much later this runs than the figures were shipped."""
    Figure.objects.update(checked_on=timezone.localdate())


@pytest.fixture
def role():
    return Role.objects.get(slug="sales-manager")


@pytest.fixture
def figure(role):
    return Figure.objects.get(role=role, measure="median_pay")


def add_draft(title="Spring"):
    return QuestionnaireVersion.objects.add(SHIPPED, title=title)


def add_faulty_draft(title="Faulty"):
    draft = add_draft(title)
    draft.items.filter(key="P1").update(keying=-1)
    draft.wordings.filter(key="close").delete()
    return draft


def add_empty_draft():
    return QuestionnaireVersion.objects.create(title="Empty")


def close_the_quiz():
    QuestionnaireVersion.objects.published().update(status="retired")


def everything_at_once(data_dir):
    close_the_quiz()
    add_faulty_draft()
    add_empty_draft()
    add_draft()
    Skill.objects.all().delete()
    Figure.objects.update(period="")
    Role.objects.create(slug="new", title_en="New role")
    (data_dir / PASSWORD_FILE).touch()


def user_who_may(*rights):
    user = User.objects.create_user("editor", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return user


def page_for(client, user):
    client.force_login(user)
    response = client.get("/admin/")
    assert response.status_code == 200
    return response.content.decode()


def told(user):
    return [entry.what for entry in attention(user)]


class TestAttention:
    def test_nothing_is_said_of_content_as_it_ships(self, admin_user):
        assert told(admin_user) == []

    def test_a_closed_quiz_comes_first_and_leads_to_the_versions(self, admin_user):
        add_draft()
        close_the_quiz()
        entry = attention(admin_user)[0]
        assert entry.what == "No questionnaire is live."
        assert entry.links[0].url == "/admin/quiz/questionnaireversion/"

    def test_a_draft_with_errors_says_how_many_and_leads_to_it(self, admin_user):
        draft = add_faulty_draft()
        (entry,) = attention(admin_user)
        assert entry.what == "The draft “Faulty” has 2 errors."
        assert [link.url for link in entry.links] == [
            f"/admin/quiz/questionnaireversion/{draft.pk}/change/"
        ]

    def test_warnings_keep_no_draft_from_being_ready(self, admin_user):
        draft = add_draft()
        QuestionnaireVersion.objects.filter(pk=draft.pk).update(items_per_page=12)
        (entry,) = attention(admin_user)
        assert entry.what == "The draft “Spring” is ready to publish."
        assert entry.links[0].url == f"/admin/quiz/questionnaireversion/{draft.pk}/publish/"

    def test_an_empty_draft_has_errors(self, admin_user):
        add_empty_draft()
        assert "The draft “Empty” has" in told(admin_user)[0]

    @pytest.mark.parametrize(
        ("empty", "missing"),
        [
            (lambda role: Role.objects.filter(pk=role.pk).update(summary_en=""), "summary"),
            (lambda role: Duty.objects.filter(role=role).delete(), "duties"),
            (lambda role: Skill.objects.filter(role=role).delete(), "skills"),
        ],
        ids=["summary", "duties", "skills"],
    )
    def test_a_role_with_a_gap_says_which(self, admin_user, role, empty, missing):
        empty(role)
        (entry,) = attention(admin_user)
        assert entry.what == f"The role “Sales manager” has no {missing}."
        assert entry.links[0].url == f"/admin/roles/role/{role.pk}/change/"

    def test_the_gaps_of_one_role_are_told_together(self, admin_user):
        Role.objects.create(slug="new", title_en="New role")
        assert told(admin_user) == [
            "The role “New role” has no summary, duties or skills.",
            "The role “New role” has no official figures.",
        ]

    def test_official_figures_that_stand_on_no_page_count_for_nothing(self, admin_user, role):
        role.figures.filter(source__kind="official").update(is_published=False)
        assert told(admin_user) == ["The role “Sales manager” has no official figures."]

    def test_undated_official_figures_are_told_by_role(self, admin_user, role):
        official = Figure.objects.published().filter(source__kind="official")
        count = official.filter(role=role).update(period="")
        official.filter(pk=official.filter(role=None).first().pk).update(period="")
        assert sorted(told(admin_user)) == [
            "1 official figure of “all occupations” is undated.",
            f"{count} official figures of “Sales manager” are undated.",
        ]

    def test_the_link_of_undated_figures_lists_them_and_no_others(
        self, admin_client, admin_user, figure
    ):
        yardstick = Figure.objects.filter(role=None).first()
        Figure.objects.filter(pk__in=[figure.pk, yardstick.pk]).update(period="")
        urls = [entry.links[0].url for entry in attention(admin_user)]
        listed = [list(admin_client.get(url).context["cl"].result_list) for url in urls]
        assert listed == [[yardstick], [figure]] or listed == [[figure], [yardstick]]

    def test_an_article_may_be_undated(self, admin_user):
        assert Figure.objects.published().undated().filter(source__kind="article").exists()
        assert told(admin_user) == []

    def test_figures_that_nobody_checked_for_too_long_are_told_and_listed(
        self, admin_client, admin_user, figure
    ):
        limit = timedelta(days=figure.source.stale_after_days)
        figure.checked_on = timezone.localdate() - limit
        figure.save()
        assert told(admin_user) == []
        figure.checked_on -= timedelta(days=1)
        figure.save()
        (entry,) = attention(admin_user)
        assert entry.what == "1 figure on pages is stale."
        listed = admin_client.get(entry.links[0].url).context["cl"].result_list
        assert list(listed) == [figure]

    def test_the_first_password_in_its_file_is_told_until_the_file_is_gone(
        self, admin_user, data_dir
    ):
        (data_dir / PASSWORD_FILE).write_text("secret")
        (entry,) = attention(admin_user)
        assert entry.links[0].url == "/admin/password_change/"
        assert PASSWORD_FILE in entry.why
        (data_dir / PASSWORD_FILE).unlink()
        assert told(admin_user) == []


class TestRights:
    @pytest.mark.parametrize(
        ("right", "entries"),
        [
            ("change_questionnaireversion", 4),
            ("change_role", 5),
            ("change_figure", 6),
            ("view_questionnaireversion", 0),
            ("view_role", 0),
            ("view_figure", 0),
        ],
    )
    def test_each_is_told_only_what_they_can_mend(self, data_dir, right, entries):
        everything_at_once(data_dir)
        assert len(told(user_who_may(right))) == entries

    def test_the_password_file_is_told_to_superusers_only(self, data_dir, admin_user):
        (data_dir / PASSWORD_FILE).touch()
        rights = Permission.objects.values_list("codename", flat=True)
        assert (len(told(admin_user)), told(user_who_may(*rights))) == (1, [])

    def test_what_there_is_is_told_to_whom_may_see_it(self, client):
        html = page_for(client, user_who_may("view_role"))
        assert "4 roles" in html
        assert "figures on pages" not in html
        assert "live since" not in html

    def test_who_may_see_nothing_is_told_nothing(self, client):
        html = page_for(client, user_who_may())
        assert CALM in html
        assert "At a glance" not in html


class TestDashboard:
    def test_it_is_calm_when_nothing_is_wrong(self, client, admin_user):
        assert CALM in page_for(client, admin_user)

    def test_it_says_at_a_glance_what_there_is(self, client, admin_user):
        add_draft()
        html = page_for(client, admin_user)
        for words in (
            "Version 1, “As shipped”, live since ",
            ">1 draft<",
            ">4 roles<",
            ">226 figures on pages<",
            ">36 undated figures<",
        ):
            assert words in html

    def test_every_link_of_it_leads_somewhere(self, admin_client, admin_user, data_dir):
        everything_at_once(data_dir)
        context = admin_client.get("/admin/").context
        links = [link for entry in context["entries"] for link in entry.links]
        links += context["glance"]
        assert len(links) > 10
        for link in links:
            assert admin_client.get(link.url).status_code == 200, link

    def test_it_stands_on_the_first_page_only(self, admin_client):
        assert "Needs your attention" not in admin_client.get("/admin/quiz/").content.decode()

    def test_hostile_titles_are_escaped(self, client, admin_user):
        add_draft("<script>alert(1)</script>")
        Role.objects.create(slug="new", title_en="<script>alert(2)</script>")
        assert "<script>alert" not in page_for(client, admin_user)

    def test_an_empty_site_is_no_error(self, client, admin_user):
        QuestionnaireVersion.objects.published().update(status="retired")
        Figure.objects.all().delete()
        Role.objects.all().delete()
        assert "No questionnaire is live." in page_for(client, admin_user)

    def test_more_content_takes_no_more_statements(
        self, admin_client, data_dir, django_assert_num_queries
    ):
        add_draft()
        with django_assert_num_queries(STATEMENTS):
            admin_client.get("/admin/")
        everything_at_once(data_dir)
        with django_assert_num_queries(STATEMENTS):
            admin_client.get("/admin/")
