"""Write the demo: four months of visitors, two counselors with their clients, and a draft."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from quiz.core.questionnaire import Questionnaire
from quiz.evidence.folding import fold
from quiz.management.demo.accounts import Account
from quiz.management.demo.counseling import Counseling
from quiz.management.demo.months import add_months
from quiz.management.demo.taking import Taking, clock_at
from quiz.questionnaires.models import QuestionnaireVersion
from quiz.web.first_day import FirstDayMark, What


@dataclass(frozen=True)
class Filled:
    """What leads into the demo; links by what they are for, as paths."""

    accounts: tuple[Account, ...]
    links: dict[str, str]
    draft_id: int


def fill(live: QuestionnaireVersion, now: datetime) -> Filled:
    """Write everything or nothing; the database must hold neither attempts nor counselors.

    The same people and answers every time, on days counted back from `now`. Links differ, and
    passwords and secrets from site to site.
    """
    with transaction.atomic():
        taking = Taking(live, timezone.localtime(now))
        counseling = Counseling(taking)
        accounts = counseling.add_counselors()
        counseling.add_clients()
        group_link = counseling.add_class()
        links = taking.share(taking.add_visitors())
        links |= {
            "an invitation for a class": group_link.path,
            "an invitation for one client": counseling.open_invitation.path,
            "an invitation for a new counselor": counseling.invite_counselor().path,
        }
        draft_id = add_draft(taking.questionnaire, taking.day(4))
        # Its first day was four months ago.
        FirstDayMark.objects.set_by(What.USE, None, "Robin Hale")
        FirstDayMark.objects.set_by(What.HIDDEN, None)
        add_months(counseling.group, taking)
        fold(now)
    return Filled(accounts, links, draft_id)


def add_draft(live: Questionnaire, at: datetime) -> int:
    """Add a draft that can't be published yet: one statement is set aside, its opposite isn't.

    So agreeing with everything would move the score of one trait. Returns its key.
    """
    first, *others, last = live.items
    reworded = replace(first, text={**first.text, "en": "I like to make the first call."})
    changed = replace(live, number=None, items=(reworded, *others), spare=(*live.spare, last))
    with clock_at(at):
        return QuestionnaireVersion.objects.add(changed, title="Shorter statements").pk
