from quiz.evidence.models.interest import Liking, LikingCount
from quiz.evidence.models.tallies import Folding, TalliedAttempt, Tally

__all__ = ["Folding", "Liking", "LikingCount", "TalliedAttempt", "Tally"]
