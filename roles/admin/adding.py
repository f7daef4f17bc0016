"""Adding a row once, no matter how often its form is sent."""

import json
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.admin.options import IS_POPUP_VAR, get_content_type_for_model
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

# They say where to continue, not what to add: someone may press two of them.
BUTTONS = {"_save", "_continue", "_addanother"}


class AddsOnce(admin.ModelAdmin):
    """Redirects a form that is sent again to the row that it has added.

    The log entry of the row holds a mark of the form. Without a token, each form adds a row.
    """

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        answer = super().changeform_view

        def shown() -> HttpResponse:
            return answer(request, object_id, form_url, extra_context)

        is_adding = request.method == "POST" and object_id is None
        return self.add_once(request, shown) if is_adding else shown()

    def add_once(self, request: HttpRequest, add: Callable[[], HttpResponse]) -> HttpResponse:
        """Call `add`, which must log what it adds, unless the same form has added it before."""
        with transaction.atomic():
            # Copies of a form come from one user, so that user's requests take turns.
            user: Any = request.user
            get_user_model()._default_manager.select_for_update(no_key=True).get(pk=user.pk)
            entry = self._addition_by(request)
            return self._response_added_before(request, entry) if entry else add()

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        mark = mark_of(request)
        return super().log_addition(request, obj, [*message, {"form": mark}] if mark else message)

    def _addition_by(self, request: HttpRequest) -> LogEntry | None:
        mark = mark_of(request)
        if not mark:
            return None
        return LogEntry.objects.filter(
            user=request.user.pk,
            action_flag=ADDITION,
            content_type=get_content_type_for_model(self.model),
            change_message__contains=mark,
        ).first()

    def _response_added_before(self, request: HttpRequest, entry: LogEntry) -> HttpResponse:
        row = self.get_object(request, str(entry.object_id))
        if row is None:
            text = _("What this form added was deleted since then. Open a new form to add another.")
            self.message_user(request, text, messages.WARNING)
            return self.response_post_save_add(request, entry)
        if IS_POPUP_VAR in request.POST:
            return self.response_add(request, row)
        text = _("“%s” was added already. The form was sent twice, so nothing more was added.")
        self.message_user(request, text % row, messages.INFO)
        if not self.has_view_or_change_permission(request, row):
            return self.response_post_save_add(request, row)
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return redirect(name, row.pk)


def mark_of(request: HttpRequest) -> str:
    """Hash a sent form; empty without its token, which differs each time a form is shown.

    Only copies have the same mark: someone who goes back and types something else adds another row.
    """
    if not request.POST.get("csrfmiddlewaretoken"):
        return ""
    typed = sorted((name, values) for name, values in request.POST.lists() if name not in BUTTONS)
    sent = json.dumps([request.path, typed]).encode()
    for name, uploads in sorted(request.FILES.lists()):
        for upload in uploads:
            upload.seek(0)
            sent += json.dumps([name, upload.name]).encode() + upload.read()
            upload.seek(0)
    return salted_hmac("roles.admin.adding", sent, algorithm="sha256").hexdigest()
