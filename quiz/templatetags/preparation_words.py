"""For templates: the texts of a counselor's preparation sheet, by the keys of its module.

Questions are open, about work, and never about a client's character. A test makes sure that every
shipped preference has texts of its own. One that an editor adds gets the general texts.
"""

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from quiz.counseling import preparation as sheet
from quiz.counseling.preparation import Preference, Question, Tension
from quiz.results.report import HIGH, LOW, MIDDLE
from quiz.templatetags.quiz_words import fixed

register = template.Library()

HELPS: dict[tuple[str, str], Any] = {
    ("proactive", HIGH): _(
        "Helps where somebody has to begin: a first call, a new idea, a quiet day to fill."
    ),
    ("proactive", LOW): _(
        "Helps where people come with what they need: being there, answering well, finishing what "
        "was asked before starting something new."
    ),
    ("persuasion", HIGH): _(
        "Helps where a choice is due: putting a case, holding a view, bringing a talk to a "
        "decision."
    ),
    ("persuasion", LOW): _(
        "Helps where somebody is upset or unsure: listening, calming, finding out what is really "
        "wrong."
    ),
    ("targets", HIGH): _(
        "Helps where results are counted: a goal for the month, pay that follows it, trying again "
        "after a no."
    ),
    ("targets", LOW): _(
        "Helps where care counts more than a tally: steady work, time for each case, quality that "
        "no number shows."
    ),
}
HELPS_ANYWHERE = _("Helps where the work asks for this: %(pole)s.")

TENSIONS: dict[str, Any] = {
    sheet.TOO_CLOSE: _(
        "The lean is too close to call. Both fields may suit, so the talk can look at both."
    ),
    sheet.NO_SUGGESTION: _(
        "The answers can't carry a suggestion. Talk about how the quiz was answered before you "
        "talk about what it says."
    ),
    sheet.AGAINST_LEAN: _(
        "%(name)s: %(pole)s (%(score)s of 100). This pulls the other way than the whole result."
    ),
    sheet.NO_SIDE: _(
        "%(name)s: %(score)s of 100. That is so near the middle that it speaks for neither side."
    ),
    sheet.CONTRADICTION: _(
        "%(name)s: two answers point to different sides. That need not be a mistake: it often "
        "depends on the situation."
    ),
}
FLAGS: dict[str, Any] = {
    "": _("Some of the answers were quick or much alike."),
    "longest_run": _("Many answers in a row were the same."),
    "spread": _("Nearly all answers were the same."),
    "time": _("The pages went by very quickly."),
    "yes_saying": _(
        "Most answers agree, or most disagree, even where two statements say opposite things."
    ),
}

QUESTIONS: dict[str, Any] = {
    sheet.OPENING: _("What in this result did you recognise at once, and what surprised you?"),
    sheet.TOO_CLOSE: _(
        "Picture a week in each of the two jobs. Which hours would you look forward to, and which "
        "would you put off?"
    ),
    sheet.NO_SUGGESTION: _(
        "How was it to answer the statements, and what were you thinking of while you did?"
    ),
    sheet.CONTRADICTION: _(
        "To “%(first)s” you said “%(first_answer)s”, and to “%(second)s” you said "
        "“%(second_answer)s”. Which situations did you have in mind?"
    ),
    sheet.OF_A_TIP: _(
        "What would have to be different about the other field for it to draw you more?"
    ),
    "good day": _("Which hours of a usual week give you energy, and what are you doing in them?"),
    "try out": _("What could you try out in the next weeks to see how such work feels?"),
    "people at work": _("Whom do you know who does such work, and what would you ask them?"),
    "must have": _("What must work give you so that you want to stay with it?"),
    sheet.CLOSING: _("What is your next small step after this talk, and what could help you?"),
}

