from django.utils.translation import gettext as _


class PageError(Exception):
    """A request that gets a page of its own: what happened (`heading`), what to do (`advice`)."""

    def __init__(
        self, status: int, heading: str, advice: str, link: tuple[str, str] | None = None
    ) -> None:
        """`link` is an address and its words, the way on from here."""
        super().__init__(heading)
        self.status, self.heading, self.advice, self.link = status, heading, advice, link


def no_such_link() -> PageError:
    """Return the one answer to every link that leads nowhere, whatever the reason."""
    return PageError(
        404,
        _("This link leads nowhere"),
        _(
            "It may have expired, been used already, or been taken back, or a part of it got lost "
            "on the way. Ask whoever sent it for a new one."
        ),
    )
