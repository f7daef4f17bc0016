"""Import every model, so that Django finds it. Code imports a model from its own room, not here."""

import quiz.attempts.models
import quiz.counseling.exporting.kept
import quiz.counseling.meetings
import quiz.counseling.models
import quiz.counseling.monthly.months
import quiz.counseling.reminders
import quiz.counseling.wall
import quiz.evidence.models
import quiz.questionnaires.models
import quiz.web.first_day
import quiz.web.first_password
import quiz.web.models  # noqa: F401
