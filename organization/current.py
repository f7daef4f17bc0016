"""The organization as every page names it: from its row, with defaults for what is empty.

Each process keeps it for a few seconds, so that a page costs no query and every process shows a
change soon. What is kept elsewhere and shows any of this has `revision` in its key.
"""

import logging
from dataclasses import astuple, dataclass
from datetime import timedelta
from email.utils import formataddr, parseaddr
from functools import cached_property
from hashlib import sha256
from math import inf
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext as _

from organization.palette import AS_SHIPPED, Palette

logger = logging.getLogger(__name__)

SECONDS_KEPT = 5.0
# By code; in the language of the figures.
COUNTRIES = {"US": "United States", "CA": "Canada", "GB": "United Kingdom"}


class Contact(NamedTuple):
    """Someone visitors can ask. All but the name can be empty."""

    name: str
    hours: str = ""
    link: str = ""
    phone: str = ""


class Logo(NamedTuple):
    """Where the picture is found, and how large it is in pixels."""

    digest: str
    width: int
    height: int


@dataclass(frozen=True)
class CurrentOrganization:
    """What the row says; the properties fill in what it leaves empty."""

    own_name: str = ""
    own_short_name: str = ""
    own_contact: Contact | None = None
    privacy_url: str = ""
    imprint_url: str = ""
    country: str = ""  # a code such as "CA"; "" for the settings' links as they are
    most_unfinished_days: int | None = None
    most_finished_days: int | None = None
    palette: Palette = AS_SHIPPED
    logo: Logo | None = None

    @cached_property
    def revision(self) -> str:
        """A short text that differs for each content; empty if all of it is the default."""
        if self == UNNAMED:
            return ""
        return sha256(repr(astuple(self)).encode()).hexdigest()[:12]

    @property
    def name(self) -> str:
        return self.own_name or _("Sales or service?")

    @property
    def short_name(self) -> str:
        return self.own_short_name or self.name

    @property
    def contact(self) -> Any:
        """A person to talk to, with `name`, `hours` and `link`; None without one."""
        return self.own_contact or settings.TALK_TO

    @property
    def contact_email(self) -> str:
        """The address to write to: that of the own contact, else the settings'."""
        if self.own_contact is None:
            return settings.CONTACT_EMAIL
        scheme, _colon, address = self.own_contact.link.partition(":")
        return address.partition("?")[0] if scheme == "mailto" else ""

    @property
    def country_name(self) -> str:
        """The country as the regions of figures name it; empty without one."""
        return COUNTRIES.get(self.country, "")

    @property
    def keep_unfinished(self) -> timedelta:
        return _at_most(settings.KEEP_UNFINISHED, self.most_unfinished_days)

    @property
    def keep_finished(self) -> timedelta:
        return _at_most(settings.KEEP_FINISHED, self.most_finished_days)

    @property
    def sender(self) -> str:
        """The sender of e-mails; a bare address goes with the organization's own name."""
        name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
        if name or not self.own_name:
            return settings.DEFAULT_FROM_EMAIL
        return formataddr((self.short_name, address))


UNNAMED = CurrentOrganization()


def _at_most(kept: timedelta, days: int | None) -> timedelta:
    return kept if days is None else min(kept, timedelta(days=days))


# ---------------------------------------------------------------- what the process keeps


class _Kept(NamedTuple):
    organization: CurrentOrganization
    until: float  # by the clock of `monotonic`


_kept: _Kept | None = None
_reading = Lock()


def current_organization() -> CurrentOrganization:
    """Return the organization; costs a query every few seconds, and none while others read it.

    Without the database, it is as it was read last, or has every default.
    """
    kept = _kept
    if kept is None:
        with _reading:
            return (_kept or _read(UNNAMED)).organization
    if monotonic() < kept.until or not _reading.acquire(blocking=False):
        return kept.organization
    try:
        return _read(kept.organization).organization
    finally:
        _reading.release()


def as_of_revision(url: str) -> str:
    """Return an address that changes with the organization, for what browsers keep for long."""
    revision = current_organization().revision
    return f"{url}?of={revision}" if revision else url


def revision_read_last() -> str:
    """Return the revision as this process knows it, without reading: for the event loop."""
    return _kept.organization.revision if _kept else ""


def forget() -> None:
    """Read the row again at the next call."""
    global _kept
    _kept = None


def keep(organization: CurrentOrganization, seconds: float = inf) -> None:
    """Take this for the organization: tests count queries of pages."""
    global _kept
    _kept = _Kept(organization, monotonic() + seconds)


def _read(fallback: CurrentOrganization) -> _Kept:
    global _kept
    found = fallback
    try:
        row = apps.get_model("organization", "Organization").objects.with_logo().first()
        found = row.current() if row else UNNAMED
    except DatabaseError as error:
        # Pages that say so need a name, too.
        logger.info("The organization can't be read: %s", type(error).__name__)
    kept = _kept = _Kept(found, monotonic() + SECONDS_KEPT)
    return kept
