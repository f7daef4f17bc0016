"""People who take the quiz on earlier days, and visitors who share their results."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random
from unittest.mock import patch

from django.conf import settings
from django.contrib.auth.hashers import make_password

from organization.current import current_organization
from quiz.attempts.models import Attempt, ShareLink
from quiz.core.questionnaire import Questionnaire
from quiz.counseling.models import Client
from quiz.management.demo.answers import careless_answers, likely_answers
from quiz.questionnaires.models import QuestionnaireVersion

DAYS = 120
ATTEMPTS = 60
# Among the attempts of people without a counselor.
LEFT, CARELESS, RETAKEN = 5, 2, 2
SEED = 20_260_401
PASSPHRASE = "blue kettle"  # noqa: S105 (printed for anyone who tries the demo)


@contextmanager
def clock_at(moment: datetime) -> Iterator[None]:
    """Let columns that fill themselves (auto_now_add) take this moment instead of the present."""
    with patch("django.utils.timezone.now", return_value=moment):
        yield


class Taking:
    """Everyone who takes the quiz, on days counted back from `now`."""

    def __init__(self, live: QuestionnaireVersion, now: datetime) -> None:
        self.now = now
        self.version_id = live.pk
        self.questionnaire: Questionnaire = live.questionnaire()
        self.random = Random(SEED)  # noqa: S311 (the same people every time)
        self.attempts = 0

    def day(self, days_ago: int, hour: int | None = None) -> datetime:
        """Return a moment on an earlier day; without an hour, one between 8:00 and 20:59."""
        minute = self.random.randrange(60)
        hour = self.random.randrange(8, 21) if hour is None else hour
        day = self.now - timedelta(days=days_ago)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def take_quiz(
        self,
        started_at: datetime,
        *,
        leaning: float = 0,
        pages: int | None = None,
        is_careless: bool = False,
        client: Client | None = None,
        after: Attempt | None = None,
    ) -> Attempt:
        """Take the quiz at a reader's pace; finish it unless only some `pages` are saved."""
        self.attempts += 1
        attempt, _code = Attempt.objects.start(
            self.version_id,
            language=settings.LANGUAGE_CODE,
            is_first=after is None,
            now=started_at,
            after=after,
            client_id=client.pk if client else None,
        )
        if is_careless:
            answers = careless_answers(self.questionnaire)
        else:
            answers = likely_answers(self.random, self.questionnaire, leaning)
        moment = started_at
        for page, items in enumerate(self.questionnaire.item_pages[:pages], start=1):
            moment += len(items) * timedelta(seconds=self.random.uniform(5, 12))
            values = {item.key: answers[item.key] for item in items}
            attempt.save_answers(values, page=page, now=moment)
        if pages is None:
            moment += timedelta(seconds=self.random.randrange(10, 40))
            attempt.finish(
                self.background(), now=moment, research=not client and self.random.random() < 0.4
            )
        return attempt

    def background(self) -> dict[str, str]:
        """Answer most of the background questions."""
        return {
            question.key: self.random.choice(question.options).value
            for question in self.questionnaire.background
            if question.options and self.random.random() < 0.8
        }

    # ---------------------------------------------------------------- visitors

    def add_visitors(self) -> list[Attempt]:
        """Add people who came on their own until there are ATTEMPTS; return who just finished."""
        # Older ones that were left are deleted by then.
        for _ in range(LEFT):
            days_ago = self.random.randrange(2, max(3, current_organization().keep_unfinished.days))
            self.take_quiz(self.day(days_ago), pages=self.random.randrange(4))
        for _ in range(CARELESS):
            self.take_quiz(self.day(self.random.randrange(2, DAYS)), is_careless=True)
        visitors = []
        count = ATTEMPTS - self.attempts - RETAKEN
        for place in range(count):
            # From the first day to last week, a few days apart.
            days_ago = DAYS - place * (DAYS - 7) // count
            leaning = self.random.uniform(-0.8, 0.8)
            visitors.append(self.take_quiz(self.day(days_ago), leaning=leaning))
        for visitor in visitors[:RETAKEN]:
            self.take_quiz(self.day(5), leaning=self.random.uniform(-0.5, 0.5), after=visitor)
        return visitors

    def share(self, visitors: list[Attempt]) -> dict[str, str]:
        """Let three visitors share their results by link; return the links."""
        preferences, verdict, answers = visitors[-3:]
        return {
            "a shared result": self.share_one(preferences, "traits", shown_name="Kim", openings=4),
            f"a shared suggestion; the passphrase is “{PASSPHRASE}”": self.share_one(
                verdict, "verdict", passphrase_hash=make_password(PASSPHRASE), openings=1
            ),
            "a shared result with all answers": self.share_one(answers, "answers"),
        }

    def share_one(
        self,
        attempt: Attempt,
        scope: str,
        *,
        shown_name: str = "",
        passphrase_hash: str = "",
        openings: int = 0,
    ) -> str:
        assert attempt.finished_at  # noqa: S101 (for types)
        at = attempt.finished_at + timedelta(minutes=5)
        with clock_at(at):
            link: ShareLink = ShareLink.objects.make(
                attempt=attempt,
                scope=scope,
                shown_name=shown_name,
                passphrase_hash=passphrase_hash,
                expires_at=self.now + timedelta(days=30),
            )
        for hours in range(1, openings + 1):
            link.log_opening(at + timedelta(hours=hours))
        return link.path
