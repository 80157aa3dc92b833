from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeGuard

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import HasRoom, Role
from chat.refusal import Refusal
from conference.models.event import NotRegistered
from conference.models.forum import Forum

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from chat.models import Membership
    from conference.models.contingent import Contingent
    from conference.models.event import Event
    from conference.models.person import Person
    from conference.models.place import Place
    from conference.models.registration import Registration
    from conference.models.waiting import Waiting


class SlotFull(Refusal):
    status = 409


class AlreadyPlaced(Refusal):
    status = 409


class RoundOver(Refusal):
    status = 409


class TooLate(Refusal):
    status = 409


class NoPlace(Refusal):
    status = 403


class DoorShut(Refusal):
    """Not yet: the page waits with the person, which is no error."""

    status = 200


DOOR_OPENS_BEFORE = timedelta(minutes=10)
FREE = F("capacity") - F("taken") - F("offered") - F("held")
COUNTERS = ["taken", "offered", "held"]


class SlotQuerySet(models.QuerySet["Slot"]):
    def lock_all_of(self, event: Event | int) -> dict[int, Slot]:
        """Let nobody else give or take a place in this event before the transaction ends.

        Whoever needs more than one slot takes them all, in one order, lest two who change
        places wait for each other; whoever needs one (``Slot._take_free``) takes no other.
        A registration is locked after its slots.
        """
        slots = self.filter(forum__event=event).select_related("forum__event", "round", "room")
        locked = slots.select_for_update(of=["self"], no_key=True).order_by("pk")
        return {slot.pk: slot for slot in locked}


