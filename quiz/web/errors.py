from django.urls import reverse
from django.utils.translation import gettext as _


class PageError(Exception):
    """Answered with an error page that says what happened (`heading`) and what to do (`advice`)."""

    def __init__(
        self,
        status: int,
        heading: str,
        advice: str,
        link: tuple[str, str] | None = None,
        other: tuple[str, str] | None = None,
        *,
        retry_after: int = 0,
    ) -> None:
        """`link` is the address and the text of the button, `other` those of a second way.

        `retry_after` says in how many seconds it's worth trying again.
        """
        super().__init__(heading)
        self.status, self.heading, self.advice = status, heading, advice
        self.link, self.other = link, other
        self.retry_after = retry_after


def no_such_invitation() -> PageError:
    """The one answer to every invitation to the quiz that doesn't work, used up or never made.

    A person who used it comes back with their code: a new link would start another quiz.
    """
    return PageError(
        404,
        _("This link doesn't work"),
        _(
            "If you started the quiz with it, enter your return code to get back to your answers. "
            "Otherwise, ask the person who sent it for a new link."
        ),
        (reverse("quiz:resume"), _("Enter your return code")),
        (reverse("quiz:home"), _("Go to the home page")),
    )


def no_such_link() -> PageError:
    """The one answer to every other link that doesn't work, so that it gives nothing away."""
    return PageError(
        404,
        _("This link doesn't work"),
        _(
            "It may have expired, been used or been canceled, or part of it may be missing. Ask "
            "the person who sent it for a new one."
        ),
    )
