"""What an entry of the audit log says besides its action: stored as a key or an id, never a name.

Entries are kept for good, so a name in them would outlive the group or the account it belongs to.
"""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quiz.counseling.models import AuditEntry, ClientGroup, Counselor
from quiz.web.names import isolated

# How a result was seen.
OVERVIEW, ON_A_PAGE, AS_PDF, AS_A_SHEET = "overview", "page", "pdf", "sheet"
IN_A_MEETING = "meeting"
# What was done with the record of a meeting. A PDF is AS_PDF, too.
OPENED, SAVED = "opened", "saved"
# How the record of a meeting was downloaded, or a client reminded, if not as a PDF or by e-mail.
AS_TEXT = "text"
# How a client was invited.
BY_LINK, BY_EMAIL, CANCELED = "link", "email", "taken back"
# Why a client is out of the archive, unless the counselor did it.
SHARED_AGAIN = "shared"
# Why a client was archived or deleted, unless the counselor did it.
BY_TIME = "time"

WORDS: dict[tuple[str, str], Any] = {
    (AuditEntry.SAW, OVERVIEW): gettext_lazy("on the client's page"),
    (AuditEntry.SAW, ON_A_PAGE): gettext_lazy("on its own page"),
    (AuditEntry.SAW, AS_PDF): gettext_lazy("as a PDF"),
    (AuditEntry.SAW, AS_A_SHEET): gettext_lazy("to prepare for a meeting"),
    (AuditEntry.SAW, IN_A_MEETING): gettext_lazy("in a meeting"),
    (AuditEntry.MET, OPENED): gettext_lazy("opened"),
    (AuditEntry.MET, SAVED): gettext_lazy("saved"),
    (AuditEntry.MET, AS_PDF): gettext_lazy("as a PDF"),
    (AuditEntry.MET, AS_TEXT): gettext_lazy("as text"),
    (AuditEntry.INVITED, BY_LINK): gettext_lazy("new link"),
    (AuditEntry.INVITED, BY_EMAIL): gettext_lazy("sent by e-mail"),
    (AuditEntry.INVITED, CANCELED): gettext_lazy("link canceled"),
    (AuditEntry.ARCHIVED, BY_TIME): gettext_lazy("by the time limit"),
    (AuditEntry.DELETED, BY_TIME): gettext_lazy("by the time limit"),
    (AuditEntry.REMINDED, BY_EMAIL): gettext_lazy("by e-mail"),
    (AuditEntry.REMINDED, AS_TEXT): gettext_lazy("with a text to copy"),
    (AuditEntry.RESTORED, SHARED_AGAIN): gettext_lazy("the client shared a result"),
}
BY_ADMIN = " by admin"
_HANDED = {
    ("to", False): gettext_lazy("to %(name)s"),
    ("to", True): gettext_lazy("to %(name)s, by an administrator"),
    ("from", False): gettext_lazy("from %(name)s"),
    ("from", True): gettext_lazy("from %(name)s, by an administrator"),
}
_ID = re.compile(rf"(group|to|from) ([0-9a-f-]*)({BY_ADMIN})?")


def of_group(group: ClientGroup) -> str:
    return f"group {group.pk}"


def handed_to(counselor: Counselor, by_admin: bool = False) -> str:
    return f"to {counselor.pk}{BY_ADMIN if by_admin else ''}"


def handed_by(counselor: Counselor, by_admin: bool = False) -> str:
    return f"from {counselor.pk}{BY_ADMIN if by_admin else ''}"


def giver_in(detail: str) -> int | None:
    """Return the primary key in a detail of `handed_by`."""
    found = _ID.fullmatch(detail)
    return int(found[2]) if found and found[1] == "from" and found[2].isdigit() else None


def in_words(entries: Iterable[AuditEntry]) -> dict[int, str]:
    """Return the details by the entries' primary keys, with today's names; two queries at most."""
    named = {entry.pk: found for entry in entries if (found := _ID.fullmatch(entry.detail))}
    groups = ClientGroup.objects.in_bulk(
        {found[2] for found in named.values() if found[1] == "group" and _is_uuid(found[2])}
    )
    counselors = Counselor.objects.in_bulk(
        {int(found[2]) for found in named.values() if found[1] != "group" and found[2].isdigit()}
    )
    words = {}
    for entry in entries:
        found = named.get(entry.pk)
        if not found:
            words[entry.pk] = str(WORDS.get((entry.action, entry.detail), isolated(entry.detail)))
        elif found[1] == "group":
            group = groups.get(UUID(found[2])) if _is_uuid(found[2]) else None
            words[entry.pk] = _of_group_in_words(entry.action, group)
        else:
            colleague = counselors.get(int(found[2])) if found[2].isdigit() else None
            name = isolated(colleague.name) if colleague else _("a colleague")
            words[entry.pk] = _HANDED[found[1], bool(found[3])] % {"name": name}
    return words


def _of_group_in_words(action: str, group: ClientGroup | None) -> str:
    if group is None:
        return _("a deleted group")
    name = isolated(group.name)
    return _("group %(name)s") % {"name": name} if action == AuditEntry.INVITED else name


def _is_uuid(text: str) -> bool:
    return len(text) == 36
