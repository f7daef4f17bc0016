"""Collecting static files at the first start and after a change."""

import os
import time

import pytest
from django.test import Client

from quizsite import static_files
from quizsite.static_files import MARK, collect_static_files


@pytest.fixture
def source(settings, tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.mkdir()
    target.mkdir()
    (source / "site.css").write_text("a {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = target
    return source


@pytest.fixture
def collected(source, settings):
    collect_static_files(settings.STATIC_ROOT)
    return settings.STATIC_ROOT


def test_first_start_collects_files(source, settings):
    assert collect_static_files(settings.STATIC_ROOT)
    assert (settings.STATIC_ROOT / "site.css").read_text() == "a {}"


def test_next_start_collects_nothing(collected):
    (collected / "site.css").write_text("would be overwritten")
    assert not collect_static_files(collected)
    assert (collected / "site.css").read_text() == "would be overwritten"


@pytest.mark.parametrize("change", ["rewritten", "added", "deleted"])
def test_changed_files_are_collected_again(source, collected, change):
    if change == "rewritten":
        (source / "site.css").write_text("b {}\n")
    elif change == "added":
        (source / "more.css").write_text("")
    else:
        (source / "site.css").unlink()
    assert collect_static_files(collected)
    assert not collect_static_files(collected)


def test_interrupted_collection_starts_again(source, collected, monkeypatch):
    def fail(*_args, **_options):
        raise OSError("The disk is full")

    (source / "site.css").write_text("b {}\n")
    later = time.time() + 10  # Django compares whole seconds
    os.utime(source / "site.css", (later, later))
    with monkeypatch.context() as patched:
        patched.setattr(static_files, "call_command", fail)
        with pytest.raises(OSError, match="full"):
            collect_static_files(collected)
    assert not (collected / MARK).exists()
    assert collect_static_files(collected)
    assert (collected / "site.css").read_text() == "b {}\n"


def test_what_the_site_keeps_among_static_files_is_not_served(source, collected):
    (collected / "staticfiles.json").write_text("{}")
    browser = Client()
    assert b"".join(browser.get("/static/site.css")) == b"a {}"
    assert browser.get("/static/staticfiles.json").status_code == 404
    assert browser.get(f"/static/{MARK}").status_code == 404
