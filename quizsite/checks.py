"""System checks: what the settings mean for this site."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register

from quizsite import pooler


@register(deploy=True)
def where_tries_are_counted(**_options: Any) -> list[CheckMessage]:
    """Say what all workers share, so that no limit holds for one worker alone."""
    is_redis = settings.CACHES["limits"]["BACKEND"].endswith("RedisCache")
    where = "Redis (CACHE_URL)" if is_redis else "the database"
    words = f"Tries of codes and passwords are counted in {where}, which all workers share."
    return [checks.Info(words, id="quizsite.I001")]


@register()
def provider_of_logins(**_options: Any) -> list[CheckMessage]:
    """Say what is missing for the log-in through a provider."""
    if not settings.OIDC_URL:
        return []
    roles = (
        *(settings.OIDC_COUNSELORS, settings.OIDC_EDITORS, settings.OIDC_PUBLISHERS),
        settings.OIDC_HEADS,
    )
    missing = []
    if not settings.OIDC_CLIENT_ID:
        missing.append("OIDC_URL needs OIDC_CLIENT_ID, which the provider shows for this site.")
    if not any(roles):
        missing.append(
            "OIDC_URL needs one of OIDC_COUNSELORS, OIDC_EDITORS, OIDC_PUBLISHERS and OIDC_HEADS."
        )
    return [checks.Error(words, id="quizsite.E002") for words in missing]


@register(Tags.database)
def limits_behind_the_pooler(databases: Any = None, **_options: Any) -> list[CheckMessage]:
    if not (settings.PGBOUNCER and databases):
        return []
    missing = pooler.limits_not_in_force()
    if not missing:
        return []
    hint = "Run manage.py serve once, which stores them for the role, or restart the pooler."
    return [checks.Error(pooler.in_words(missing), hint=hint, id="quizsite.E001")]
