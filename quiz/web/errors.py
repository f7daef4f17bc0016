from django.utils.translation import gettext as _


class PageError(Exception):
    """Answered with an error page that says what happened (`heading`) and what to do (`advice`)."""

    def __init__(
        self, status: int, heading: str, advice: str, link: tuple[str, str] | None = None
    ) -> None:
        """`link` is the address and the text of the page's one button."""
        super().__init__(heading)
        self.status, self.heading, self.advice, self.link = status, heading, advice, link


def no_such_link() -> PageError:
    """The one answer to every link that doesn't work, so that it gives nothing away."""
    return PageError(
        404,
        _("This link leads nowhere"),
        _(
            "It may have expired, been used already, or been taken back, or a part of it got lost "
            "on the way. Ask whoever sent it for a new one."
        ),
    )
