"""Objects a counselor may open. Everyone else's are 404, like missing ones."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404

from quiz.counseling.models import Client, ClientGroup, Counselor, Disclosure


def own_client(counselor: Counselor, client_id: UUID) -> Any:
    """Return a client with `state`, or raise 404."""
    clients = Client.objects.of(counselor).with_state().select_related("group")
    client = get_object_or_404(clients, pk=client_id)
    client.counselor = counselor
    return client


def own_group(counselor: Counselor, group_id: UUID) -> ClientGroup:
    return get_object_or_404(counselor.groups, pk=group_id)


def shared_with(counselor: Counselor, disclosure_id: UUID) -> Disclosure:
    """Return what a client of this counselor shares, or raise 404."""
    shared = Disclosure.objects.of(counselor).select_related("attempt", "client")
    return get_object_or_404(shared, pk=disclosure_id)
