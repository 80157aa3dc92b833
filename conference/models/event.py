from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, TypeGuard
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import HasRoom, Role
from chat.models.room import RoomQuerySet, rooms_in
from chat.refusal import Refusal
from conference.models.in_calendar import InCalendar
from conference.models.mail import Mail, WayIn

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from chat.models import Membership
    from conference.models.person import Person
    from conference.models.registration import Registration
    from conference.models.session import Session


class NotRegistered(Refusal):
    status = 403


def validate_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone."), params={"name": name})


class Standing(StrEnum):
    """What somebody is to an event; who is the same to it may see the same of it."""

    OUTSIDER = "outsider"
    ATTENDEE = "attendee"
    ORGANISER = "organiser"


class EventQuerySet(models.QuerySet["Event"]):
    def published(self) -> EventQuerySet:
        return self.filter(published_at__lte=clock.now())

    def visible_to(self, person: Person | AnonymousUser) -> EventQuerySet:
        """What is published; organisers see theirs before."""
        if person.is_superuser:
            return self
        return self.filter(
            models.Q(published_at__lte=clock.now()) | models.Q(organisers__id=person.pk or 0)
        ).distinct()

    def run_by(self, person: Person) -> EventQuerySet:
        """As ``Event.is_run_by`` has it."""
        return self if person.is_superuser else self.filter(organisers=person)

    def ahead(self) -> EventQuerySet:
        """On now or still to come, the next one first."""
        return self.filter(ends_at__gt=clock.now()).order_by("starts_at")

    def taking_registrations(self) -> EventQuerySet:
        now = clock.now()
        return self.published().filter(
            models.Q(registration_closes_at=None) | models.Q(registration_closes_at__gt=now),
            registration_opens_at__lte=now,
            ends_at__gt=now,
            called_off_at=None,
        )

    def settle_places(self) -> None:
        """In all events that are on or ahead; see ``Event.settle_places``."""
        for event in self.ahead():
            event.settle_places()

    def over(self) -> EventQuerySet:
        return self.filter(ends_at__lte=clock.now())


