import stat

import pytest
from django.contrib.auth import get_user_model

from quizsite.first_admin import PASSWORD_LENGTH, USERNAME, create_first_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def password_file(tmp_path):
    return tmp_path / "password.txt"


def test_the_password_stands_in_its_file_only_and_signs_in(password_file, client, capsys):
    assert create_first_admin(password_file)
    password = password_file.read_text().strip()
    assert len(password) == PASSWORD_LENGTH == 20
    assert stat.S_IMODE(password_file.stat().st_mode) == 0o600
    assert client.login(username=USERNAME, password=password)
    assert password not in str(get_user_model().objects.values().get())
    assert password not in capsys.readouterr().out


def test_it_is_made_once(password_file):
    create_first_admin(password_file)
    password = password_file.read_text()
    assert not create_first_admin(password_file)
    assert password_file.read_text() == password
    assert get_user_model().objects.count() == 1


def test_an_administrator_who_is_there_is_enough(password_file):
    get_user_model().objects.create_superuser("somebody", password="a long enough one")
    assert not create_first_admin(password_file)
    assert not password_file.exists()


def test_a_new_database_in_an_old_folder_keeps_the_noted_password(password_file, client):
    password_file.write_text("NotedDownLongBefore2\n")
    assert create_first_admin(password_file)
    assert client.login(username=USERNAME, password="NotedDownLongBefore2")
