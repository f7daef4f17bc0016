"""The dashboard of the admin: what needs attention, and a count of what there is."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from quiz.admin.attention import PASSWORD_FILE, attention
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.questionnaires.shipped import load_questionnaire
from quiz.web.models import TaskWorker
from roles.models import Duty, Figure, Role, Skill
from tests.answers import SHIPPED
from tests.factories import sign_in
from tests.tasks import add, give_up, run_tasks

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("content"), pytest.mark.both_databases]

# For the session, the user, recent actions, the list of the first day (3) and the dashboard itself.
QUERIES = 31


@pytest.fixture(autouse=True)
def data_dir(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture(autouse=True)
def checked_today(content):
    """Keep shipped figures from being stale, however late the tests run."""
    Figure.objects.update(checked_on=timezone.localdate())


@pytest.fixture(autouse=True)
def at_work(db):
    """A task worker that is alive."""
    return TaskWorker.objects.create(pk="a worker", seen_at=timezone.now())


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


def everything_together(data_dir):
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


def dashboard_of(client, user):
    sign_in(client, user)
    response = client.get("/admin/")
    assert response.status_code == 200
    return response


def headlines(user):
    return [entry.what for entry in attention(user)]


class TestAttention:
    def test_shipped_content_needs_no_attention(self, admin_user):
        assert headlines(admin_user) == []

    def test_closed_quiz_comes_first_and_links_to_the_versions(self, admin_user):
        add_draft()
        close_the_quiz()
        entry = attention(admin_user)[0]
        assert entry.what == "No questionnaire is live."
        assert entry.links[0].url == "/admin/quiz/questionnaireversion/"

    def test_draft_with_errors_shows_their_number_and_a_link(self, admin_user):
        draft = add_faulty_draft()
        (entry,) = attention(admin_user)
        assert "“Faulty”" in entry.what
        assert re.findall(r"\d+", entry.what) == ["2"]
        assert [link.url for link in entry.links] == [
            f"/admin/quiz/questionnaireversion/{draft.pk}/change/"
        ]

    def test_draft_with_warnings_is_ready_to_publish(self, admin_user):
        draft = add_draft()
        QuestionnaireVersion.objects.filter(pk=draft.pk).update(items_per_page=12)
        (entry,) = attention(admin_user)
        assert "“Spring”" in entry.what
        assert entry.links[0].url == f"/admin/quiz/questionnaireversion/{draft.pk}/publish/"

    def test_draft_that_came_with_an_update_links_to_its_differences(self, admin_user):
        load_questionnaire()
        own = add_draft()
        shipped = QuestionnaireVersion.objects.drafts().exclude(pk=own.pk).get()
        links = {link.url for entry in attention(admin_user) for link in entry.links}
        page = "/admin/quiz/questionnaireversion/{}/differences/"
        assert page.format(shipped.pk) in links
        assert page.format(own.pk) not in links

    def test_draft_that_came_with_an_update_needs_no_attention_once_deleted(self, admin_user):
        load_questionnaire()
        QuestionnaireVersion.objects.drafts().get().delete()
        load_questionnaire()
        assert headlines(admin_user) == []

    def test_empty_draft_has_errors(self, admin_user):
        add_empty_draft()
        assert re.search(r"“Empty”.* \d+ ", headlines(admin_user)[0])

    @pytest.mark.parametrize(
        ("empty", "missing"),
        [
            (lambda role: Role.objects.filter(pk=role.pk).update(summary_en=""), "summary"),
            (lambda role: Duty.objects.filter(role=role).delete(), "duties"),
            (lambda role: Skill.objects.filter(role=role).delete(), "skills"),
        ],
        ids=["summary", "duties", "skills"],
    )
    def test_role_with_a_gap_names_the_missing_part(self, admin_user, role, empty, missing):
        empty(role)
        (entry,) = attention(admin_user)
        assert "“Sales manager”" in entry.what
        parts = ("summary", "duties", "skills")
        assert [part for part in parts if part in entry.what] == [missing]
        assert entry.links[0].url == f"/admin/roles/role/{role.pk}/change/"

    def test_all_gaps_of_a_role_share_one_entry(self, admin_user):
        Role.objects.create(slug="new", title_en="New role")
        texts, figures = headlines(admin_user)
        assert "“New role”" in texts
        assert "“New role”" in figures
        assert all(part in texts for part in ("summary", "duties", "skills"))

    def test_unpublished_official_figures_do_not_count(self, admin_user, role):
        role.figures.filter(source__kind="official").update(is_published=False)
        (headline,) = headlines(admin_user)
        assert "“Sales manager”" in headline

    def test_undated_official_figures_are_counted_by_role(self, admin_user, role):
        official = Figure.objects.published().filter(source__kind="official")
        count = official.filter(role=role).update(period="")
        official.filter(pk=official.filter(role=None).first().pk).update(period="")
        of_all, of_role = sorted(headlines(admin_user))
        assert of_all.startswith("1 ")
        assert of_role.startswith(f"{count} ")
        assert "“Sales manager”" in of_role
        assert "“Sales manager”" not in of_all

    def test_link_lists_exactly_the_undated_figures(self, admin_client, admin_user, figure):
        for_all = Figure.objects.filter(role=None).first()
        Figure.objects.filter(pk__in=[figure.pk, for_all.pk]).update(period="")
        urls = [entry.links[0].url for entry in attention(admin_user)]
        listed = [list(admin_client.get(url).context["cl"].result_list) for url in urls]
        assert listed == [[for_all], [figure]] or listed == [[figure], [for_all]]

    def test_undated_article_needs_no_attention(self, admin_user):
        assert Figure.objects.published().undated().filter(source__kind="article").exists()
        assert headlines(admin_user) == []

    def test_stale_figures_are_counted_and_listed(self, admin_client, admin_user, figure):
        limit = timedelta(days=figure.source.stale_after_days)
        figure.checked_on = timezone.localdate() - limit
        figure.save()
        assert headlines(admin_user) == []
        figure.checked_on -= timedelta(days=1)
        figure.save()
        (entry,) = attention(admin_user)
        assert entry.what == "1 published figure is due for a check."
        listed = admin_client.get(entry.links[0].url).context["cl"].result_list
        assert list(listed) == [figure]

    def test_password_file_is_reported_until_it_is_deleted(self, admin_user, data_dir):
        (data_dir / PASSWORD_FILE).write_text("secret")
        (entry,) = attention(admin_user)
        assert PASSWORD_FILE in entry.why
        (data_dir / PASSWORD_FILE).unlink()
        assert headlines(admin_user) == []


class TestBackgroundWork:
    def test_missing_worker_is_reported(self, admin_user, at_work):
        TaskWorker.objects.update(seen_at=timezone.now() - timedelta(hours=1))
        (entry,) = attention(admin_user)
        assert entry.what == "No background work is done."

    def test_failed_tasks_are_counted_and_listed(self, admin_client, admin_user):
        for task in (give_up, give_up, add):
            task.enqueue(*((1, 2) if task is add else ()))
        run_tasks()
        (entry,) = attention(admin_user)
        assert entry.what == "2 background tasks failed."
        listed = admin_client.get(entry.links[0].url).context["cl"].result_list
        assert {row.status for row in listed} == {"FAILED"}
        assert len(listed) == 2

    def test_refused_address_is_left_to_those_who_typed_it(self, admin_user):
        give_up.enqueue()
        run_tasks()
        DBTaskResult.objects.update(exception_class_path="quiz.web.mail.AddressRefused")
        assert attention(admin_user) == []


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
    def test_user_sees_only_what_they_can_fix(self, data_dir, right, entries):
        everything_together(data_dir)
        assert len(headlines(user_who_may(right))) == entries

    def test_missing_mail_server_is_reported_until_it_is_set_up(self, admin_user, settings):
        settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
        (entry,) = attention(admin_user)
        assert "EMAIL_URL" in entry.why
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        assert attention(admin_user) == []

    def test_password_file_is_reported_to_superusers_only(self, data_dir, admin_user):
        (data_dir / PASSWORD_FILE).touch()
        rights = Permission.objects.values_list("codename", flat=True)
        assert (len(headlines(admin_user)), headlines(user_who_may(*rights))) == (1, [])

    def test_glance_lists_only_what_the_user_may_view(self, client):
        glance = dashboard_of(client, user_who_may("view_role")).context["glance"]
        assert [link.url for link in glance] == ["/admin/roles/role/"]

    def test_user_without_permissions_sees_an_empty_dashboard(self, client):
        context = dashboard_of(client, user_who_may()).context
        assert (context["entries"], context["glance"]) == ([], [])


class TestDashboard:
    def test_dashboard_says_that_nothing_needs_attention(self, client, admin_user):
        response = dashboard_of(client, admin_user)
        assert response.context["entries"] == []
        assert '<section class="attention"' in response.content.decode()

    def test_glance_counts_versions_roles_and_figures(self, client, admin_user):
        add_draft()
        html = dashboard_of(client, admin_user).content.decode()
        for words in (
            "Version 1, “As shipped”, live since ",
            ">1 draft<",
            ">4 jobs<",
            ">226 published figures<",
            ">36 undated figures<",
        ):
            assert words in html

    @pytest.mark.slow
    def test_every_link_of_the_dashboard_works(self, admin_client, admin_user, data_dir):
        everything_together(data_dir)
        context = admin_client.get("/admin/").context
        links = [link for entry in context["entries"] for link in entry.links]
        links += context["glance"]
        assert len(links) > 10
        for link in links:
            assert admin_client.get(link.url).status_code == 200, link

    def test_dashboard_is_on_the_first_page_only(self, admin_client):
        html = admin_client.get("/admin/quiz/").content.decode()
        assert '<section class="attention"' not in html

    def test_hostile_titles_are_escaped(self, client, admin_user):
        add_draft("<script>alert(1)</script>")
        Role.objects.create(slug="new", title_en="<script>alert(2)</script>")
        assert "<script>alert" not in dashboard_of(client, admin_user).content.decode()

    def test_dashboard_works_without_content(self, client, admin_user):
        QuestionnaireVersion.objects.published().update(status="retired")
        Figure.objects.all().delete()
        Role.objects.all().delete()
        assert dashboard_of(client, admin_user).context["entries"] != []

    def test_number_of_queries_does_not_grow_with_content(
        self, admin_client, data_dir, django_assert_num_queries
    ):
        add_draft()
        with django_assert_num_queries(QUERIES):
            admin_client.get("/admin/")
        everything_together(data_dir)
        with django_assert_num_queries(QUERIES):
            admin_client.get("/admin/")
