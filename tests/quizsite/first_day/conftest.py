import pytest

SMTP = "django.core.mail.backends.smtp.EmailBackend"
IN_FILES = "django.core.mail.backends.filebased.EmailBackend"


@pytest.fixture
def new_site(settings, tmp_path, content):
    """A site that was just started: nothing is set, and no one has done anything."""
    from django.utils import timezone

    from quiz.web.models import TaskWorker

    TaskWorker.objects.create(pk="a worker", seen_at=timezone.now())
    settings.DATA_DIR = tmp_path
    settings.SITE_URL, settings.CONTACT_EMAIL, settings.TALK_TO = "http://127.0.0.1:8000", "", None
    settings.EMAIL_BACKEND = IN_FILES
    (tmp_path / "first-admin-password.txt").write_text("secret")
    return tmp_path


@pytest.fixture
def ready_site(new_site, settings, admin_user):
    """A site on which every step is done."""
    from datetime import timedelta

    from django.utils import timezone

    from organization.models import Organization
    from quiz.counseling.models import CounselorInvitation
    from quiz.web.first_day import FirstDayMark, What
    from quizsite.backups.writing import note_backup

    Organization.objects.create(name="Northside Careers")
    settings.SITE_URL = "https://quiz.example.org"
    settings.CONTACT_EMAIL = "help@example.org"
    settings.EMAIL_BACKEND = SMTP
    FirstDayMark.objects.set_by(What.USE, admin_user, "Dana Reyes")
    FirstDayMark.objects.set_by(What.MAIL, admin_user)
    FirstDayMark.objects.set_by(What.DATA, admin_user)
    (new_site / "first-admin-password.txt").unlink()
    note_backup()
    CounselorInvitation.objects.make(
        email="dana@counselors.example", expires_at=timezone.now() + timedelta(days=14)
    )
    return new_site
