from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.limits import count
from chat.refusal import Refusal
from conference.models.event import NotRegistered

if TYPE_CHECKING:
    from conference.models.person import Person
    from conference.models.recording import Recording

MOST_WORDS = 500  # characters
QUESTIONS = 10  # of one person …
PERIOD = 10 * 60  # … in so many seconds


class TooLate(Refusal):
    status = 409


class VideoQuestionQuerySet(models.QuerySet["VideoQuestion"]):
    def in_order(self) -> VideoQuestionQuerySet:
        """As the talks go; with all that a list shows."""
        return self.select_related("recording__event", "person").order_by(
            "recording__position", "recording", "seconds", "pk"
        )


class VideoQuestion(models.Model):
    """What somebody asks at a moment of an impulse talk, for the talk in the forum.

    Its moderators and the organisers read it, and put it away when it is dealt with.
    """

    recording = models.ForeignKey(
        "conference.Recording", models.CASCADE, related_name="video_questions"
    )
    person = models.ForeignKey(
        "conference.Person", models.CASCADE, related_name="video_questions"
    )
    seconds = models.FloatField(_("moment of the video"))
    body = models.TextField(_("question"), max_length=MOST_WORDS)
    asked_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)

    objects = VideoQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a video")
        verbose_name_plural = _("questions about videos")
        ordering = ["seconds", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(seconds__gte=0), name="question_in_the_video"),
        ]

    def __str__(self) -> str:
        return self.body[:80]

    def get_absolute_url(self) -> str:
        """The recording, at this moment of it."""
        event, recording = self.recording.event, self.recording
        return f"{reverse('recording', args=[event.slug, recording.slug])}#t={self.seconds:.0f}"

    @classmethod
    def ask(cls, recording: Recording, person: Person, seconds: float, body: str) -> None:
        """Whoever may watch it has been seen to. Raises ``NotRegistered``, ``TooLate`` or
        ``TooMany``.
        """
        if not recording.event.is_entered_by(person):
            raise NotRegistered(_("Questions are for people who are registered for the event."))
        if not recording.takes_questions:
            raise TooLate(_("No more questions are taken here: the forum is over."))
        count(f"video question by {person.pk}", QUESTIONS, seconds=PERIOD)
        seconds = min(seconds, recording.seconds) if recording.seconds else seconds
        cls.objects.create(recording=recording, person=person, seconds=seconds, body=body)

    def settle(self) -> None:
        """Put it away; again is fine."""
        self._set(clock.now())

    def reopen(self) -> None:
        self._set(None)

    def _set(self, settled_at: object) -> None:
        type(self).objects.filter(pk=self.pk).update(settled_at=settled_at)
        self.refresh_from_db(fields=["settled_at"])
