"""The newest shipped questionnaire in the database: live on a new site, else offered as a draft."""

from django.db import transaction

from quiz.questionnaires.file import NEWEST, shipped_questionnaire
from quiz.questionnaires.models import QuestionnaireVersion
from roles.models import ShippedRow

# The row that says that it was added. It outlives the draft, so that a deleted one stays deleted.
ADDED = {"kind": "questionnaire", "key": str(NEWEST)}


@transaction.atomic
def load_questionnaire() -> str:
    """Publish it on a new site; add it once as a draft where version 1 is live. Say what happened.

    On other sites, editors have decided what the quiz asks.
    """
    versions = QuestionnaireVersion.objects
    is_new_site = not versions.exists()
    if not is_new_site and not versions.published().filter(number=1).exists():
        return "kept"
    # First, because a second process that loads at the same time waits here.
    row, is_added_now = ShippedRow.objects.get_or_create(**ADDED, defaults={"values": {}})
    if not is_added_now:
        return "kept"
    title = "As shipped" if is_new_site else "Reworded statements"
    version = versions.add(shipped_questionnaire(), title=title)
    row.values = {"version": version.pk}
    row.save()
    if not is_new_site:
        return f"kept; draft “{title}” added"
    version.publish(number=NEWEST)
    return f"version {NEWEST} published"


def offered_version_id() -> int | None:
    """Return the key of the version that was added, even if it was deleted since then."""
    row = ShippedRow.objects.filter(**ADDED).first()
    return row.values["version"] if row else None
