from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from conference.models.recording import Recording

# Seconds of the film between two words of a player that plays; what is more was a jump.
STEP = 30


class WatchedMinute(models.Model):
    """How often a minute of a recording was watched.

    A count without persons: who watched when is nobody's business and stands nowhere. Where
    each person stopped is known (``WatchPosition``), since any device goes on there; no more.
    """

    recording = models.ForeignKey(
        "conference.Recording", models.CASCADE, related_name="watched_minutes"
    )
    number = models.PositiveIntegerField()  # 0 is the first
    views = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("watched minute")
        verbose_name_plural = _("watched minutes")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["recording", "number"], name="minute_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.recording} · {self.number}"


def count_minute(recording: Recording, before: float | None, seconds: float) -> None:
    """Count the minute at these seconds if playing has just brought somebody into it.

    ``before`` is where they were at their player's last word, ten seconds ago.
    """
    number = int(seconds // 60)
    if before is not None and (number == int(before // 60) or not 0 < seconds - before <= STEP):
        return
    minutes = WatchedMinute.objects.filter(recording=recording, number=number)
    if not minutes.update(views=F("views") + 1):
        WatchedMinute.objects.get_or_create(recording=recording, number=number)
        minutes.update(views=F("views") + 1)
