"""Lines in the log about accounts: log-in, log-out, two-step login, and changed rights.

Django's and allauth's signals are the only place that sees all of them, also those that a command
or the shell makes. Lines name users by id. A change with `update()` sends no signal.
"""

import logging
from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa import signals as mfa
from django.contrib.auth.models import Group, User
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save
from simple_history.models import HistoricalRecords

logger = logging.getLogger("accounts")

RIGHTS = ("is_active", "is_staff", "is_superuser", "password")


def connect() -> None:
    user_logged_in.connect(_logged_in)
    user_logged_out.connect(_logged_out)
    user_login_failed.connect(_log_in_failed)
    password_changed.connect(_password_changed)
    password_reset.connect(_password_changed)
    mfa.authenticator_used.connect(_second_step)
    mfa.authentication_failed.connect(_second_step_failed)
    mfa.authenticator_added.connect(_second_step_added)
    mfa.authenticator_removed.connect(_second_step_removed)
    mfa.authenticator_reset.connect(_second_step_reset)
    pre_save.connect(_user_saved, sender=User)
    post_save.connect(_user_added, sender=User)
    post_delete.connect(_user_deleted, sender=User)
    post_save.connect(_group_saved, sender=Group)
    post_delete.connect(_group_deleted, sender=Group)
    for through in (
        User.groups.through,
        User.user_permissions.through,
        Group.permissions.through,
    ):
        m2m_changed.connect(_members_changed, sender=through)


def _log(event: str, **fields: Any) -> None:
    """Write a line; `by` is the user whose request this is, None outside of requests."""
    request = getattr(HistoricalRecords.context, "request", None)
    user = getattr(request, "user", None)
    fields = {"event": event, **fields, "by": getattr(user, "pk", None)}
    logger.info("%s", event, extra={"fields": fields})


def _logged_in(user: User, **_more: Any) -> None:
    _log("log-in", user=user.pk)


def _logged_out(user: User | None, **_more: Any) -> None:
    if user:
        _log("log-out", user=user.pk)


def _log_in_failed(**_more: Any) -> None:
    # Without what was typed: people type passwords in place of names.
    _log("log-in failed")


def _password_changed(user: User, **_more: Any) -> None:
    _log("password changed", user=user.pk)


def _second_step(user: User, authenticator: Any, **_more: Any) -> None:
    _log("two-step login passed", user=user.pk, kind=authenticator.type)


def _second_step_failed(user: User, **_more: Any) -> None:
    _log("two-step login failed", user=user.pk)


def _second_step_added(user: User, authenticator: Any, **_more: Any) -> None:
    _log("two-step login added", user=user.pk, kind=authenticator.type)


def _second_step_removed(authenticator: Any, **_more: Any) -> None:
    _log("two-step login removed", user=authenticator.user_id, kind=authenticator.type)


def _second_step_reset(user: User, authenticator: Any, **_more: Any) -> None:
    _log("two-step login reset", user=user.pk, kind=authenticator.type)


def _user_saved(instance: User, update_fields: Any, raw: bool, **_more: Any) -> None:
    """Compare rights with the stored ones before they change."""
    looked_at = [name for name in RIGHTS if update_fields is None or name in update_fields]
    if raw or instance.pk is None or not looked_at:
        return
    before = User.objects.filter(pk=instance.pk).values(*looked_at).first() or {}
    for name, value in before.items():
        now = getattr(instance, name)
        if now != value:
            shown = {} if name == "password" else {"now": now}
            _log(f"{name} changed", user=instance.pk, **shown)


def _user_added(instance: User, created: bool, **_more: Any) -> None:
    if created:
        rights = {name: getattr(instance, name) for name in RIGHTS if name != "password"}
        _log("user added", user=instance.pk, **rights)


def _user_deleted(instance: User, **_more: Any) -> None:
    _log("user deleted", user=instance.pk)


def _group_saved(instance: Group, created: bool, **_more: Any) -> None:
    if created:
        _log("group added", group=instance.pk)


def _group_deleted(instance: Group, **_more: Any) -> None:
    _log("group deleted", group=instance.pk)


CHANGES = {"post_add": "added", "post_remove": "removed", "pre_clear": "cleared"}


def _members_changed(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: Any, **_more: Any
) -> None:
    """Name who got or lost which groups or permissions, by id, from whichever side it was done."""
    if action not in CHANGES or pk_set == set():
        return
    forward = {
        User.groups.through: ("user", "groups"),
        User.user_permissions.through: ("user", "permissions"),
        Group.permissions.through: ("group", "permissions"),
    }
    whose, what = forward[sender]
    one, others = (what.rstrip("s"), f"{whose}s") if reverse else (whose, what)
    more = {others: sorted(pk_set)} if pk_set else {}
    _log(f"{what} {CHANGES[action]}", **{one: instance.pk}, **more)
