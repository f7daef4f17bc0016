"""What every worker of the site needs to see for a while, such as counters of tries."""

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
