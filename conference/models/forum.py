from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeGuard

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import HasRoom, Role
from chat.refusal import Refusal
from conference.models.event import NotRegistered
from conference.models.material import Material

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from chat.models import Membership
    from conference.models.person import Person
    from conference.models.registration import Registration


class SlotFull(Refusal):
    status = 409


class AlreadyPlaced(Refusal):
    status = 409


class RoundOver(Refusal):
    status = 409


class NoPlace(Refusal):
    status = 403


class DoorShut(Refusal):
    """Not yet: the page waits with the person, which is no error."""

    status = 200


DOOR_OPENS_BEFORE = timedelta(minutes=10)


class Forum(models.Model):
    """A subject that people talk about in small groups, once in each round."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="forums", verbose_name=_("event")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    abstract = models.TextField(_("abstract"), blank=True)
    audience = models.CharField(_("above all for"), max_length=200, blank=True)
    speakers = models.ManyToManyField(
        "conference.Speaker", verbose_name=_("speakers"), related_name="forums", blank=True
    )

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="forum_has_its_number"),
        ]

    def __str__(self) -> str:
        return f"Forum {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("forum", args=[self.event.slug, self.number])


class ForumMaterial(Material):
    forum = models.ForeignKey(Forum, models.CASCADE, related_name="materials")

    class Meta(Material.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")


class Slot(HasRoom):
    """One forum in one round: a live room with a number of places."""

    lies_in = "forum__event"
    forum = models.ForeignKey(
        Forum, models.CASCADE, related_name="slots", verbose_name=_("forum")
    )
    round = models.ForeignKey(
        "conference.Session", models.CASCADE, related_name="slots", verbose_name=_("round")
    )
    capacity = models.PositiveIntegerField(_("places"), default=25)
    taken = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
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

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["round__starts_at", "forum__number"]
        constraints = [
            models.UniqueConstraint(fields=["forum", "round"], name="one_slot_per_round"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="slot_not_overbooked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.forum} ({self.round})"

    def get_absolute_url(self) -> str:
        return reverse("slot", args=[self.forum.event.slug, self.forum.number, self.pk])

    @property
    def free(self) -> int:
        return self.capacity - self.taken

    @property
    def is_full(self) -> bool:
        return self.taken >= self.capacity

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
        if self.capacity is not None and self.capacity < self.taken:
            raise ValidationError({"capacity": _("More places than that are already taken.")})

    # -- places

    @transaction.atomic
    def book(self, registration: Registration, *, instead: bool = False) -> Place:
        """Give this person a place; with ``instead``, for the one they hold elsewhere.

        Raises ``SlotFull``, ``AlreadyPlaced`` or ``RoundOver``; the old place is then kept.
        """
        if registration.event_id != self.forum.event_id:
            raise NotRegistered(_("You are registered for another event."))
        if self.round.is_past:
            raise RoundOver(_("This round is over."))
        old = (
            Place.objects.filter(registration=registration).select_related("slot__room").first()
        )
        if old and old.slot_id == self.pk:
            return old
        if old and not instead:
            raise AlreadyPlaced(_("You already have a place in another forum."))
        # In one order for everybody, lest two who swap wait for each other.
        pks = [self.pk, old.slot_id] if old else [self.pk]
        list(Slot.objects.select_for_update(of=["self"]).filter(pk__in=pks).order_by("pk"))
        if not Slot.objects.filter(pk=self.pk, taken__lt=F("capacity")).update(
            taken=F("taken") + 1
        ):
            raise SlotFull(_("All places in this forum are taken."))
        if old:
            old.slot.release(registration)
        place, is_new = Place.objects.get_or_create(
            registration=registration, defaults={"slot": self, "taken_at": clock.now()}
        )
        if not is_new:
            raise AlreadyPlaced(_("You already have a place in another forum."))
        self.refresh_from_db(fields=["taken"])
        return place

    @transaction.atomic
    def release(self, registration: Registration) -> None:
        """Take the place back, if the person has one here."""
        if Place.objects.filter(slot=self, registration=registration).delete()[0]:
            Slot.objects.filter(pk=self.pk).update(taken=F("taken") - 1)
            if not self.moderators.filter(pk=registration.person_id).exists():
                self.room.dismiss(registration.person)
            self.refresh_from_db(fields=["taken"])

    # -- the door

    def enter(self, person: Person | AnonymousUser) -> Membership:
        """Open the room; raises ``NotRegistered``, ``NoPlace``, ``DoorShut`` or ``Banned``."""
        if self.is_run_by(person):
            return self.room.admit(person, Role.MODERATOR)
        if not self.forum.event.is_entered_by(person):
            raise NotRegistered(_("This room is for people who are registered for the event."))
        if not self.is_held_by(person):
            raise NoPlace(_("This room is for people who have a place in this forum."))
        if not self.door_is_open:
            raise DoorShut(_("The door is still shut."))
        return self.room.admit(person)

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


class Place(models.Model):
    """A person's place in a slot; at most one in the whole event."""

    slot = models.ForeignKey(Slot, models.CASCADE, related_name="places")
    registration = models.OneToOneField(
        "conference.Registration", models.CASCADE, related_name="place"
    )
    taken_at = models.DateTimeField(_("taken at"))

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")

    def __str__(self) -> str:
        return f"{self.registration} · {self.slot}"
