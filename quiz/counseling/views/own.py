"""Objects a counselor may open. Everyone else's are 404, like missing ones."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from quiz.counseling.models import Client, ClientGroup, Counselor, Disclosure


def own_client(counselor: Counselor, client_id: UUID) -> Any:
    """Return a client with `state`, or raise 404."""
    clients = Client.objects.of(counselor).with_state().select_related("group")
    client = get_object_or_404(clients, pk=client_id)
    client.counselor = counselor
    return client


def own_clients(counselor: Counselor, given: list[str]) -> list[Client]:
    """Return the clients in the given order, without duplicates; 404 unless all are theirs."""
    try:
        ids = list(dict.fromkeys(UUID(text) for text in given))
    except ValueError as error:
        raise Http404("No such client") from error
    by_id = Client.objects.of(counselor).in_bulk(ids)
    if len(by_id) < len(ids):
        raise Http404("No such client")
    return [by_id[client_id] for client_id in ids]


def own_group(counselor: Counselor, group_id: UUID) -> ClientGroup:
    return get_object_or_404(counselor.groups, pk=group_id)


def shared_with(counselor: Counselor, disclosure_id: UUID) -> Disclosure:
    """Return what a client of this counselor shares, or raise 404."""
    shared = Disclosure.objects.of(counselor).select_related("attempt", "client")
    return get_object_or_404(shared, pk=disclosure_id)


def not_saved(request: HttpRequest, client: Client | None, *names: str) -> HttpResponse:
    """Show what was typed in these fields, so that it isn't lost: 409, and 404 without a client.

    `client` is None for someone else's: perhaps it was handed over while the form was open. Raises
    404 where nothing was typed.
    """
    given = [request.POST.get(name, "").strip() for name in names]
    typed = [text for text in given if text]
    if request.method != "POST" or not (client or typed):
        raise Http404("Not shared, or deleted")
    context = {"client": client, "typed": typed}
    status = HTTPStatus.CONFLICT if client else HTTPStatus.NOT_FOUND
    return render(request, "counseling/not_saved.html", context, status=status)
