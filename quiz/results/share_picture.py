"""The preview picture of a shared result: one sentence as its owner would say it, and the level."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from organization.current import current_organization
from quiz.core.questionnaire import Questionnaire
from quiz.core.scoring import Result
from quiz.core.verdict import CLEAR, CLOSE, INSUFFICIENT, LEANING, SALES, SERVICE
from quiz.results.pictures import level_of
from roles.social_picture import Bubble, drawn

SMALLEST = 0.03  # half a bubble, as a share of the level


def share_picture(result: Result, questionnaire: Questionnaire) -> bytes:
    """Draw a PNG (1200 by 630 pixels). It holds no name and no score."""
    items = len(questionnaire.items)
    below = ngettext(
        "%d statement, no account. And you?", "%d statements, no account. And you?", items
    )
    low, high = result.edges[LEANING]
    bubble = Bubble(
        _share(result.lean), max(result.lean_se / 100, SMALLEST), (_share(low), _share(high))
    )
    ends = (_("Customer service"), _("Sales"))
    palette = current_organization().palette
    return drawn(
        sentence(result), below % items, level_of(result).side, bubble, ends, palette=palette
    )


def _share(lean: float) -> float:
    """A lean (-50..50) as a share of the level (0..1)."""
    return (lean + 50) / 100


def sentence(result: Result) -> str:
    """The suggestion as its owner would say it."""
    sentences = {
        (CLEAR, SALES): _("My answers point clearly to sales"),
        (CLEAR, SERVICE): _("My answers point clearly to customer service"),
        (LEANING, SALES): _("I lean towards sales"),
        (LEANING, SERVICE): _("I lean towards customer service"),
        (CLOSE, ""): _("I could enjoy either: sales or customer service"),
        (INSUFFICIENT, ""): _("No suggestion for me yet"),
    }
    return sentences[result.band, result.field]
