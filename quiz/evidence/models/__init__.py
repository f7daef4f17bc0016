from quiz.evidence.models.interest import Interest, InterestCount
from quiz.evidence.models.tallies import Folding, TalliedAttempt, Tally

__all__ = ["Folding", "Interest", "InterestCount", "TalliedAttempt", "Tally"]
