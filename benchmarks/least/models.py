from django.db import models


class Submission(models.Model):
    answers = models.JSONField()  # 1 to 5, by statement
    score = models.IntegerField()
    sent_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Submission {self.pk}"
