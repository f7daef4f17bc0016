"""A few clients side by side, with the newest result that each shares."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_safe

from quiz.counseling.models import AuditEntry, Client, Counselor, Disclosure
from quiz.counseling.views.access import counselor_required
from quiz.counseling.views.own import own_clients
from quiz.results.report import Report, TraitReport, report
from quiz.web.forms import FormFault

FEWEST, MOST = 2, 4


@dataclass(frozen=True)
class Side:
    """One client, and the newest result they share, if any."""

    client: Client
    disclosure: Disclosure | None = None
    report: Report | None = None

    @property
    def shows_traits(self) -> bool:
        return bool(self.disclosure and self.disclosure.shows.shows_traits)

    def asks(self, key: str) -> bool:
        """Say whether the version of the result asks about a trait, shared or not."""
        return bool(self.report and any(trait.key == key for trait in self.report.traits))

    def trait(self, key: str) -> TraitReport | None:
        """Return a trait, if the scope shows it."""
        if self.report is None or not self.shows_traits:
            return None
        return next((trait for trait in self.report.traits if trait.key == key), None)


@require_safe
@counselor_required
def client_comparison(request: HttpRequest, counselor: Counselor) -> HttpResponse:
    clients = own_clients(counselor, request.GET.getlist("client"))
    context: dict[str, Any] = {"count": len(clients), "fewest": FEWEST, "most": MOST}
    if not FEWEST <= len(clients) <= MOST:
        text = ngettext(
            "You checked %d client. Go back and check two, three or four.",
            "You checked %d clients. Go back and check two, three or four.",
            len(clients),
        )
        context["form_faults"] = [FormFault("", text % len(clients))]
        return render(request, "counseling/client_comparison.html", context)
    sides = _sides(clients)
    if request.method == "GET":
        for side in sides:
            if side.disclosure:
                AuditEntry.objects.log(counselor, AuditEntry.COMPARED, side.client)
    return render(
        request,
        "counseling/client_comparison.html",
        {**context, "sides": sides, "rows": _rows(sides)},
    )


def _sides(clients: list[Client]) -> list[Side]:
    newest = Disclosure.objects.filter(client__in=clients).newest_by_client()
    return [_side(client, newest.get(client.pk)) for client in clients]


def _side(client: Client, disclosure: Disclosure | None) -> Side:
    if disclosure is None:
        return Side(client)
    attempt = disclosure.attempt
    questionnaire, values = attempt.questionnaire, attempt.values()
    return Side(
        client,
        disclosure,
        report(disclosure.result, questionnaire, values, get_language() or ""),
    )


@dataclass(frozen=True)
class Cell:
    """One client's trait, or why it is missing: not shared, or never asked."""

    side: Side
    trait: TraitReport | None
    was_asked: bool


def _rows(sides: list[Side]) -> list[tuple[str, list[Cell]]]:
    """Return a row for each trait that anyone shares: its name, and each client's cell."""
    names: dict[str, str] = {}
    for side in sides:
        if side.report and side.shows_traits:
            for trait in side.report.traits:
                names.setdefault(trait.key, trait.name)
    return [
        (name, [Cell(side, side.trait(key), side.asks(key)) for side in sides])
        for key, name in names.items()
    ]
