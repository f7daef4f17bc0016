"""E-mails in files: only those about a person are deleted."""

from contextlib import nullcontext

import pytest
from django.core.mail import send_mail

from quiz.web.mail import NotSent, delete_written, send_text


@pytest.fixture
def folder(settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    return tmp_path


def send(to: str, text: str = "Hello") -> None:
    send_mail("An e-mail", text, "quiz@site.example", [to])


def written(folder) -> str:
    return "".join(path.read_text() for path in folder.glob("*.log"))


def join_files(folder):
    """Put all e-mails into one file, as the backend does within a second."""
    paths = sorted(folder.glob("*.log"))
    text = b"".join(path.read_bytes() for path in paths)
    for path in paths:
        path.unlink()
    (folder / "20261130-120000-123456.log").write_bytes(text)


def nothing(_text: str) -> bool:
    return False


def test_mails_to_an_address_are_deleted_without_regard_to_capitals(folder):
    send("Kim@Example.org")
    send("Kim Doe <kim@example.org>")
    send("kim@example.org.test")
    delete_written({"KIM@example.org"}, nothing)
    assert "To: kim@example.org.test" in written(folder)
    assert len(list(folder.glob("*.log"))) == 1


def test_mails_about_something_are_deleted_also_when_they_are_encoded(folder):
    send("a@example.org", "Ihr Code, groß und schön: " + "x" * 1200 + " ABCD-EFGH")
    send("b@example.org", "Your code: JKMN-PQRS")
    delete_written([], lambda text: "ABCD-EFGH" in text)
    assert "To: a@example.org" not in written(folder)
    assert "To: b@example.org" in written(folder)


def test_other_mails_in_the_same_file_stay(folder):
    for number in range(3):
        send(f"{number}@example.org")
    join_files(folder)
    delete_written({"1@example.org"}, nothing)
    assert [f"To: {number}@" in written(folder) for number in range(3)] == [True, False, True]
    assert written(folder).count("-" * 79) == 2
    delete_written({"0@example.org", "2@example.org"}, nothing)
    assert list(folder.iterdir()) == []


def test_files_of_other_programs_and_missing_addresses_are_left_alone(folder):
    (folder / "proxy.log").write_text("To: kim@example.org")
    send("sam@example.org")
    delete_written({"", "kim@example.org"}, nothing)
    assert len(list(folder.iterdir())) == 2


def test_site_with_a_mail_server_has_no_files(settings):
    settings.EMAIL_FILE_PATH = None
    delete_written({"kim@example.org"}, nothing)


@pytest.mark.parametrize(
    ("backend", "outcome"), [("locmem", "sent"), ("dummy", "kept"), ("smtp", "failed")]
)
def test_email_is_counted_by_its_outcome(settings, counts, monkeypatch, backend, outcome):
    settings.EMAIL_BACKEND = f"django.core.mail.backends.{backend}.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    monkeypatch.setattr("quiz.web.mail.render_to_string", lambda template, values: "Hello")
    with nullcontext() if outcome == "sent" else pytest.raises(NotSent):
        send_text("Hello", "some.txt", {}, "kim@example.org")
    assert counts("emails_total", outcome=outcome) == counts("emails_total") == 1
