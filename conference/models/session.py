from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import HasRoom, Role
from chat.refusal import Refusal
from conference.models.event import NotRegistered
from conference.models.in_calendar import InCalendar
from conference.models.mark import Mark
from conference.models.recording import Recording

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from chat.models import Membership
    from conference.models.person import Person


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, person: Person | AnonymousUser) -> SessionQuerySet:
        if person.is_superuser:
            return self
        return self.filter(
            models.Q(event__published_at__lte=clock.now())
            | models.Q(event__organisers=person.pk or 0)
        ).distinct()

    def in_programme(self, person: Person | AnonymousUser) -> SessionQuerySet:
        """With all that an entry of the programme shows this person; three queries."""
        recordings = Recording.objects.visible_to(person)
        return self.select_related("event").prefetch_related(
            "speakers", models.Prefetch("recordings", recordings)
        )

    def marked_by(self, person: Person) -> SessionQuerySet:
        return self.filter(marks__person=person)

    def running_at(self, moment: datetime) -> SessionQuerySet:
        return self.filter(starts_at__lte=moment, ends_at__gt=moment)

    def after(self, moment: datetime) -> SessionQuerySet:
        return self.filter(starts_at__gt=moment)


class Session(InCalendar, HasRoom):
    """One entry of the programme. A round of forums is a session that holds slots."""

    class Kind(models.TextChoices):
        GREETING = "greeting", _("Greeting")
        DIALOGUE = "dialogue", _("Dialogue")
        KEYNOTE = "keynote", _("Keynote")
        PLENARY = "plenary", _("Plenary")
        TALKS = "talks", _("Impulse talks")
        MARKET = "market", _("Market of possibilities")
        ROUND = "round", _("Forums")
        BREAK = "break", _("Break")

    WITH_CHAT = (Kind.GREETING, Kind.DIALOGUE, Kind.KEYNOTE, Kind.PLENARY)

    lies_in = "event"
    calendar_facts = ("title", "abstract", "slug", "starts_at", "ends_at", "called_off_at")
    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="sessions", verbose_name=_("event")
    )
    slug = models.SlugField(_("address"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=200)
    abstract = models.TextField(_("abstract"), blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    speakers = models.ManyToManyField(
        "conference.Speaker", verbose_name=_("speakers"), related_name="sessions", blank=True
    )

    objects = SessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        ordering = ["starts_at", "ends_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="session_has_its_address"),
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="session_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("session", args=[self.event.slug, self.slug])

    @property
    def day(self) -> date:
        return self.starts_at.astimezone(self.event.zone).date()

    @property
    def is_running(self) -> bool:
        return self.starts_at <= clock.now() < self.ends_at

    @property
    def is_past(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def has_chat(self) -> bool:
        """People talk in what all attend; forums and stands have rooms of their own."""
        return self.kind in self.WITH_CHAT

    def mark_for(self, person: Person) -> None:
        """Put it into the person's programme; again is fine."""
        Mark.objects.get_or_create(person=person, session=self)

    def unmark_for(self, person: Person) -> None:
        self.marks.filter(person=person).delete()

    @property
    def previous(self) -> Session | None:
        return self._neighbours.filter(
            Q(starts_at__lt=self.starts_at) | Q(starts_at=self.starts_at, pk__lt=self.pk)
        ).last()

    @property
    def next(self) -> Session | None:
        return self._neighbours.filter(
            Q(starts_at__gt=self.starts_at) | Q(starts_at=self.starts_at, pk__gt=self.pk)
        ).first()

    @property
    def _neighbours(self) -> SessionQuerySet:
        rows = Session.objects.filter(event=self.event_id).exclude(kind=self.Kind.BREAK)
        return rows.select_related("event").order_by("starts_at", "pk")

    def enter(self, person: Person | AnonymousUser) -> Membership:
        """Open the room; speakers keep it, organisers run it. Raises ``NotRegistered`` or
        ``Banned``.
        """
        if not self.event.is_entered_by(person):
            raise NotRegistered(_("The chat is for people who are registered for the event."))
        role = Role.HOST if self.speakers.filter(person=person).exists() else Role.MEMBER
        if self.event.is_run_by(person):
            role = Role.MODERATOR
        return self.room.admit(person, role)

    def see_out_hosts(self) -> None:
        """Who speaks here no longer keeps the room no longer; they may stay in it as what they
        are now, or leave it.
        """
        hosts = self.room.memberships.filter(role=Role.HOST)
        for seat in hosts.exclude(person__speakers__sessions=self).select_related("person"):
            try:
                self.enter(seat.person)
            except Refusal:
                self.room.dismiss(seat.person)
