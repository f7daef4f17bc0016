"""The environment of a served demo has nothing of the real site's."""

import os

import pytest

from quizsite import demo_site
from quizsite.environment import env_file
from quizsite.environment.variables import VARIABLES, read


@pytest.fixture
def real_site(monkeypatch, tmp_path):
    """The environment, and the `.env` file, of someone who has a real site."""
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("EMAIL_URL=smtp://mail.example.org:25\nTALK_TO_NAME=Kim\n")
    os.environ |= {
        "XDG_DATA_HOME": str(tmp_path / "home"),
        "DATA_DIR": str(tmp_path / "real"),
        "DATABASE_URL": "postgres://quiz@127.0.0.1/quiz",
        "HOST": "192.0.2.1",
        "SECRET_KEY": "k" * 50,
        "PORT": "8100",
    }
    env_file.forget()
    yield tmp_path
    env_file.forget()


def test_data_are_in_a_folder_of_their_own(real_site):
    demo_site.use()
    own = real_site / "home" / "career-quiz-demo"
    assert read("DATA_DIR") == own
    assert read("DATABASE_URL")["NAME"] == f"{own}/quiz.sqlite3"
    assert not (real_site / "real").exists()


def test_demo_listens_on_this_machine_without_tls(real_site):
    demo_site.use()
    assert (read("HOST"), read("PLAIN_HTTP"), read("DEMO")) == ("127.0.0.1", True, True)


def test_port_may_be_chosen(real_site):
    demo_site.use()
    assert read("PORT") == 8100


def test_every_other_setting_has_its_default(real_site):
    demo_site.use()
    set_here = {name for name in VARIABLES if env_file.given(name)}
    assert set_here - demo_site.KEPT == {
        "DATA_DIR",
        "DEMO",
        "ENV_FILE",
        "IDLE_MINUTES",
        "PLAIN_HTTP",
    }


def test_folder_that_systemd_gives_a_real_site_is_not_the_demo_s(real_site, monkeypatch):
    os.environ["STATE_DIRECTORY"] = "/var/lib/career-quiz"
    assert demo_site.folder() == real_site / "home" / "career-quiz-demo"
