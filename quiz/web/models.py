"""What all processes of the site share: counters of tries, and who does which background work."""

from datetime import datetime
from typing import Self

from django.db import models


class CacheEntryQuerySet(models.QuerySet["CacheEntry"]):
    def valid(self, now: datetime) -> Self:
        return self.filter(expires_at__gt=now)

    def expired(self, now: datetime) -> Self:
        return self.filter(expires_at__lte=now)


class CacheEntry(models.Model):
    """A row of the cache in the database, which `quizsite.caches.database` reads and writes."""

    key = models.CharField(max_length=250, primary_key=True)
    value = models.TextField()  # JSON; a counter is its digits
    expires_at = models.DateTimeField(db_index=True)

    objects = CacheEntryQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key


class TaskWorker(models.Model):
    """A process that does background work. It writes twice a minute that it is there."""

    name = models.CharField(max_length=64, primary_key=True)
    seen_at = models.DateTimeField()  # by the database's clock

    def __str__(self) -> str:
        return self.name


class ScheduledJob(models.Model):
    """When a regular job of `quizsite.background.schedule` is due next."""

    name = models.CharField(max_length=64, primary_key=True)
    due_at = models.DateTimeField()  # by the database's clock

    def __str__(self) -> str:
        return self.name
