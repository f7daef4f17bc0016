"""Keep what a process has made of the shipped content between tests that can't have changed it.

Loading the questionnaire and drawing pages again for each test would take a quarter of their time.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.signals import setting_changed
from django.db import connection

from quiz.questionnaires.models.norms import frozen_norms
from quiz.questionnaires.models.version import frozen_questionnaire
from quiz.results import kept_pdfs
from quiz.web import rendering
from roles import page_cache

# A test with one of these may change more than rows of its own transaction.
FIXTURES_THAT_CHANGE_MORE = {"monkeypatch", "own_site", "transactional_db", "live_server"}
PARTS = "backgroundoption|backgroundquestion|item|scaleanswer|trait|wording"
CONTENT = re.compile(rf"\b(quiz_(historical)?({PARTS}|questionnaireversion)|quiz_normset|roles_)")


def clear() -> None:
    for clear_one in (
        frozen_questionnaire.cache_clear,
        frozen_norms.cache_clear,
        kept_pdfs.forget_all,
        rendering.clear,
        page_cache.clear,
    ):
        clear_one()


@contextmanager
def cleared_after_changes(fixtures: set[str]) -> Iterator[None]:
    """Clear all caches after the block if it wrote content or changed a setting."""
    changed = bool(fixtures & FIXTURES_THAT_CHANGE_MORE)

    def watch(execute: Callable[..., Any], sql: str, *arguments: Any) -> Any:
        nonlocal changed
        if not changed and not sql.startswith("SELECT") and CONTENT.search(sql):
            changed = True
        return execute(sql, *arguments)

    def notice(**_given: Any) -> None:
        nonlocal changed
        changed = True

    setting_changed.connect(notice)
    try:
        with connection.execute_wrapper(watch):
            yield
    finally:
        setting_changed.disconnect(notice)
        if changed:
            clear()
