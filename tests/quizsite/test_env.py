import stat
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from quizsite.env import (
    base_address,
    contact,
    hosts_of_this_machine,
    listening_on,
    long_token,
    redis_cache,
    secret_made_once,
    whole_number,
    write_private,
)


def mode_of(path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secret_is_created_once_and_only_its_owner_can_read_it(tmp_path):
    path = tmp_path / "new folder" / "secret.txt"
    secret = secret_made_once(path)
    assert len(secret) >= 50
    assert mode_of(path) == 0o600
    assert secret_made_once(path) == secret


def test_two_folders_have_different_secrets(tmp_path):
    assert secret_made_once(tmp_path / "a") != secret_made_once(tmp_path / "b")


def test_existing_file_is_kept(tmp_path):
    path = tmp_path / "kept.txt"
    assert write_private(path, "first")
    assert not write_private(path, "second")
    assert path.read_text() == "first"
    assert [each.name for each in tmp_path.iterdir()] == ["kept.txt"]


def test_threads_that_start_together_agree_on_one_secret(tmp_path):
    path, secrets = tmp_path / "secret.txt", []
    threads = [
        threading.Thread(target=lambda: secrets.append(secret_made_once(path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(secrets) == 8
    assert len(set(secrets)) == 1


@pytest.mark.parametrize(
    ("host", "first"),
    [
        ("", "127.0.0.1"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "127.0.0.1"),
        ("::1", "[::1]"),
        ("[::1]", "[::1]"),
        ("0:0:0:0:0:0:0:1", "[::1]"),
        ("::ffff:127.0.0.1", "127.0.0.1"),
        ("127.9.9.9", "127.9.9.9"),
        # No one can open these, or other machines reach them by a name.
        ("0.0.0.0", "127.0.0.1"),
        ("::", "127.0.0.1"),
        ("192.0.2.1", "127.0.0.1"),
        ("quiz.example", "127.0.0.1"),
    ],
)
def test_links_of_this_machine_use_its_loopback_address(host, first):
    hosts = hosts_of_this_machine(host)
    assert hosts[0] == first
    assert {"127.0.0.1", "localhost", "[::1]"} <= set(hosts)
    assert len(set(hosts)) == len(hosts)
    assert base_address("", hosts, 8000, True) == f"http://{first}:8000"


class TestBaseAddress:
    @pytest.mark.parametrize(
        ("given", "hosts", "is_plain", "expected"),
        [
            ("https://quiz.example", [], False, "https://quiz.example"),
            ("https://quiz.example/", ["a.example"], False, "https://quiz.example"),
            ("http://127.0.0.1:9000", [], True, "http://127.0.0.1:9000"),
            ("", ["quiz.example", "b.example"], False, "https://quiz.example"),
            ("", [".quiz.example"], False, "https://quiz.example"),
            ("", ["*"], False, "https://localhost"),
            ("", ["127.0.0.1"], True, "http://127.0.0.1:8000"),
        ],
    )
    def test_address_is_as_given_or_built_from_the_first_real_host(
        self, given, hosts, is_plain, expected
    ):
        assert base_address(given, hosts, 8000, is_plain) == expected

    @pytest.mark.parametrize(
        "given", ["quiz.example", "ftp://quiz.example", "https://", "https://a.example/quiz", "//a"]
    )
    def test_invalid_site_address_is_refused(self, given):
        with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
            base_address(given, [], 8000, False)


class TestWholeNumber:
    @pytest.mark.parametrize(
        ("given", "read"), [(None, 30), ("", 30), (" ", 30), ("1", 1), (" 99 ", 99), ("007", 7)]
    )
    def test_number_within_bounds_or_the_default_is_read(self, monkeypatch, given, read):
        if given is not None:
            monkeypatch.setenv("DAYS", given)
        assert whole_number("DAYS", default=30, least=1, most=99) == read

    @pytest.mark.parametrize(
        "given",
        ["0", "-1", "100", "9999999", "9" * 5000, "1.5", "1e1", "3_0", "３０", "30d", "inf", "+3"],
    )
    def test_anything_else_is_refused_with_name_value_and_bounds(self, monkeypatch, given):
        monkeypatch.setenv("DAYS", given)
        with pytest.raises(ImproperlyConfigured) as caught:
            whole_number("DAYS", default=30, least=1, most=99)
        assert str(caught.value).startswith(f"DAYS is '{given[:30]}")
        assert str(caught.value).endswith("; it must be a whole number from 1 to 99.")
        assert len(str(caught.value)) < 120


class TestContact:
    @pytest.mark.parametrize(
        "link", ["https://talk.example/book?a=1", "mailto:talk@quiz.example", "tel:+1-555-0100", ""]
    )
    def test_name_hours_and_link_are_kept(self, link):
        assert contact(" Career Center ", "9 to 5", link) == ("Career Center", "9 to 5", link)

    def test_nothing_set_means_no_contact(self):
        assert contact("", " ", "") is None

    @pytest.mark.parametrize(("hours", "link"), [("9 to 5", ""), ("", "tel:+15550100")])
    def test_hours_or_link_without_a_name_stop_the_start(self, hours, link):
        with pytest.raises(ImproperlyConfigured, match="TALK_TO_NAME"):
            contact("", hours, link)

    @pytest.mark.parametrize(
        "link", ["talk.example", "javascript:alert(1)", "https://", "tel:", "ftp://a", "tel:1 2"]
    )
    def test_link_that_no_browser_opens_stops_the_start(self, link):
        with pytest.raises(ImproperlyConfigured, match="TALK_TO_LINK"):
            contact("Career Center", "", link)


class TestRedis:
    GIVEN = {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://a"}

    def test_address_is_kept_and_the_backend_is_ours(self):
        assert redis_cache(self.GIVEN) == {
            "BACKEND": "quizsite.caches.redis.RedisCache",
            "LOCATION": "redis://a",
        }

    def test_missing_client_says_how_to_install_it(self, monkeypatch):
        monkeypatch.setattr("quizsite.env.find_spec", lambda name: None)
        with pytest.raises(ImproperlyConfigured, match="pip install 'redis"):
            redis_cache(self.GIVEN)


class TestTokens:
    def test_token_is_kept_and_none_is_empty(self):
        assert long_token("METRICS_TOKEN", "0123456789abcdef") == "0123456789abcdef"
        assert long_token("METRICS_TOKEN", "") == ""

    @pytest.mark.parametrize("given", ["0123456789abcde", "with a space in it", "é" * 20])
    def test_token_that_is_short_or_cannot_be_sent_stops_the_start(self, given):
        with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN needs at least 16"):
            long_token("METRICS_TOKEN", given)


def test_host_of_metrics_is_an_address_or_stops_the_start():
    assert listening_on("METRICS_HOST", "localhost") == "127.0.0.1"
    assert listening_on("METRICS_HOST", "[::1]") == "::1"
    with pytest.raises(ImproperlyConfigured, match="METRICS_HOST must be an IP address"):
        listening_on("METRICS_HOST", "quiz.example")
