from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from chat import clock
from conference.models.mail import Mail, WayIn

if TYPE_CHECKING:
    from conference.models.recording import Recording
    from conference.models.speaker import Speaker

WARNED_BEFORE = timedelta(days=14)


class ConsentQuerySet(models.QuerySet["Consent"]):
    def in_use(self) -> ConsentQuerySet:
        """Of those who still speak in their recording."""
        return self.filter(speaker__recordings=F("recording"))

    def ended(self) -> ConsentQuerySet:
        return self.in_use().filter(ends_at__lte=clock.now())

    def warn(self) -> int:
        """Write to the organisers of what ends soon, once for each end; says how many mails."""
        now = clock.now()
        soon = self.in_use().filter(ends_at__gt=now, ends_at__lte=now + WARNED_BEFORE)
        rows = soon.select_related("recording__event", "speaker").order_by("pk")
        return sum(consent.warn() for consent in rows)


class Consent(models.Model):
    """A speaker's word that the recording may be shown; it may end.

    From the second of ``ends_at`` on, the recording is shown to those alone who edit it.
    """

    recording = models.ForeignKey(
        "conference.Recording",
        models.CASCADE,
        related_name="consents",
        verbose_name=_("recording"),
    )
    speaker = models.ForeignKey(
        "conference.Speaker", models.CASCADE, related_name="consents", verbose_name=_("speaker")
    )
    given_on = models.DateField(_("given on"))
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        constraints = [
            models.UniqueConstraint(fields=["recording", "speaker"], name="one_consent_each"),
        ]

    def __str__(self) -> str:
        return f"{self.speaker} · {self.recording}"

    @property
    def is_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= clock.now()

    @property
    def ends_soon(self) -> bool:
        return (
            self.ends_at is not None
            and not self.is_ended
            and self.ends_at <= clock.now() + WARNED_BEFORE
        )

    @property
    def ends_on(self) -> date | None:
        """The last day on which it holds, in the event's zone."""
        if self.ends_at is None:
            return None
        last = self.ends_at - timedelta(microseconds=1)
        return last.astimezone(self.recording.event.zone).date()

    @classmethod
    def give(
        cls,
        recording: Recording,
        speaker: Speaker,
        *,
        given_on: date,
        ends_on: date | None = None,
        note: str = "",
    ) -> Consent:
        """Keep it until the end of that day, or without an end; again is fine."""
        ends_at = ends_on and datetime.combine(
            ends_on + timedelta(days=1), time(), recording.event.zone
        )
        consent, _is_new = cls.objects.update_or_create(
            recording=recording,
            speaker=speaker,
            defaults={"given_on": given_on, "ends_at": ends_at, "note": note},
        )
        return consent

    def warn(self) -> int:
        event = self.recording.event
        organisers = event.organisers.filter(is_active=True)
        for person in organisers:
            Mail.write(
                person,
                "consent-ends",
                event=event,
                way_in=WayIn.ENTRANCE,
                key=f"consent:{self.pk}:{self.ends_on}:{person.pk}",
                at_once=False,
                next_path=self.recording.edit_path,
                consent=self,
            )
        return len(organisers)
