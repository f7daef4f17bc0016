"""One pass through a questionnaire: what is answered, what is missing, and the result.

Subclasses store it: an attempt is a database row, a rehearsal is part of an editor's session.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from quiz.core.precision import Norms
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import Result, score

LONGEST_PAGE_TIME = timedelta(minutes=30)


class Sitting:
    """Answers by item key, each {"value", "position", "ms"}, and the result when finished.

    An answer gets its "ms" when its page is saved; until then the clock is running.
    """

    # The code to resume with, known only during a request of its owner.
    code: str = ""
    # What the owner of a result wants to do next; empty without one.
    next_step: str = ""
    language: str
    shows_sales_first: bool
    answers: dict[str, dict[str, Any]]
    background: dict[str, str]
    result: Any
    allows_research: bool
    saved_at: datetime
    finished_at: datetime | None

    @property
    def mark(self) -> str:
        """A value that differs from other sittings in the same browser and gives no access."""
        raise NotImplementedError

    @property
    def questionnaire(self) -> Questionnaire:
        raise NotImplementedError

    @property
    def stored_result(self) -> Result:
        """The result of a finished sitting; TypeError if it isn't finished."""
        return Result.from_data(self.result)

    @property
    def norms(self) -> Norms | None:
        """The norms for scoring; None for the defaults."""
        return None

    def _write(self, **changes: Any) -> bool:
        """Store these attributes; if others were stored since, load those and return False."""
        raise NotImplementedError

    def page_url(self, page: int) -> str:
        raise NotImplementedError

    @property
    def start_url(self) -> str:
        raise NotImplementedError

    @property
    def result_url(self) -> str:
        raise NotImplementedError

    # ---------------------------------------------------------------- reading

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None

    @property
    def is_empty(self) -> bool:
        return not self.is_finished and not self.answers

    def values(self) -> dict[str, int]:
        return {key: answer["value"] for key, answer in self.answers.items()}

    def is_missing_answers(self, page: int) -> bool:
        """Background questions need no answer."""
        if page > len(self.questionnaire.item_pages):
            return False
        return bool(self.questionnaire.unanswered(self.answers, page))

    def first_open_page(self) -> int:
        """Return the first page with an unanswered item, or the last page."""
        missing = self.questionnaire.unanswered(self.answers)
        return (
            self.questionnaire.page_of(missing[0].key) if missing else self.questionnaire.last_page
        )

    @property
    def way_on_url(self) -> str:
        """Where to continue: the result, or the first page with an unanswered item."""
        return self.result_url if self.is_finished else self.page_url(self.first_open_page())

    # ---------------------------------------------------------------- writing

    def keep_answers(self, values: Mapping[str, int], *, page: int) -> bool:
        """Merge answers without stopping the clock; if finished, write nothing and return False."""
        while not self.is_finished:
            if self._write(answers=self.answers | self._answers_of_page(values, page)):
                return True
        return False

    def save_answers(self, values: Mapping[str, int], *, page: int, now: datetime) -> bool:
        """Merge the answers of a page; if finished, write nothing and return False."""
        while not self.is_finished:
            ms = self._ms_per_item(page, now)
            answers = self._answers_of_page(values, page)
            timed = {key: {**answer, "ms": ms} for key, answer in answers.items()}
            if self._write(answers=self.answers | timed, saved_at=now):
                return True
        return False

    def save_background(
        self, background: Mapping[str, str], *, now: datetime, research: bool | None = None
    ) -> bool:
        """Merge background answers; if finished, write nothing and return False.

        `research` says whether research may use the answers; None leaves that unchanged.
        """
        while not self.is_finished:
            if self._write(**self._last_page(background, research), saved_at=now):
                return True
        return False

    def finish(
        self, background: Mapping[str, str], *, now: datetime, research: bool | None = None
    ) -> bool:
        """Score and finish; if answers are missing or it is finished, return False."""
        while not self.is_finished and not self.questionnaire.unanswered(self.answers):
            changes = {
                **self._last_page(background, research),
                "result": self._score().to_data(),
            }
            if self._write(**changes, saved_at=now, finished_at=now):
                return True
        return False

    def _last_page(self, background: Mapping[str, str], research: bool | None) -> dict[str, Any]:
        consent = {} if research is None else {"allows_research": research}
        return {"background": self._background_with(background), **consent}

    def _background_with(self, answers: Mapping[str, str]) -> dict[str, str]:
        """Merge background answers; an empty one removes the answer before it."""
        return {key: value for key, value in {**self.background, **answers}.items() if value}

    def _score(self) -> Result:
        seconds = {
            key: None if (ms := answer.get("ms")) is None else ms / 1000
            for key, answer in self.answers.items()
        }
        return score(self.questionnaire, self.values(), seconds=seconds, norms=self.norms)

    def _answers_of_page(self, values: Mapping[str, int], page: int) -> dict[str, dict[str, Any]]:
        items = self.questionnaire.item_pages[page - 1]
        first_position = (page - 1) * self.questionnaire.items_per_page + 1
        return {
            item.key: {
                **self.answers.get(item.key, {}),
                "value": values[item.key],
                "position": position,
            }
            for position, item in enumerate(items, start=first_position)
            if item.key in values
        }

    def _ms_per_item(self, page: int, now: datetime) -> int | None:
        """Divide the time until the first save of a page among its items; None if unknown."""
        items = self.questionnaire.item_pages[page - 1]
        for item in items:
            if "ms" in self.answers.get(item.key, {}):
                ms: int | None = self.answers[item.key]["ms"]
                return ms
        taken = now - self.saved_at
        if not timedelta(0) <= taken <= LONGEST_PAGE_TIME:
            return None
        return round(taken / timedelta(milliseconds=1) / len(items))
