import stat
import threading

import pytest
from django.core.exceptions import ImproperlyConfigured

from quizsite.environment.derived import (
    base_address,
    contact,
    hosts_of_this_machine,
    secret_made_once,
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
    assert base_address(hosts, 8000, True) == f"http://{first}:8000"


@pytest.mark.parametrize(
    ("hosts", "is_plain", "expected"),
    [
        (["quiz.example", "b.example"], False, "https://quiz.example"),
        ([".quiz.example"], False, "https://quiz.example"),
        (["*"], False, "https://localhost"),
        (["127.0.0.1"], True, "http://127.0.0.1:8000"),
    ],
)
def test_address_is_built_from_the_first_real_host(hosts, is_plain, expected):
    assert base_address(hosts, 8000, is_plain) == expected


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
