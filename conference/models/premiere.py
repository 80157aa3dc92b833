from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.refusal import Refusal
from conference.models.recording import NotOpenYet

if TYPE_CHECKING:
    from collections.abc import Iterable

# Seconds of the film that playlists give beyond what plays now: players need some in advance.
ALLOWANCE = 20
# Between "start now" and the start, so that pages which wait are told in time.
NOTICE = timedelta(seconds=5)


# Before the start players may begin to load, lest thousands ask in the same instant.
EARLY = timedelta(seconds=5)


class TogetherOnly(NotOpenYet):
    """The recording has its premiere before it: alone nobody watches it yet."""


class NotNow(Refusal):
    """The premiere is in another state by now, or was turned by somebody else."""

    status = 409


class State(StrEnum):
    AHEAD = "ahead"
    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"


class PremiereQuerySet(models.QuerySet["Premiere"]):
    def unfinished(self) -> PremiereQuerySet:
        """Ahead, running or paused: what ``is_over`` denies, as the database sees it."""
        now = clock.now()
        begins_at = Coalesce("starts_at", "session__starts_at")
        return self.alias(ends_at=begins_at + F("recording__duration")).filter(
            Q(paused_at__lte=now) | Q(ends_at=None) | Q(ends_at__gt=now),
            Q(ended_at=None) | Q(ended_at__gt=now),
            Q(session__called_off_at=None) | Q(session__called_off_at__gt=now),
        )


