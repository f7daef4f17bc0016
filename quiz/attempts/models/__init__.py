from quiz.attempts.models.attempt import Attempt
from quiz.attempts.models.sharing import Opening, ShareLink

__all__ = ["Attempt", "Opening", "ShareLink"]
