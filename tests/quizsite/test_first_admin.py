import stat

import pytest
from django.contrib.auth import get_user_model

from quizsite.first_admin import PASSWORD_LENGTH, USERNAME, create_first_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def password_file(tmp_path):
    return tmp_path / "password.txt"


def test_password_works_and_is_only_in_its_file(password_file, client, capsys):
    assert create_first_admin(password_file)
    password = password_file.read_text().strip()
    assert len(password) == PASSWORD_LENGTH == 20
    assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
    assert client.login(username=USERNAME, password=password)
    assert password not in str(get_user_model().objects.values().get())
    assert password not in capsys.readouterr().out


def test_second_call_creates_no_administrator(password_file):
    create_first_admin(password_file)
    password = password_file.read_text()
    assert not create_first_admin(password_file)
    assert password_file.read_text() == password
    assert get_user_model().objects.count() == 1


def test_existing_administrator_prevents_another(password_file):
    get_user_model().objects.create_superuser("someone", password="a long enough one")
    assert not create_first_admin(password_file)
    assert not password_file.exists()


def test_new_database_reuses_the_password_file(password_file, client):
    password_file.write_text("NotedDownLongBefore2\n")
    assert create_first_admin(password_file)
    assert client.login(username=USERNAME, password="NotedDownLongBefore2")