class Event(InCalendar, HasRoom):
    """One expert day of the series, from the save-the-date to its documentation.

    Its room is the foyer. Times are aware and kept in UTC; people see them in
    ``time_zone`` (an IANA name).
    """

    class Form(models.TextChoices):
        ONLINE = "online", _("online")
        ON_SITE = "on_site", _("on site")

    # Before a round, those who have a place in it; the reminder a week before the event does.
    ASKS_WHETHER_COMING = timedelta(days=10)

    lies_in = "pk"
    calendar_facts = (
        *("title", "subtitle", "slug", "form", "venue", "starts_at", "ends_at", "time_zone"),
        "called_off_at",
    )
    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=160)
    subtitle = models.CharField(_("subtitle"), max_length=240, blank=True)
    language = models.CharField(_("language of the texts"), max_length=5, default="de")
    form = models.CharField(_("form"), max_length=10, choices=Form, default=Form.ONLINE)
    venue = models.CharField(_("venue"), max_length=160, blank=True)
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="Europe/Berlin", validators=[validate_zone]
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    registration_opens_at = models.DateTimeField(
        _("registration opens at"), null=True, blank=True
    )
    registration_closes_at = models.DateTimeField(
        _("registration closes at"), null=True, blank=True
    )
    market_opens_at = models.DateTimeField(_("market opens at"), null=True, blank=True)
    # Registrations of people who had themselves deleted since it began: counts outlive names.
    nameless = models.PositiveIntegerField(default=0, editable=False)
    description = models.TextField(_("what it is about"), blank=True)
    audience = models.TextField(_("for whom"), blank=True)
    hosted_by = models.TextField(_("by whom"), blank=True)
    technical_notes = models.TextField(_("technical notes"), blank=True)
    review = models.TextField(_("review"), blank=True)
    contact_name = models.CharField(_("contact"), max_length=160, blank=True)
    contact_email = models.EmailField(_("contact's e-mail address"), blank=True)
    contact_phone = models.CharField(_("contact's telephone"), max_length=40, blank=True)
    picture = models.ImageField(_("picture"), upload_to="events/", blank=True)
    picture_text = models.CharField(_("picture in words"), max_length=240, blank=True)
    places_per_person = models.PositiveSmallIntegerField(
        _("places of one person"),
        default=1,
        validators=[MinValueValidator(1), MaxValueValidator(9)],
        help_text=_("So many may one person hold in the whole event, one in each round."),
    )
    gives_places_at_once = models.BooleanField(
        _("give free places at once to those who wait"),
        default=False,
        help_text=_(
            "Otherwise a place is offered, and they decide. Whoever would give up another "
            "place for it is always asked."
        ),
    )
    offer_minutes = models.PositiveIntegerField(
        _("minutes to answer an offer"), default=24 * 60, validators=[MinValueValidator(5)]
    )
    places_change_until = models.DateTimeField(
        _("places may be changed and returned until"),
        null=True,
        blank=True,
        help_text=_("Empty: until the round is over."),
    )
    no_shows_after = models.PositiveSmallIntegerField(
        _("minutes after which the places of those absent go on"),
        null=True,
        blank=True,
        help_text=_("From the start of a round, if somebody waits. Empty: they keep them."),
    )
    organisers = models.ManyToManyField(
        "conference.Person",
        verbose_name=_("organisers"),
        related_name="organised_events",
        blank=True,
    )

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")),
                name="event_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(places_per_person__range=(1, 9)), name="places_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("event", args=[self.slug])

    @property
    def entrance_path(self) -> str:
        """Where somebody lands who has just logged in."""
        return reverse("foyer", args=[self.slug])

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def is_over(self) -> bool:
        return self.ends_at <= clock.now()

    @property
    def is_on(self) -> bool:
        return self.starts_at <= clock.now() < self.ends_at

    @property
    def takes_registrations(self) -> bool:
        now = clock.now()
        opens, closes = self.registration_opens_at, self.registration_closes_at
        is_open = opens and opens <= now and (closes is None or now < closes)
        return bool(is_open and now < self.ends_at and not self.is_called_off)

    @property
    def registration_is_ahead(self) -> bool:
        return bool(self.registration_opens_at and self.registration_opens_at > clock.now())

    @property
    def registration_is_to_come(self) -> bool:
        """Announced: at a moment that is known or not, people will be able to register."""
        is_ahead = self.registration_is_ahead or self.registration_opens_at is None
        return is_ahead and not (self.is_over or self.is_called_off)

    @property
    def seconds_to_turn(self) -> float | None:
        """Until its life goes on: registration opens or closes, it begins or ends."""
        now = clock.now()
        turns = (
            *(self.registration_opens_at, self.registration_closes_at),
            *(self.starts_at, self.ends_at),
        )
        ahead = [(turn - now).total_seconds() for turn in turns if turn and turn > now]
        return min(ahead, default=None)

    @property
    def rooms(self) -> RoomQuerySet:
        """Its foyer, and those of all that lies in it."""
        return rooms_in(Event.objects.filter(pk=self.pk))

    @property
    def market_is_open(self) -> bool:
        return bool(self.market_opens_at and self.market_opens_at <= clock.now())

    @property
    def parts(self) -> set[str]:
        """Which of "sessions", "forums" and "recordings" (open ones) there are; one query."""
        there = {
            "has_sessions": models.Exists(self.sessions.all()),
            "has_forums": models.Exists(self.forums.all()),
            "has_recordings": models.Exists(
                self.recordings.filter(available_from__lte=clock.now())
            ),
        }
        found = Event.objects.filter(pk=self.pk).values(**there).get()
        return {name.removeprefix("has_") for name, is_there in found.items() if is_there}

    def is_organised_by(self, person: Person | AnonymousUser) -> bool:
        return self.organisers.filter(pk=person.pk).exists()

    def is_run_by(self, person: Person | AnonymousUser) -> TypeGuard[Person]:
        """Its organisers; superusers run all."""
        return person.is_superuser or self.is_organised_by(person)

    def is_entered_by(self, person: Person | AnonymousUser) -> TypeGuard[Person]:
        """Confirmed registrations and who runs it; leads and moderators are registered too."""
        return person.is_authenticated and (
            person.is_superuser
            or self.registrations.confirmed().filter(person=person.pk).exists()
            or self.is_organised_by(person)
        )

    def standing_of(self, person: Person | AnonymousUser) -> Standing:
        """As ``is_run_by`` and ``is_entered_by`` have it; one query."""
        if person.is_superuser:
            return Standing.ORGANISER
        if not person.is_authenticated:
            return Standing.OUTSIDER
        organises = models.Exists(self.organisers.filter(pk=person.pk))
        attends = models.Exists(self.registrations.confirmed().filter(person=person.pk))
        found = Event.objects.filter(pk=self.pk).values_list(organises, attends).get()
        if found[0]:
            return Standing.ORGANISER
        return Standing.ATTENDEE if found[1] else Standing.OUTSIDER

    def now_and_next(self) -> tuple[list[Session], list[Session]]:
        """What runs, and what starts next (all that start together); two queries."""
        sessions = self.sessions.filter(called_off_at=None).select_related("event")
        now = clock.now()
        ahead = list(sessions.after(now)[:12])
        return list(sessions.running_at(now)), [
            session for session in ahead if session.starts_at == ahead[0].starts_at
        ]

    def at(self, day: int, hour: int, minute: int = 0) -> datetime:
        """The moment on the event's n-th day (1 = first) at this local time."""
        first = self.starts_at.astimezone(self.zone).date()
        return datetime.combine(
            first + timedelta(days=day - 1), datetime.min.time(), self.zone
        ).replace(hour=hour, minute=minute)

    def enrol(self, person: Person) -> Registration:
        """Register the person on the organisers' word; again is fine."""
        now = clock.now()
        registration, _is_new = self.registrations.get_or_create(
            person=person, defaults={"registered_at": now, "confirmed_at": now}
        )
        if registration.confirmed_at is None:
            registration.confirmed_at = now
            registration.save(update_fields=["confirmed_at"])
        return registration

    @transaction.atomic
    def invite(self, person: Person, *, role: str, what: str, path: str) -> None:
        """Register somebody with a part in it, and mail them the way to it."""
        self.enrol(person)
        Mail.write(
            person,
            "invited",
            event=self,
            way_in=WayIn.ENTRANCE,
            next_path=path,
            role=role,
            what=what,
        )

    def enter(self, person: Person | AnonymousUser) -> Membership:
        """Open the foyer; raises ``NotRegistered`` or ``Banned``."""
        if not self.is_entered_by(person):
            raise NotRegistered(_("This is for people who are registered for the event."))
        role = Role.MODERATOR if self.is_run_by(person) else Role.MEMBER
        return self.room.admit(person, role)

    def settle_places(self, *, thoroughly: bool = False) -> None:
        """Let all that is due happen: offers that end, contingents that open, no-shows.

        Whoever acts on places says it first, and a task every now and then; one query while
        nothing is due, unless ``thoroughly``. Again, and in several processes at once, is
        fine.
        """
        from conference.models import waiting  # it imports this in turn

        if thoroughly or waiting.is_due(self):
            waiting.settle(self)

    @transaction.atomic
    def move(self, days: int) -> None:
        """Hold it this many days later (or earlier), at the same hours of its zone."""
        from conference.models.premiere import Premiere, PremierePause  # they import this

        shift_days(self, days, self.zone)
        forums = self.forums.prefetch_related("slots__contingents")
        slots = (slot for forum in forums for slot in forum.slots.all())
        contingents = (row for slot in slots for row in slot.contingents.all())
        premieres = Premiere.objects.filter(session__event=self)
        pauses = PremierePause.objects.filter(premiere__in=premieres)
        for row in (*self.sessions.all(), *self.recordings.all(), *contingents):
            shift_days(row, days, self.zone)
        for row in (*premieres, *pauses):
            shift_days(row, days, self.zone)

    def roles_of(self, person: Person) -> list[str]:
        """What the person is here, in words, the weightiest first; four queries at most.

        Leads of stands are the market's to name.
        """
        roles = [
            (_("Organiser"), self.organisers.filter(pk=person.pk)),
            (_("Moderator"), person.moderated_slots.filter(forum__event=self)),
            (_("Speaker"), self.speakers.filter(person=person)),
            (_("Attendee"), self.registrations.filter(person=person)),
        ]
        return [str(role) for role, rows in roles if rows.exists()]


def shift_days(row: models.Model, days: int, zone: ZoneInfo) -> None:
    """Move all times of the row by whole days; 9:00 stays 9:00 when the clocks change."""
    times = [
        field.name for field in row._meta.fields if isinstance(field, models.DateTimeField)
    ]
    for name in times:
        if moment := getattr(row, name):
            local = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=days)
            setattr(row, name, local.replace(tzinfo=zone))
    row.save(update_fields=times)