class Slot(HasRoom):
    """One forum in one round: a live room with a number of places.

    Each of its places is taken, offered to somebody who waits, held back for a group, or
    free. While one is free nobody waits for it: all verbs keep to that.
    """

    lies_in = "forum__event"
    forum = models.ForeignKey(
        Forum, models.CASCADE, related_name="slots", verbose_name=_("forum")
    )
    round = models.ForeignKey(
        "conference.Session", models.CASCADE, related_name="slots", verbose_name=_("round")
    )
    capacity = models.PositiveIntegerField(_("places"), default=25)
    taken = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
    offered = models.PositiveIntegerField(_("places on offer"), default=0, editable=False)
    held = models.PositiveIntegerField(_("places held back"), default=0, editable=False)
    webinar_url = models.URLField(
        _("address of the video conference"),
        blank=True,
        help_text=_("Shown to those in the room, from ten minutes before the start."),
    )
    moderators = models.ManyToManyField(
        "conference.Person",
        verbose_name=_("moderators"),
        related_name="moderated_slots",
        blank=True,
    )

    objects = SlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["round__starts_at", "forum__number"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "round"], name="one_slot_per_round"),
            models.CheckConstraint(
                condition=Q(capacity__gte=F("taken") + F("offered") + F("held")),
                name="slot_not_overbooked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forum} ({self.round})"

    def get_absolute_url(self) -> str:
        return reverse("slot", args=[self.forum.event.slug, self.forum.number, self.pk])

    def save(self, *, update_fields: Any = None, **kwargs: Any) -> None:
        """What is counted changes in the database only, never by what somebody had read."""
        if update_fields is None and self.pk and not self._state.adding:
            update_fields = {field.name for field in self._meta.concrete_fields}
            update_fields -= {"id", *COUNTERS}
        super().save(update_fields=update_fields, **kwargs)

    @property
    def free(self) -> int:
        return self.capacity - self.taken - self.offered - self.held

    @property
    def is_full(self) -> bool:
        return self.free <= 0

    @property
    def is_off(self) -> bool:
        return self.round.is_called_off or self.forum.event.is_called_off

    @property
    def is_shut(self) -> bool:
        """Nobody gets a place here any more."""
        return self.round.is_past or self.is_off

    @property
    def door_opens_at(self) -> datetime:
        return self.round.starts_at - DOOR_OPENS_BEFORE

    @property
    def door_is_open(self) -> bool:
        return self.door_opens_at <= clock.now()

    def is_run_by(self, person: Person | AnonymousUser) -> TypeGuard[Person]:
        return self.moderators.filter(pk=person.pk).exists() or self.forum.event.is_run_by(
            person
        )

    def is_held_by(self, person: Person | AnonymousUser) -> bool:
        return self.places.filter(registration__person=person.pk).exists()

    def clean(self) -> None:
        """In the administration's transaction nobody takes a place between this and saving."""
        if self.pk is None or self.capacity is None:
            return
        with transaction.atomic():
            now = Slot.objects.lock_all_of(self.forum.event_id)[self.pk]
        if self.capacity < now.capacity - now.free:
            raise ValidationError({"capacity": _("More places than that are already given.")})
        if self.round_id != now.round_id and (now.taken or now.offered):
            raise ValidationError({"round": _("People have places here, for this very round.")})

    # -- places

    def book(
        self, registration: Registration, *, instead: bool = False, code: str = ""
    ) -> Place:
        """Give this person a place, out of a contingent with its ``code``.

        Whoever may hold no more gives one up for it, when they say so (``instead``): the
        other of the same round, or else the last that they took. Raises ``SlotFull``,
        ``AlreadyPlaced``, ``RoundOver``, ``TooLate``, ``WrongCode`` or ``ContingentUsed``;
        the old place is then kept.
        """
        self.check_open(registration)
        self.forum.event.settle_places()
        places = registration.held_places()
        if here := self._place_in(places):
            return here
        given_up = registration.given_up_for(self, places)
        if given_up and not instead:
            raise AlreadyPlaced(_("You already have a place in another forum."))
        if given_up:
            given_up.check_changeable()
        if given_up or code or registration.waits_for(self):
            return self._change(registration, code, instead=instead)
        return self._take_free(registration)

    def check_open(self, registration: Registration) -> None:
        """Raises ``NotRegistered`` or ``RoundOver``."""
        if registration.event_id != self.forum.event_id:
            raise NotRegistered(_("You are registered for another event."))
        if registration.confirmed_at is None:
            raise NotRegistered(_("Please confirm your registration first."))
        if self.is_off:
            raise RoundOver(_("This round is called off."))
        if self.round.is_past:
            raise RoundOver(_("This round is over."))

    @transaction.atomic
    def _take_free(self, registration: Registration) -> Place:
        """One row is locked, so that the crowd of the first minutes waits for each other
        slot by slot only.
        """
        if (
            not Slot.objects.filter(pk=self.pk)
            .filter(taken__lt=FREE + F("taken"))
            .update(taken=F("taken") + 1)
        ):
            raise SlotFull(_("All places in this forum are taken."))
        registration.lock()
        places = registration.held_places()
        if here := self._place_in(places):  # a second click was as quick
            self.count(taken=-1)
            return here
        if registration.given_up_for(self, places):
            raise AlreadyPlaced(_("You already have a place in another forum."))
        place = registration.add_place(self, places)
        place.mail("place-given")
        return place

    @transaction.atomic
    def _change(self, registration: Registration, code: str, *, instead: bool) -> Place:
        """Asks again what they would give up: they may have got it just now."""
        slot = Slot.objects.lock_all_of(self.forum.event_id)[self.pk]
        registration.lock()
        places = registration.held_places()
        if here := slot._place_in(places):
            return here
        if given_up := registration.given_up_for(slot, places):
            if not instead:
                raise AlreadyPlaced(_("You already have a place in another forum."))
            given_up.check_changeable()
        contingent = slot.contingent_of(code) if code else None
        offer = slot.offers.filter(registration=registration).first()
        if contingent:
            contingent.use()
        elif offer:
            slot.count(taken=1, offered=-1)
            offer.delete()
        elif slot.free > 0:
            slot.count(taken=1)
        else:
            raise SlotFull(_("All places in this forum are taken."))
        place = slot.seat(registration, contingent)
        self.refresh_from_db(fields=COUNTERS)
        return place

    def _place_in(self, places: list[Place]) -> Place | None:
        return next((place for place in places if place.slot_id == self.pk), None)

    def contingent_of(self, code: str) -> Contingent:
        """Raises ``WrongCode`` or ``ContingentReleased``."""
        from conference.models.contingent import Contingent  # it imports this in turn

        return Contingent.objects.of_code(self, code)

    def wait(self, registration: Registration) -> Waiting:
        """Wait for a place in this round; see ``Waiting.join``."""
        from conference.models.waiting import Waiting

        return Waiting.join(registration, self.forum, self)

    @transaction.atomic
    def give(
        self, registration: Registration, reason: str = "", *, one_more: bool = False
    ) -> Place:
        """On the organisers' word: past all who wait and, with ``one_more``, past capacity.

        Raises ``SlotFull``, ``NotRegistered`` or ``RoundOver``.
        """
        self.check_open(registration)
        slot = Slot.objects.lock_all_of(self.forum.event_id)[self.pk]
        registration.lock()
        if here := slot._place_in(registration.held_places()):
            return here
        if offer := slot.offers.filter(registration=registration).first():
            slot.count(taken=1, offered=-1)
            offer.delete()
        elif slot.free > 0:
            slot.count(taken=1)
        elif one_more:
            slot.count(taken=1, capacity=1)
        else:
            raise SlotFull(_("All places in this forum are taken."))
        place = slot.seat(registration, reason=reason)
        self.refresh_from_db(fields=[*COUNTERS, "capacity"])
        return place

    @transaction.atomic
    def resize(self, capacity: int) -> None:
        """More places are given at once to those who wait. Raises ``SlotFull``."""
        slot = Slot.objects.lock_all_of(self.forum.event_id)[self.pk]
        if capacity < slot.capacity - slot.free:
            raise SlotFull(_("More places than that are already given."))
        slot.count(capacity=capacity - slot.capacity)
        slot.fill()
        self.refresh_from_db(fields=[*COUNTERS, "capacity"])

    def release(self, registration: Registration) -> None:
        """Take the place back, if the person has one here."""
        if place := self.places.filter(registration=registration).first():
            place.give_back()
            self.refresh_from_db(fields=COUNTERS)

    # -- with all slots of the event locked

    def count(self, **changes: int) -> None:
        """Change what is counted by so much, here and in the database."""
        Slot.objects.filter(pk=self.pk).update(
            **{name: F(name) + change for name, change in changes.items()}
        )
        self.refresh_from_db(fields=[*COUNTERS, "capacity"])

    def seat(
        self,
        registration: Registration,
        contingent: Contingent | None = None,
        reason: str = "",
    ) -> Place:
        """Put the person on a place that is counted already; what they give up goes on."""
        places = registration.held_places()
        old = registration.given_up_for(self, places)
        if old:
            old.delete()
            old.vacate()
        place = registration.add_place(self, places, contingent, old)
        left = registration.stop_waiting_for(self)
        place.mail("place-changed" if old else "place-given", old=old, reason=reason)
        for slot in [*([old.slot] if old else []), *left]:
            slot.fill()
        return place

    def fill(self) -> None:
        """Give or offer what is free to those who wait, in their order."""
        if self.is_shut:
            return
        self.refresh_from_db(fields=[*COUNTERS, "capacity"])
        while self.free > 0 and (first := self.queue().first()):
            first.promote(self)

    def queue(self) -> models.QuerySet[Waiting]:
        """Who waits for this slot, or for either round, and has no offer yet; in order."""
        from conference.models.waiting import Waiting

        return Waiting.objects.queue_for(self)

    def release_no_shows(self) -> None:
        """As many places of absent people as there are people who wait."""
        after = self.forum.event.no_shows_after
        now = clock.now()
        if after is None or self.is_shut:
            return
        until = now - timedelta(minutes=after)
        if self.round.starts_at > until or not (count := self.queue().count()):
            return
        # Whoever said that they are coming is late, perhaps; the others go first.
        absent = self.places.filter(entered_at=None, taken_at__lte=until).order_by(
            F("coming_at").asc(nulls_first=True), "-taken_at", "-pk"
        )
        absent = absent.select_for_update(of=["self"])  # or they come in at this moment
        for place in absent.select_related("slot__room", "registration__person")[:count]:
            place.leave("no-show")

    # -- the door

    def enter(self, person: Person | AnonymousUser) -> Membership:
        """Open the room; raises ``NotRegistered``, ``NoPlace``, ``DoorShut`` or ``Banned``."""
        if self.is_run_by(person):
            self.note_arrival(person)
            return self.room.admit(person, Role.MODERATOR)
        if not self.forum.event.is_entered_by(person):
            raise NotRegistered(_("This room is for people who are registered for the event."))
        if not self.is_held_by(person):
            raise NoPlace(_("This room is for people who have a place in this forum."))
        if not self.door_is_open:
            raise DoorShut(_("The door is still shut."))
        if not self.note_arrival(person):  # it has just gone on, to somebody who waited
            raise NoPlace(_("This room is for people who have a place in this forum."))
        return self.room.admit(person)

    def note_arrival(self, person: Person) -> bool:
        """Whether the person has a place here: as of now it is theirs for good."""
        places = self.places.filter(registration__person=person)
        return bool(places.update(entered_at=Coalesce("entered_at", clock.now())))

    def appoint(self, person: Person) -> Membership:
        """Make the person a moderator of this slot, and register them for the event."""
        self.forum.event.enrol(person)
        self.moderators.add(person)
        return self.room.admit(person, Role.MODERATOR)

    def dismiss(self, person: Person) -> None:
        """The person no longer moderates; a place that they hold stays theirs."""
        self.moderators.remove(person)
        is_visitor = self.is_held_by(person) and self.door_is_open
        if is_visitor and not self.room.has_banned(person):
            self.room.admit(person)
        else:
            self.room.dismiss(person)

    def shut_out(self, person: Person) -> None:
        """Whoever has no place here any more leaves the room, unless they moderate it."""
        if not self.moderators.filter(pk=person.pk).exists():
            self.room.dismiss(person)