QUESTIONS_OF_A_PREFERENCE: dict[tuple[str, str, str], Any] = {
    (sheet.OF_A_STRENGTH, "proactive", HIGH): _(
        "When did you last start something that nobody had asked for, and what made you begin?"
    ),
    (sheet.OF_A_STRENGTH, "proactive", LOW): _(
        "When did somebody last come to you with a problem, and what did you like about it?"
    ),
    (sheet.OF_A_STRENGTH, "persuasion", HIGH): _(
        "When did you last change somebody's mind, and what did you like about it?"
    ),
    (sheet.OF_A_STRENGTH, "persuasion", LOW): _(
        "When did you last calm or comfort somebody, and what did that give you?"
    ),
    (sheet.OF_A_STRENGTH, "targets", HIGH): _(
        "Which goal with a number did you like working towards, and what kept you going after a "
        "setback?"
    ),
    (sheet.OF_A_STRENGTH, "targets", LOW): _(
        "What does a good day look like for you when nobody keeps count?"
    ),
    (sheet.NO_SIDE, "proactive", MIDDLE): _(
        "When do you like to make the first move, and when would you rather be asked?"
    ),
    (sheet.NO_SIDE, "persuasion", MIDDLE): _(
        "When do you like to argue for something, and when would you rather listen?"
    ),
    (sheet.NO_SIDE, "targets", MIDDLE): _(
        "Which goals with a number spur you on, and which ones spoil the work for you?"
    ),
    (sheet.AGAINST_LEAN, "proactive", HIGH): _(
        "How much room to start things yourself would you want where people mostly come to you?"
    ),
    (sheet.AGAINST_LEAN, "proactive", LOW): _(
        "What would make a first contact easier for you where somebody has to make it?"
    ),
    (sheet.AGAINST_LEAN, "persuasion", HIGH): _(
        "Where could you argue for something in work that is mostly about listening?"
    ),
    (sheet.AGAINST_LEAN, "persuasion", LOW): _(
        "Where could your listening find its place in work that also has to convince?"
    ),
    (sheet.AGAINST_LEAN, "targets", HIGH): _(
        "What goal could you set yourself in work where nobody hands you a number?"
    ),
    (sheet.AGAINST_LEAN, "targets", LOW): _(
        "What would have to be true of a target so that you could live well with it?"
    ),
}
QUESTIONS_OF_ANY_PREFERENCE: dict[str, Any] = {
    sheet.OF_A_STRENGTH: _("When did this last serve you well: %(pole)s? What did you like in it?"),
    sheet.NO_SIDE: _(
        "When is this more like you: %(pole)s? And when is it rather this: %(other_pole)s?"
    ),
    sheet.AGAINST_LEAN: _(
        "What would you miss in work that leaves little room for this: %(pole)s?"
    ),
}


def _placeholders(preference: Preference) -> dict[str, str]:
    return {
        "name": preference.name,
        "pole": preference.pole,
        "other_pole": preference.other_pole,
        "score": fixed(preference.score, 0),
    }


@register.filter
def helps(strength: Preference) -> str:
    """Say what a preference is good for at work."""
    words = HELPS.get((strength.key, strength.side), HELPS_ANYWHERE)
    return str(words % _placeholders(strength))


@register.filter
def in_words(tension: Tension) -> str:
    """Say what pulls in the result."""
    if tension.kind == sheet.CARELESS:
        return str(FLAGS[tension.flag])
    words = TENSIONS[tension.kind]
    return str(words % _placeholders(tension.preference) if tension.preference else words)


@register.filter
def asked(question: Question) -> str:
    """Word a question as it can be read out."""
    if question.said:
        first, second = question.said
        values = {
            "first": first.statement,
            "first_answer": first.answer,
            "second": second.statement,
            "second_answer": second.answer,
        }
        return str(QUESTIONS[question.key] % values)
    if question.preference is None:
        return str(QUESTIONS[question.key])
    key = (question.key, question.preference.key, question.preference.side)
    words = QUESTIONS_OF_A_PREFERENCE.get(key, QUESTIONS_OF_ANY_PREFERENCE[question.key])
    return str(words % _placeholders(question.preference))