class Premiere(models.Model):
    """A recording that plays for all at the same time, by the platform's clock.

    What plays follows from ``begins_at`` alone: a pause that is over has moved it by its
    length. Nobody is ahead of that: see ``Recording.open_to`` and ``released_until``. Since
    the plain video can be read to its end, a premiere needs a film in pieces (HLS).
    """

    session = models.OneToOneField(
        "conference.Session",
        models.CASCADE,
        related_name="premiere",
        verbose_name=_("item of the programme"),
    )
    recording = models.ForeignKey(
        "conference.Recording",
        models.CASCADE,
        related_name="premieres",
        verbose_name=_("recording"),
    )
    starts_at = models.DateTimeField(
        _("starts at"),
        null=True,
        blank=True,
        help_text=_("Empty: when the item of the programme starts."),
    )
    paused_at = models.DateTimeField(_("paused at"), null=True, editable=False)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)

    objects = PremiereQuerySet.as_manager()

    class Meta:
        verbose_name = _("premiere")
        verbose_name_plural = _("premieres")

    def __str__(self) -> str:
        return f"{self.session} · {self.recording}"

    def get_absolute_url(self) -> str:
        return self.session.get_absolute_url()

    @property
    def begins_at(self) -> datetime:
        return self.starts_at or self.session.starts_at

    @property
    def film_ends_at(self) -> datetime:
        """When it is over by itself, as things stand."""
        return self.begins_at + timedelta(seconds=self.recording.seconds)

    @property
    def over_at(self) -> datetime:
        """When it was over, or is going to be as things stand."""
        ends = [self.ended_at, None if self.paused_at else self.film_ends_at]
        return min(filter(None, ends), default=clock.now())

    @property
    def began_at(self) -> datetime:
        """Its first second, before any pause; one query, unless ``pauses`` are prefetched."""
        lengths = [pause.ended_at - pause.began_at for pause in self.pauses.all()]
        return self.begins_at - sum(lengths, timedelta())

    @property
    def is_delayed(self) -> bool:
        return self.begins_at > self.session.starts_at

    @property
    def is_over(self) -> bool:
        now = clock.now()
        if self.session.is_called_off or (self.ended_at and self.ended_at <= now):
            return True
        is_paused = self.paused_at and self.paused_at <= now
        return not is_paused and bool(self.recording.seconds) and self.film_ends_at <= now

    @property
    def state(self) -> State:
        now = clock.now()
        if self.is_over:
            return State.OVER
        if self.begins_at > now or not self.recording.seconds:
            return State.AHEAD
        return State.PAUSED if self.paused_at and self.paused_at <= now else State.RUNNING

    @property
    def is_ready(self) -> bool:
        """Whether there is a film that can be given piece by piece."""
        film = self.recording.film
        return bool(film and film.renditions)

    @property
    def shown_state(self) -> State:
        """What pages show: who has no film to see is still waiting."""
        is_waiting = self.state in (State.RUNNING, State.PAUSED) and not self.is_ready
        return State.AHEAD if is_waiting else self.state

    def position(self, moment: datetime | None = None) -> float:
        """The second of the film that plays for all; 0 before, its length afterwards."""
        stops = filter(None, [moment or clock.now(), self.paused_at, self.ended_at])
        seconds = (min(stops) - self.begins_at).total_seconds()
        return min(max(seconds, 0.0), self.recording.seconds)

    @property
    def released_until(self) -> float:
        """The second up to which its pieces may be fetched, by those for whom it is open."""
        return self.position() + ALLOWANCE

    @property
    def told(self) -> dict[str, Any]:
        """All that a page needs to play in step; times in milliseconds since 1970."""
        return {
            "begins": milliseconds(self.begins_at),
            "paused": milliseconds(self.paused_at),
            "ended": milliseconds(self.ended_at),
            "length": self.recording.seconds,
            "ready": self.is_ready,
        }

    def check_open(self, *, in_premiere: bool) -> None:
        """Raises ``TogetherOnly`` before it; until it is over, for all but what plays in it."""
        if self.begins_at - EARLY > clock.now():
            raise TogetherOnly(
                _("This recording has its premiere first: all watch it together.")
            )
        if not in_premiere:
            raise TogetherOnly(_("This recording has its premiere at this moment."))

    # -- what those who run the event may

    def delay(self, minutes: int) -> None:
        """Also when it should have begun and there was no film."""
        if self.state != State.AHEAD and self.is_ready:
            raise NotNow(_("The premiere has begun; it can be paused now."))
        self._turn(starts_at=max(self.begins_at, clock.now()) + timedelta(minutes=minutes))

    def start_now(self) -> None:
        """In a few seconds, so that all see the first picture."""
        if self.state != State.AHEAD:
            raise NotNow(_("The premiere has begun already."))
        if not self.is_ready:
            raise NotNow(_("The film is not ready yet: it is still being prepared."))
        self._turn(starts_at=clock.now() + NOTICE)

    def pause(self) -> None:
        if self.state != State.RUNNING:
            raise NotNow(_("The premiere is not running at the moment."))
        self._turn(paused_at=clock.now())

    @transaction.atomic
    def go_on(self) -> None:
        """From the same second: its beginning moves by the pause's length."""
        if self.state != State.PAUSED or self.paused_at is None:
            raise NotNow(_("The premiere is not paused."))
        paused_at, now = self.paused_at, clock.now()
        self._turn(starts_at=self.begins_at + (now - paused_at), paused_at=None)
        self.pauses.create(began_at=paused_at, ended_at=now)

    def end(self) -> None:
        """For all; the recording opens by its own rules from now on."""
        if self.state not in (State.RUNNING, State.PAUSED):
            raise NotNow(_("The premiere is not running at the moment."))
        self._turn(ended_at=clock.now())

    @transaction.atomic
    def rewind(self) -> None:
        """As if it had not begun: after a rehearsal, say."""
        self._turn(starts_at=None, paused_at=None, ended_at=None)
        self.pauses.all().delete()

    def _turn(self, **fields: datetime | None) -> None:
        """In one statement, unless it is not as this was read any more; tell the room."""
        as_read = {name: getattr(self, name) for name in ("starts_at", "paused_at", "ended_at")}
        if not Premiere.objects.filter(pk=self.pk, **as_read).update(**fields):
            raise NotNow(_("Somebody else has just changed the premiere."))
        for name, moment in fields.items():
            setattr(self, name, moment)
        tell = partial(live.tell_room, self.session.room_id, {"premiere": self.told})
        transaction.on_commit(tell, robust=True)

    # -- afterwards

    def seconds_at(self, moments: Iterable[datetime]) -> list[float | None]:
        """Which second of the film played at each moment of its premiere; None before and
        afterwards. One query.
        """
        pauses = list(self.pauses.all())
        return [self._second_at(moment, pauses) for moment in moments]

    def _second_at(self, moment: datetime, pauses: list[PremierePause]) -> float | None:
        """What is yet to be paused has already moved the beginning."""
        if moment > self.over_at:
            return None
        ahead = [pause.ended_at - max(pause.began_at, moment) for pause in pauses]
        seconds = sum(max(length.total_seconds(), 0.0) for length in ahead)
        seconds += (min(moment, self.paused_at or moment) - self.begins_at).total_seconds()
        return min(seconds, self.recording.seconds) if seconds >= 0 else None


class PremierePause(models.Model):
    """A pause that is over: it tells which second of the film played when."""

    premiere = models.ForeignKey(Premiere, models.CASCADE, related_name="pauses")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        verbose_name = _("pause of a premiere")
        verbose_name_plural = _("pauses of premieres")
        ordering = ["began_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gte=F("began_at")), name="pause_ends_after_its_beginning"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.premiere} · {self.began_at:%H:%M:%S}"


def milliseconds(moment: datetime | None) -> int | None:
    return round(moment.timestamp() * 1000) if moment else None
