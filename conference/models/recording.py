from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference import vtt
from conference.models.consent import Consent
from conference.models.event import NotRegistered
from conference.models.material import Material
from conference.models.text_track import TextTrack
from conference.models.video import Video
from conference.models.watched_minute import count_minute

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models.person import Person
    from conference.models.premiere import Premiere

# Who stopped this close to the end (or to the start) begins anew, as a part of the length.
EDGE = 0.02


class NotOpenYet(Refusal):
    status = 403


class ConsentEnded(Refusal):
    """Somebody who speaks in it had allowed it until now."""

    status = 403


class RecordingQuerySet(models.QuerySet["Recording"]):
    def edited_by(self, person: Person | AnonymousUser) -> RecordingQuerySet:
        """As ``Recording.is_edited_by`` has it."""
        if person.is_superuser:
            return self
        return self.filter(
            Q(event__organisers=person.pk or 0) | Q(speakers__person=person.pk or 0)
        ).distinct()

    def visible_to(self, person: Person | AnonymousUser) -> RecordingQuerySet:
        """Opened ones, for who is registered; for everyone from ``public_from`` on.

        None before its premiere is over, or once a speaker's consent has ended.
        """
        from conference.models.premiere import Premiere  # it imports this in turn

        now = clock.now()
        if person.is_superuser:
            return self
        mine = Q(available_from__lte=now) & Q(
            event__registrations__person=person.pk or 0,
            event__registrations__confirmed_at__isnull=False,
        )
        in_premiere = Exists(Premiere.objects.unfinished().filter(recording=OuterRef("pk")))
        return self.filter(
            Q(mine | Q(public_from__lte=now)) & ~Q(in_premiere) & ~Q(is_withdrawn())
            | Q(event__organisers=person.pk or 0)
        ).distinct()

    def shown(self) -> RecordingQuerySet:
        """Without those that a speaker no longer consents to."""
        return self.exclude(is_withdrawn())

    def in_order(self) -> RecordingQuerySet:
        """As the event goes: by their sessions, then by their forums; two queries."""
        return (
            self.select_related("event", "session__event", "forum")
            .prefetch_related("speakers")
            .order_by(
                F("session__starts_at").asc(nulls_last=True),
                F("forum__number").asc(nulls_last=True),
                "position",
                "pk",
            )
        )

    def with_position_of(self, person: Person | AnonymousUser) -> RecordingQuerySet:
        """Each with a list ``mine``: where the person stopped, if they began; one query."""
        mine = WatchPosition.objects.filter(person=person.pk or 0)
        return self.prefetch_related(Prefetch("positions", mine, to_attr="mine"))


