"""System checks of our own."""

import pytest

from quizsite import checks


@pytest.mark.parametrize(
    ("backend", "where"), [("redis.RedisCache", "Redis"), ("database.DatabaseCache", "database")]
)
def test_check_says_where_tries_are_counted(settings, backend, where):
    settings.CACHES = {"limits": {"BACKEND": f"quizsite.caches.{backend}"}}
    (message,) = checks.where_tries_are_counted()
    assert where in message.msg
    assert not message.is_serious()


class TestBehindAPooler:
    @pytest.fixture(autouse=True)
    def _pooler(self, settings, monkeypatch):
        settings.PGBOUNCER = True
        self.missing = {"statement_timeout": "0"}
        monkeypatch.setattr("quizsite.pooler.limits_not_in_force", lambda: self.missing)

    def test_limits_that_are_not_in_force_are_an_error(self):
        (message,) = checks.limits_behind_the_pooler(databases=["default"])
        assert message.is_serious()
        assert "statement_timeout is 0" in message.msg

    def test_limits_in_force_are_none(self):
        self.missing = {}
        assert checks.limits_behind_the_pooler(databases=["default"]) == []

    def test_only_a_check_of_the_database_connects(self, settings):
        assert checks.limits_behind_the_pooler() == []
        settings.PGBOUNCER = False
        assert checks.limits_behind_the_pooler(databases=["default"]) == []


class TestProvider:
    @pytest.fixture(autouse=True)
    def _provider(self, settings):
        settings.OIDC_URL = "https://login.example"
        settings.OIDC_CLIENT_ID, settings.OIDC_EDITORS = "quiz", ["editors"]

    def test_complete_settings_are_fine(self):
        assert checks.provider_of_logins() == []

    @pytest.mark.parametrize("name", ["OIDC_CLIENT_ID", "OIDC_EDITORS"])
    def test_missing_setting_is_an_error_that_names_it(self, settings, name):
        setattr(settings, name, "")
        (message,) = checks.provider_of_logins()
        assert message.is_serious()
        assert name in message.msg

    def test_site_without_a_provider_needs_none_of_them(self, settings):
        settings.OIDC_URL = settings.OIDC_CLIENT_ID = ""
        assert checks.provider_of_logins() == []
