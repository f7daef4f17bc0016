"""Locks by which writes about the same counselors' clients take turns."""

from quiz.counseling.models import Counselor


def lock(*counselors: int) -> None:
    """Lock counselors by primary key until the transaction ends.

    In one order, so that no two requests wait for each other. Their keys aren't locked: a row that
    refers to one, such as a client who joins a group, can be added in the meantime.
    """
    locked = Counselor.objects.select_for_update(no_key=True).filter(pk__in=counselors)
    list(locked.order_by("pk").values_list("pk"))