class Recording(models.Model):
    """A video to watch: dialogue, greeting, keynote, or a forum's impulse talk."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="recordings", verbose_name=_("event")
    )
    session = models.ForeignKey(
        "conference.Session",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="recordings",
        verbose_name=_("session"),
    )
    forum = models.ForeignKey(
        "conference.Forum",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="recordings",
        verbose_name=_("forum"),
    )
    slug = models.SlugField(_("address"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    speakers = models.ManyToManyField(
        "conference.Speaker", verbose_name=_("speakers"), related_name="recordings", blank=True
    )
    available_from = models.DateTimeField(_("opens at"))
    public_from = models.DateTimeField(_("for everyone from"), null=True, blank=True)
    duration = models.DurationField(_("length"), null=True, blank=True)
    poster = models.ImageField(_("poster"), upload_to="recordings/", blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="recording_has_its_address"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("recording", args=[self.event.slug, self.slug])

    @property
    def edit_path(self) -> str:
        return reverse("recording_edit", args=[self.event.slug, self.slug])

    @property
    def is_open(self) -> bool:
        return self.available_from <= clock.now()

    @property
    def is_public(self) -> bool:
        return bool(self.public_from and self.public_from <= clock.now())

    @property
    def seconds(self) -> float:
        """Its length; 0 when nobody knows."""
        return self.duration.total_seconds() if self.duration else 0.0

    @property
    def film(self) -> Video | None:
        return self.video_of(Video.Kind.FILM)

    def video_of(self, kind: str) -> Video | None:
        """The newest that is ready."""
        ready = [video for video in self.videos.all() if video.kind == kind and video.is_ready]
        return ready[-1] if ready else None

    @property
    def texts(self) -> list[TextTrack]:
        """Those that are shown: drafts wait until somebody has checked them."""
        return [text for text in self.tracks.all() if not text.is_draft]

    def texts_of(self, kind: str) -> list[TextTrack]:
        """The page's language first, then the event's."""
        first = [get_language(), self.event.language]
        texts = [text for text in self.texts if text.kind == kind]
        return sorted(
            texts, key=lambda text: first.index(text.language) if text.language in first else 2
        )

    @property
    def unwritten_texts(self) -> list[TextTrack]:
        """Of each kind and language that there is none of yet."""
        there = {(text.kind, text.language) for text in self.tracks.all()}
        return [
            TextTrack(kind=kind, language=language)
            for kind in TextTrack.Kind
            for language, _name in settings.LANGUAGES
            if (kind, language) not in there
        ]

    def text_of(self, kind: str) -> TextTrack | None:
        """In the page's language, else in the event's, else in any."""
        return next(iter(self.texts_of(kind)), None)

    @property
    def cues(self) -> list[vtt.Cue]:
        """The captions' texts: the transcript."""
        text = self.text_of(TextTrack.Kind.CAPTIONS)
        return text.cues if text else []

    @property
    def parts(self) -> list[vtt.Cue]:
        text = self.text_of(TextTrack.Kind.CHAPTERS)
        return text.cues if text else []

    def take_over(self, film: Video) -> None:
        """What its film knows: how long it is, and what it looks like where nobody has said."""
        self.duration = film.duration
        if not self.poster:
            with film.file("poster.webp").open() as poster:
                self.poster.save(f"{self.slug}.webp", poster, save=False)
        self.save(update_fields=["duration", "poster"])

    def is_edited_by(self, person: Person | AnonymousUser) -> bool:
        """Those who run the event, and the recording's speakers who have an account."""
        return self.event.is_run_by(person) or (
            person.is_authenticated and self.speakers.filter(person=person.pk).exists()
        )

    @cached_property
    def premiere(self) -> Premiere | None:
        """The one that is not over yet; for as long as this instance lives."""
        from conference.models.premiere import Premiere  # it imports this in turn

        unfinished = Premiere.objects.unfinished().filter(recording=self)
        if premiere := unfinished.select_related("session__event").first():
            premiere.recording = self
        return premiere

    def open_to(self, person: Person | AnonymousUser, *, in_premiere: bool = False) -> None:
        """Raises ``NotRegistered``, ``NotOpenYet`` or ``ConsentEnded``.

        That is for whom it is not ``visible_to``.

        With ``in_premiere`` it is open while that runs: for what plays there, and lets nobody
        be ahead. All else, such as the plain video, waits until it is over.
        """
        if self.is_edited_by(person):
            return
        if self.consents.ended().exists():
            raise ConsentEnded(_("This recording is not shown any more."))
        if self.is_public and not self.premiere:
            return
        if not (self.is_public or self.event.is_entered_by(person)):
            raise NotRegistered(
                _("This recording is for people who are registered for the event.")
            )
        if self.premiere:
            self.premiere.check_open(in_premiere=in_premiere)
        elif not self.is_open:
            raise NotOpenYet(_("This recording is not open yet."))

    def released_until(self, person: Person | AnonymousUser) -> float | None:
        """The second at which its playlists end for now; None: they give all of it."""
        if self.premiere is None or self.is_edited_by(person):
            return None
        return self.premiere.released_until

    @property
    def takes_questions(self) -> bool:
        """Impulse talks do, for as long as their forum is still to be held."""
        ahead = Q(round__ends_at__gt=clock.now(), round__called_off_at=None)
        return self.forum is not None and self.forum.slots.filter(ahead).exists()

    # -- watching

    def stopped_by(self, person: Person, seconds: float) -> None:
        """Keep where the person stopped; again is fine, the last word counts."""
        seconds = max(seconds, 0.0)
        if self.duration:
            seconds = min(seconds, self.seconds)
        before = self.positions.filter(person=person).values_list("seconds", flat=True).first()
        WatchPosition.objects.update_or_create(
            recording=self,
            person=person,
            defaults={"seconds": seconds, "saved_at": clock.now()},
        )
        count_minute(self, before, seconds)

    def resumed_by(self, person: Person | AnonymousUser) -> float:
        """The second at which the person goes on: 0 for who has not begun, or seen it all."""
        position = self.positions.filter(person=person.pk or 0).first()
        if position is None or position.is_at_edge:
            return 0.0
        return position.seconds


def is_withdrawn() -> Exists:
    """Of a recording in a query: whether a consent has ended."""
    return Exists(Consent.objects.ended().filter(recording=OuterRef("pk")))


class RecordingMaterial(Material):
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="materials")

    class Meta(Material.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")


class WatchPosition(models.Model):
    """Where a person stopped watching, so that any device resumes there."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="positions")
    person = models.ForeignKey(
        "conference.Person", models.CASCADE, related_name="watch_positions"
    )
    seconds = models.FloatField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("position in a recording")
        verbose_name_plural = _("positions in recordings")
        constraints = [
            models.UniqueConstraint(fields=["recording", "person"], name="one_position_each"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="position_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.recording}"

    @property
    def is_at_edge(self) -> bool:
        """At the start or the end, where there is nothing to resume."""
        length = self.recording.seconds
        return self.seconds <= length * EDGE or bool(
            length and self.seconds >= length * (1 - EDGE)
        )

    @property
    def is_at_end(self) -> bool:
        return self.is_at_edge and self.seconds > self.recording.seconds * EDGE
