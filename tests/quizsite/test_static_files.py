"""Packing static files: at the first start, and when one of them has changed."""

import os
import time

import pytest

from quizsite import static_files
from quizsite.static_files import MARK, collect_static_files


@pytest.fixture
def source(settings, tmp_path):
    source, packed = tmp_path / "source", tmp_path / "packed"
    source.mkdir()
    packed.mkdir()
    (source / "site.css").write_text("a {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = packed
    return source


@pytest.fixture
def packed(source, settings):
    collect_static_files(settings.STATIC_ROOT)
    return settings.STATIC_ROOT


def test_the_first_start_packs_them(source, settings):
    assert collect_static_files(settings.STATIC_ROOT)
    assert (settings.STATIC_ROOT / "site.css").read_text() == "a {}"


def test_the_next_start_does_not(packed):
    (packed / "site.css").write_text("would be packed anew")
    assert not collect_static_files(packed)
    assert (packed / "site.css").read_text() == "would be packed anew"


@pytest.mark.parametrize("change", ["written anew", "added", "deleted"])
def test_a_file_that_changes_is_noticed(source, packed, change):
    if change == "written anew":
        (source / "site.css").write_text("b {}\n")
    elif change == "added":
        (source / "more.css").write_text("")
    else:
        (source / "site.css").unlink()
    assert collect_static_files(packed)
    assert not collect_static_files(packed)


def test_what_broke_off_is_begun_again(source, packed, monkeypatch):
    def break_off(*_args, **_options):
        raise OSError("The disk is full")

    (source / "site.css").write_text("b {}\n")
    later = time.time() + 10  # Django goes by the second
    os.utime(source / "site.css", (later, later))
    with monkeypatch.context() as patched:
        patched.setattr(static_files, "call_command", break_off)
        with pytest.raises(OSError, match="full"):
            collect_static_files(packed)
    assert not (packed / MARK).exists()
    assert collect_static_files(packed)
    assert (packed / "site.css").read_text() == "b {}\n"
