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
        "This helps where you have to make the first move: a first call, a new idea, a quiet day "
        "to fill."
    ),
    ("proactive", LOW): _(
        "This helps where people come to you: being there, answering well, and finishing one "
        "request before you start the next."
    ),
    ("persuasion", HIGH): _(
        "This helps where a choice has to be made: making a case, holding your view, and helping "
        "people decide."
    ),
    ("persuasion", LOW): _(
        "This helps where people are upset or unsure: listening, calming them down, and finding "
        "out what is really wrong."
    ),
    ("targets", HIGH): _(
        "This helps where results are counted: a goal for the month, pay that depends on it, and "
        "trying again after a no."
    ),
    ("targets", LOW): _(
        "This helps where care matters more than numbers: steady work, time for each case, and "
        "quality that is hard to count."
    ),
}
HELPS_ANYWHERE = _("This helps in work that asks for it: %(pole)s.")

TENSIONS: dict[str, Any] = {
    sheet.TOO_CLOSE: _(
        "The lean is too close to call. Either kind of work may suit, so look at both."
    ),
    sheet.NO_SUGGESTION: _(
        "We can't suggest one from these answers. Talk about how your client answered before you "
        "talk about the result."
    ),
    sheet.AGAINST_LEAN: _(
        "%(name)s: %(pole)s (%(score)s of 100). This points the other way than the overall result."
    ),
    sheet.CONTRADICTION: _(
        "%(name)s: two answers point in different directions. That isn't always a mistake. People "
        "often answer with different situations in mind."
    ),
}
FLAGS: dict[str, Any] = {
    "": _("Some answers were quick or very similar."),
    "longest_run": _("Many answers in a row were the same."),
    "spread": _("Nearly all answers were the same."),
    "time": _("Your client went through the pages very quickly."),
    "yes_saying": _(
        "Your client agreed or disagreed with most statements, even with some that say the "
        "opposite of each other."
    ),
}

QUESTIONS: dict[str, Any] = {
    sheet.OPENING: _("What in this result sounds like you, and what surprised you?"),
    sheet.TOO_CLOSE: _(
        "Picture a week in each job. Which hours would you look forward to, and which would you "
        "put off?"
    ),
    sheet.NO_SUGGESTION: _(
        "How was it to answer the statements? What were you thinking about while you did?"
    ),
    sheet.CONTRADICTION: _(
        "For “%(first)s” you chose “%(first_answer)s”. For “%(second)s” you chose "
        "“%(second_answer)s”. What situations did you have in mind?"
    ),
    sheet.TIP: _("What would make the other kind of work more appealing to you?"),
    "good day": _("Which hours of a normal week give you energy? What are you doing then?"),
    "try out": _("What could you try in the next few weeks to see how this work feels?"),
    "people at work": _("Who do you know who does this work? What would you ask them?"),
    "must have": _("What do you need from a job to want to stay in it?"),
    sheet.CLOSING: _("What is your next small step after today, and what would help you take it?"),
}

QUESTIONS_OF_A_PREFERENCE: dict[tuple[str, str, str], Any] = {
    (sheet.STANDS_OUT, "proactive", HIGH): _(
        "When did you last start something that no one asked you to? What got you going?"
    ),
    (sheet.STANDS_OUT, "proactive", LOW): _(
        "When did someone last come to you with a problem? What did you like about helping?"
    ),
    (sheet.STANDS_OUT, "persuasion", HIGH): _(
        "When did you last change someone's mind? What did you like about it?"
    ),
    (sheet.STANDS_OUT, "persuasion", LOW): _(
        "When did you last calm someone down or comfort them? What was that like for you?"
    ),
    (sheet.STANDS_OUT, "targets", HIGH): _(
        "What goal with a number did you enjoy working towards? What kept you going after a "
        "setback?"
    ),
    (sheet.STANDS_OUT, "targets", LOW): _(
        "What does a good day look like when no one is keeping count?"
    ),
    (sheet.IN_THE_MIDDLE, "proactive", MIDDLE): _(
        "When do you like to make the first move, and when would you rather wait to be asked?"
    ),
    (sheet.IN_THE_MIDDLE, "persuasion", MIDDLE): _(
        "When do you like to argue for something, and when would you rather listen?"
    ),
    (sheet.IN_THE_MIDDLE, "targets", MIDDLE): _(
        "Which goals with a number motivate you, and which ones take the fun out of work?"
    ),
    (sheet.AGAINST_LEAN, "proactive", HIGH): _(
        "In a job where people mostly come to you, how much would you want to start things "
        "yourself?"
    ),
    (sheet.AGAINST_LEAN, "proactive", LOW): _(
        "In a job where you have to contact people first, what would make that easier for you?"
    ),
    (sheet.AGAINST_LEAN, "persuasion", HIGH): _(
        "In a job that is mostly listening, where could you still argue for something?"
    ),
    (sheet.AGAINST_LEAN, "persuasion", LOW): _(
        "In a job where you have to convince people, where would your listening help?"
    ),
    (sheet.AGAINST_LEAN, "targets", HIGH): _(
        "In a job where no one gives you a number to reach, what goal would you set yourself?"
    ),
    (sheet.AGAINST_LEAN, "targets", LOW): _(
        "If a job comes with targets, what would make a target okay for you?"
    ),
}
QUESTIONS_OF_ANY_PREFERENCE: dict[str, Any] = {
    sheet.STANDS_OUT: _("When did this last help you: %(pole)s? What did you like about it?"),
    sheet.IN_THE_MIDDLE: _(
        "When is this more like you: %(pole)s? And when is this: %(other_pole)s?"
    ),
    sheet.AGAINST_LEAN: _("What would you miss in a job with little room for this: %(pole)s?"),
}


def _placeholders(preference: Preference) -> dict[str, str]:
    return {
        "name": preference.name,
        "pole": preference.pole,
        "other_pole": preference.other_pole,
        "score": fixed(preference.score, 0),
    }


@register.filter
def helps(preference: Preference) -> str:
    """Say what a preference that stands out is good for at work."""
    words = HELPS.get((preference.key, preference.side), HELPS_ANYWHERE)
    return str(words % _placeholders(preference))


@register.filter
def in_words(tension: Tension) -> str:
    """Say what pulls the other way in the result."""
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
