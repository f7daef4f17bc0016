from django.db import models


class ShippedRow(models.Model):
    """What was last loaded for a row of content; it shows whether the row was edited or deleted.

    Each `kind` belongs to the module that loads such rows and alone reads their `values`.
    """

    kind = models.CharField(max_length=20)
    key = models.CharField(max_length=500)
    values = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(name="shipped_row_once", fields=["kind", "key"])]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
