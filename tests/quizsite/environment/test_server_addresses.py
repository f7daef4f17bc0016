"""Addresses of servers: what is read, what is refused, and that passwords stay hidden."""

import pytest

from quizsite.environment.kinds import Wrong
from quizsite.environment.server_addresses import CACHE, DATABASE, MAIL, without_password


class TestDatabase:
    @pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
    def test_postgresql_is_read(self, scheme):
        read = DATABASE.parse(f"{scheme}://quiz:p%40ss@db.example:5433/site")
        assert read["ENGINE"] == "django.db.backends.postgresql"
        assert (read["HOST"], read["PORT"], read["NAME"]) == ("db.example", 5433, "site")
        assert read["PASSWORD"] == "p@ss"

    def test_several_servers_and_a_socket_are_read(self):
        assert DATABASE.parse("postgres://quiz@a:1,b:2/site")["PORT"] == "1,2"
        assert DATABASE.parse("postgres:////run/postgresql/site")["HOST"] == "/run/postgresql"

    def test_file_that_does_not_exist_yet_is_right(self, tmp_path):
        path = tmp_path / "new folder" / "quiz.sqlite3"
        assert DATABASE.parse(f"sqlite:///{path}")["NAME"] == str(path)

    def test_file_in_a_folder_that_cannot_be_created_is_refused(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(Wrong, match="folder that can be written"):
            DATABASE.parse(f"sqlite:///{tmp_path}/file/quiz.sqlite3")


class TestMail:
    def test_server_is_read(self):
        read = MAIL.parse("smtp+tls://user%40a:p%23@mail.example:587")
        assert (read["EMAIL_HOST"], read["EMAIL_PORT"]) == ("mail.example", 587)
        assert (read["EMAIL_HOST_USER"], read["EMAIL_HOST_PASSWORD"]) == ("user@a", "p#")
        assert read["EMAIL_USE_TLS"] is True

    def test_folder_is_read_whole(self, tmp_path):
        assert MAIL.parse(f"filemail:///{tmp_path}")["EMAIL_FILE_PATH"] == str(tmp_path)

    def test_folder_below_a_file_is_refused(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(Wrong, match="folder that can be written"):
            MAIL.parse(f"filemail:///{tmp_path}/file")


class TestCache:
    def test_address_is_kept_and_the_backend_is_ours(self):
        assert CACHE.parse("rediscache://127.0.0.1:6380/1") == {
            "BACKEND": "quizsite.caches.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:6380/1",
        }

    def test_several_servers_are_read(self):
        read = CACHE.parse("rediscache://a:1,b:2/0")
        assert read["LOCATION"] == ["redis://a:1/0", "redis://b:2/0"]


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("postgres://quiz@host/name", "postgres://quiz@host/name"),
        ("postgres://quiz:pw@host:x/name", "postgres://quiz:[hidden]@host:x/name"),
        ("mysql://quiz:p@w/#?@host/name", "mysql://quiz:[hidden]@host/name"),
        ("postgres:/quiz:pw@host/name", "postgres:[hidden]@host/name"),
        ("quiz:pw@host", "quiz:[hidden]@host"),
        ("a/b:pw@host", "[hidden]@host"),
        ("smtp://user:pw", "smtp://[hidden]"),
        ("redis://:pw@host", "redis://:[hidden]@host"),
        ("smtp://[::1]:99999", "smtp://[::1]:99999"),
        (
            "postgres://host/name?user=a&password=pw",
            "postgres://host/name?user=a&password=[hidden]",
        ),
        ("postgres://a:pw@b/c?sslkey=pw", "postgres://a:[hidden]@b/c?sslkey=[hidden]"),
        ("sqlite:////srv/quiz.sqlite3", "sqlite:////srv/quiz.sqlite3"),
    ],
)
def test_password_in_an_address_is_hidden_also_if_it_cannot_be_read(address, shown):
    assert without_password(address) == shown
