"""The list of the first day: what is done, what is left, and how to do it."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from quiz.counseling.models import CounselorInvitation
from quiz.web.first_day import FirstDayMark, What
from quiz.web.mail import sends_mail
from quizsite.backups.writing import LAST_BACKUP
from quizsite.environment.derived import Contact
from quizsite.first_day.steps import first_day
from tests.factories import make_counselor
from tests.quizsite.first_day.conftest import IN_FILES

pytestmark = [pytest.mark.django_db, pytest.mark.both_databases]

USE, NAME, ADDRESS, MAIL, LOG_IN, DATA, BACKUP, COUNSELOR = STEPS = (
    "Accept what this is for",
    "Put your name on it",
    "Set address and contact",
    "Set up e-mail",
    "Secure your own login",
    "Read what visitors are told",
    "Make a backup",
    "Invite the first counselor",
)


@pytest.fixture
def step(admin_user):
    """Find a step by its name."""

    def step(name):
        (found,) = [each for each in first_day(admin_user).steps if each.name == name]
        return found

    return step


@pytest.fixture
def left(admin_user):
    """Name the steps that are left."""
    return lambda: [each.name for each in first_day(admin_user).steps if not each.is_done]


@pytest.mark.usefixtures("new_site")
class TestANewSite:
    def test_every_step_is_left(self, left):
        assert left() == list(STEPS)

    def test_every_step_says_why_and_how(self, admin_user):
        for each in first_day(admin_user).steps:
            assert each.why.endswith(".")
            assert each.settings or each.command or each.links or each.button, each.name

    def test_settings_are_shown_as_lines_of_an_env_file(self, step):
        assert step(ADDRESS).examples == [
            "ALLOWED_HOSTS=quiz.example.org,www.quiz.example.org",
            "SITE_URL=https://quiz.example.org",
            "CONTACT_EMAIL=help@example.org",
            "TALK_TO_NAME=Career Center",
        ]
        assert step(MAIL).settings == ("EMAIL_URL",)

    def test_file_of_the_first_password_comes_with_the_command_that_deletes_it(
        self, step, new_site
    ):
        assert step(LOG_IN).command == f"rm {new_site}/first-admin-password.txt"

    def test_reading_links_to_the_page_and_says_how_long_data_is_kept(self, step):
        assert reverse("quiz:own_data") in [link.url for link in step(DATA).links]
        assert "after 30 days and results after 365" in step(DATA).now


class TestASiteThatIsReady:
    def test_nothing_is_left_and_the_list_is_gone(self, ready_site, left, admin_user):
        assert left() == []
        assert not first_day(admin_user).is_shown

    @pytest.mark.parametrize("address", ["https://localhost", "https://127.0.0.1", "http://[::1]"])
    def test_address_of_this_machine_is_none(self, ready_site, settings, left, step, address):
        settings.SITE_URL = address
        assert left() == [ADDRESS]
        assert step(ADDRESS).settings == ("ALLOWED_HOSTS", "SITE_URL")

    def test_either_contact_is_enough(self, ready_site, settings, left):
        settings.CONTACT_EMAIL = ""
        assert left() == [ADDRESS]
        settings.TALK_TO = Contact("Career Center", "", "")
        assert left() == []

    def test_site_that_writes_e_mails_to_files_has_no_mail_server(self, ready_site, settings, left):
        settings.EMAIL_BACKEND = IN_FILES
        assert not sends_mail()
        assert left() == [MAIL]

    def test_mail_server_counts_once_it_took_a_test(self, ready_site, left, step):
        FirstDayMark.objects.filter(what=What.MAIL).delete()
        assert left() == [MAIL]
        assert step(MAIL).button.url == "/admin/first-day/mail/"
        assert "admin@example.com" in step(MAIL).now

    def test_administrator_without_an_address_gets_a_link_instead_of_the_button(
        self, ready_site, admin_user, step
    ):
        FirstDayMark.objects.filter(what=What.MAIL).delete()
        User.objects.update(email="")
        admin_user.refresh_from_db()
        assert step(MAIL).button is None
        assert step(MAIL).links[0].url == f"/admin/auth/user/{admin_user.pk}/change/"

    def test_backup_is_asked_for_until_there_is_one(self, ready_site, left, step):
        (ready_site / LAST_BACKUP).unlink()
        assert left() == [BACKUP]
        assert " backup quiz-20" in step(BACKUP).command

    def test_counselor_counts_without_an_invitation(self, ready_site, left):
        CounselorInvitation.objects.all().delete()
        assert left() == [COUNSELOR]
        make_counselor()
        assert left() == []

    def test_confirmation_is_asked_for_until_someone_gave_it(self, ready_site, left):
        FirstDayMark.objects.filter(what=What.DATA).delete()
        assert left() == [DATA]

    def test_confirmation_says_who_and_when_also_to_others(self, ready_site, step):
        assert " by admin." in step(DATA).now
        assert step(DATA).button is None

    def test_confirmation_outlives_the_account(self, ready_site, left):
        other = User.objects.create_superuser("other")
        FirstDayMark.objects.update(by=other)
        other.delete()
        assert left() == []


def test_first_mark_stays_when_a_second_administrator_sends_it(admin_user):
    FirstDayMark.objects.set_by(What.DATA, admin_user)
    FirstDayMark.objects.set_by(What.DATA, User.objects.create_superuser("other"))
    assert FirstDayMark.objects.get().by == admin_user


@pytest.mark.usefixtures("new_site")
def test_list_takes_three_queries(admin_user, django_assert_num_queries):
    with django_assert_num_queries(3):
        first_day(admin_user)
