"""Large export files, made by a task and kept for a day, for the counselor who asked alone.

They are in the database, in chunks: every machine has it, and what is deleted there is gone.
"""

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import IO, Any, Self

from django.db import models, transaction
from django_tasks import TaskResultStatus

from quiz.counseling.models import Client, Counselor

# A job looks every hour, so no file is there for a whole day.
KEPT = timedelta(hours=22)
CHUNK = 1_000_000  # bytes


class FileIsGone(Exception):
    """A client stopped sharing while the file was made."""


class ExportFileQuerySet(models.QuerySet["ExportFile"]):
    def of(self, counselor: Counselor) -> Self:
        return self.filter(counselor=counselor).select_related("task")

    def about(self, clients: Any) -> Self:
        """Files that may hold results of these clients: all of their counselors' files."""
        counselors = Client.objects.filter(pk__in=clients).order_by().values("counselor")
        return self.filter(counselor__in=counselors)

    def expired(self, now: datetime) -> Self:
        return self.filter(created_at__lte=now - KEPT)


class ExportFile(models.Model):
    CSV, XLSX = "csv", "xlsx"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    counselor = models.ForeignKey(Counselor, models.CASCADE, related_name="+")
    form = models.CharField(max_length=4, choices=[(CSV, CSV), (XLSX, XLSX)])
    query = models.JSONField()  # what the export page's form was sent with
    rows = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    made_at = models.DateTimeField(null=True)
    task = models.ForeignKey(
        "django_tasks_database.DBTaskResult", models.SET_NULL, null=True, related_name="+"
    )

    objects = ExportFileQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "id"]

    def __str__(self) -> str:
        return f"Export file {self.pk}"

    @property
    def state(self) -> str:
        """Return "ready", "failed" or "waiting"."""
        if self.made_at:
            return "ready"
        has_failed = self.task is None or self.task.status == TaskResultStatus.FAILED
        return "failed" if has_failed else "waiting"

    def write(self, file: IO[bytes], rows: int, now: datetime) -> None:
        """Keep what is in a file from here on, in place of what an earlier try kept.

        A transaction for each chunk, so that others can write in between. Raises FileIsGone.
        """
        with transaction.atomic():
            self.chunks.all().delete()
        place = 0
        while part := file.read(CHUNK):
            with transaction.atomic():
                self._lock()
                self.chunks.create(place=place, data=part)
            place += 1
        with transaction.atomic():
            self._lock()
            ExportFile.objects.filter(pk=self.pk).update(rows=rows, made_at=now)

    def _lock(self) -> None:
        if not ExportFile.objects.select_for_update().filter(pk=self.pk).exists():
            raise FileIsGone

    def content(self) -> Iterator[bytes]:
        """Yield the chunks, one statement each. What is deleted in the meantime ends the file."""
        for place in self.chunks.order_by("place").values_list("place", flat=True):
            for data in self.chunks.filter(place=place).values_list("data", flat=True):
                yield bytes(data)


class ExportChunk(models.Model):
    file = models.ForeignKey(ExportFile, models.CASCADE, related_name="chunks")
    place = models.PositiveIntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["file", "place"], name="chunk_place_once")]

    def __str__(self) -> str:
        return f"Chunk {self.pk}"
