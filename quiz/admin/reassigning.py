"""Hand a counselor's clients and groups over to a colleague: choose, see what moves, confirm.

The page shows names and numbers, never a result.
"""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from quiz.counseling.handover import Moved, Part, hand_over, preview
from quiz.counseling.models import Client, Counselor
from quiz.web.forms import IdsField, submitted
from quiz.web.names import fold, isolated

# Clients on the page. A search finds the others.
MOST_LISTED = 200
CHANGE = "admin:quiz_counselor_change"


class ReceiverField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return f"{isolated(obj.name)} ({obj.user.email})"


class ReassignForm(forms.Form):
    receiver = ReceiverField(
        Counselor.objects.none(),
        label=gettext_lazy("Hand over to"),
        help_text=gettext_lazy("A counselor whose account is open."),
        error_messages={"required": gettext_lazy("Choose who takes over.")},
    )
    what = forms.ChoiceField(
        label=gettext_lazy("What moves"),
        choices=[
            ("all", gettext_lazy("Everything: all clients, groups and open links")),
            ("part", gettext_lazy("Only what you check below")),
        ],
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Notes, meetings and tags go along with their clients."),
        error_messages={"required": gettext_lazy("Choose what moves.")},
    )
    # What has moved in the meantime is no fault: `hand_over` leaves it out.
    groups = IdsField(
        label=gettext_lazy("Groups"),
        required=False,
        help_text=gettext_lazy("With all of their clients and their open link."),
        widget=forms.CheckboxSelectMultiple,
    )
    clients = IdsField(
        label=gettext_lazy("Clients"),
        required=False,
        help_text=format_lazy(
            gettext_lazy(
                "They leave their group, unless you check the group. Up to {most} are listed; "
                "search for others by name."
            ),
            most=MOST_LISTED,
        ),
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, giver: Counselor, search: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_ones = Counselor.objects.filter(user__is_active=True).exclude(pk=giver.pk)
        receiver = cast("forms.ModelChoiceField[Any]", self.fields["receiver"])
        receiver.queryset = open_ones.select_related("user")
        groups = giver.groups.annotate(size=Count("clients")).order_by("folded", "id")
        self._offer("groups", [(group.pk, _named(group.name, group.size)) for group in groups])
        clients = Client.objects.of(giver).filter(folded__contains=fold(search))
        self._offer("clients", [(each.pk, isolated(each.name)) for each in clients[:MOST_LISTED]])

    def _offer(self, name: str, choices: list[tuple[UUID, str]]) -> None:
        cast(forms.MultipleChoiceField, self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("what") == "part" and not (cleaned.get("groups") or cleaned.get("clients")):
            self.add_error("what", _("Check at least one group or client below."))
        return cleaned

    @property
    def part(self) -> Part:
        if self.cleaned_data["what"] == "all":
            return Part(is_all=True)
        return Part(self.cleaned_data["clients"], self.cleaned_data["groups"])


def _named(name: str, size: int) -> str:
    words = ngettext("%(name)s (%(n)d client)", "%(name)s (%(n)d clients)", size)
    return words % {"name": isolated(name), "n": size}


def reassign(request: HttpRequest, model_admin: admin.ModelAdmin, giver: Counselor) -> HttpResponse:
    """Ask what moves and to whom, show it, and then do it."""
    form = ReassignForm(submitted(request), giver=giver, search=request.GET.get("q", ""))
    context: dict[str, Any] = {"giver": giver, "form": form, "search": request.GET.get("q", "")}
    # The confirmation leads back with what was chosen.
    if form.is_valid() and "back" not in request.POST:
        receiver, part = form.cleaned_data["receiver"], form.part
        if "confirmed" in request.POST:
            return _reassign_now(request, model_admin, giver, receiver, part)
        plan = preview(giver, receiver, part)
        if plan.clients or plan.groups:
            context |= {"receiver": receiver, "plan": plan}
            return _show(request, model_admin, "reassign_confirm", _("Is this right?"), context)
        form.add_error("what", _("None of this is with this counselor anymore."))
    fieldsets = [(None, {"fields": list(form.fields)})]
    context |= {"errors": form.errors, "adminform": AdminForm(cast(Any, form), fieldsets, {})}
    title = _("Hand over clients of %s") % isolated(giver.name)
    return _show(request, model_admin, "reassign", title, context)


def _reassign_now(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    giver: Counselor,
    receiver: Counselor,
    part: Part,
) -> HttpResponse:
    with transaction.atomic():
        moved = hand_over(giver, receiver, part, by_admin=True)
        if any(moved):
            numbers = {**moved._asdict(), "to": receiver.pk}
            words = "Handed over to counselor %(to)d: %(clients)d clients, %(groups)d groups."
            model_admin.log_change(request, giver, words % numbers)
    if any(moved):
        messages.success(request, _in_words(moved) % {"name": isolated(receiver.name)})
    else:
        messages.info(request, _("Nothing was left to hand over. Someone has done it already."))
    return redirect(CHANGE, giver.pk)


def _in_words(moved: Moved) -> str:
    clients = ngettext("%d client", "%d clients", moved.clients) % moved.clients
    groups = ngettext("%d group", "%d groups", moved.groups) % moved.groups
    return _("Handed over to %(name)s: {clients}, {groups}.").format(clients=clients, groups=groups)


def _show(
    request: HttpRequest,
    model_admin: admin.ModelAdmin,
    template: str,
    title: str,
    context: dict[str, Any],
) -> TemplateResponse:
    layout = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
    }
    return TemplateResponse(request, f"admin/quiz/counselor/{template}.html", layout | context)


def stranded() -> QuerySet[Any]:
    """Return closed accounts that still have clients, with their number as `size`."""
    closed = Counselor.objects.filter(user__is_active=False)
    return closed.annotate(size=Count("clients")).filter(size__gt=0).order_by("folded", "id")
