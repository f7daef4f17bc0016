from django.db import models


class ShippedRow(models.Model):
    """The values last loaded for a row of content; `roles/content.py` uses them to spot edits."""

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=500)
    values = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="shipped_row_once", fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
