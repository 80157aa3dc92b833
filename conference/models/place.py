from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat import clock
from conference.calendar import as_text, place_entry
from conference.models.mail import Mail
from conference.models.slot import Slot, TooLate

if TYPE_CHECKING:
    pass

MOST = 9  # places that an event may let one person hold


class PlaceQuerySet(models.QuerySet["Place"]):
    def with_slot(self) -> PlaceQuerySet:
        """With all that a page says of it."""
        return self.select_related("slot__forum__event", "slot__round__event", "slot__room")


class Place(models.Model):
    """A person's place in a slot.

    It is the person's ``nth`` in the event: so the database knows that nobody holds a second
    place where the event allows one.
    """

    slot = models.ForeignKey(
        Slot, models.RESTRICT, related_name="places", verbose_name=_("slot")
    )
    # The slot's, here for the constraint.
    round = models.ForeignKey(
        "conference.Session", models.RESTRICT, related_name="+", editable=False
    )
    registration = models.ForeignKey(
        "conference.Registration",
        models.CASCADE,
        related_name="places",
        verbose_name=_("registration"),
    )
    nth = models.PositiveSmallIntegerField(default=1, editable=False)
    contingent = models.ForeignKey(
        "conference.Contingent",
        models.SET_NULL,
        related_name="places",
        verbose_name=_("contingent"),
        null=True,
        editable=False,
    )
    taken_at = models.DateTimeField(_("taken at"))
    coming_at = models.DateTimeField(_("said “I’m coming” at"), null=True, editable=False)
    entered_at = models.DateTimeField(_("entered at"), null=True, editable=False)

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["round__starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "nth"], name="place_counts_once"),
            models.UniqueConstraint(
                fields=["registration", "round"], name="one_place_in_a_round"
            ),
            models.CheckConstraint(condition=Q(nth__range=(1, MOST)), name="place_in_number"),
        ]

    def __str__(self) -> str:
        return f"{self.registration} · {self.slot}"

    @property
    def is_changeable(self) -> bool:
        """Whether the person may still give it back or change it."""
        if self.slot.round.is_called_off:
            return True
        until = self.slot.forum.event.places_change_until
        return not self.slot.round.is_past and (until is None or clock.now() < until)

    @property
    def asks_whether_coming(self) -> bool:
        round_ = self.slot.round
        asks_from = round_.starts_at - self.slot.forum.event.ASKS_WHETHER_COMING
        return self.coming_at is None and asks_from <= clock.now() < round_.starts_at

    def check_changeable(self) -> None:
        """Raises ``TooLate``."""
        if not self.is_changeable:
            raise TooLate(
                _("It is too late to change or return a place here. Please write to us.")
            )

    def confirm_coming(self) -> None:
        now = clock.now()
        if Place.objects.filter(pk=self.pk, coming_at=None).update(coming_at=now):
            self.coming_at = now

    def give_back(self) -> None:
        """The person's own word; raises ``TooLate``."""
        self.check_changeable()
        self.slot.forum.event.settle_places()
        self.take_away("returned")

    @transaction.atomic
    def take_away(self, why: str = "removed", reason: str = "") -> None:
        """It goes to those who wait; gone already is fine."""
        slots = Slot.objects.lock_all_of(self.slot.forum.event_id)
        place = Place.objects.filter(pk=self.pk).with_slot().first()
        if place and place.slot_id == self.slot_id:  # not changed for another meanwhile
            place.leave(why, reason)
            slots[place.slot_id].fill()

    # -- with all slots of the event locked

    def leave(self, why: str, reason: str = "") -> None:
        """``why`` is "returned", "removed" or "no-show", or "" for no mail."""
        self.delete()
        self.vacate()
        if why:
            self.mail("place-lost", why=why, reason=reason)

    def vacate(self) -> None:
        """The place is nobody's: its slot's, or its contingent's as long as that is held."""
        if self.contingent_id and self.contingent and self.contingent.take_back():
            self.slot.count(taken=-1, held=1)
        else:
            self.slot.count(taken=-1)
        self.slot.shut_out(self.registration.person)

    def mail(self, template: str, *, old: Place | None = None, **context: Any) -> None:
        """With the place for the calendar and, where one is given up, without the other."""
        now = clock.now()
        is_lost = template == "place-lost"
        entries = [place_entry(self, given_back_at=now if is_lost else None)]
        if old:
            entries.append(place_entry(old, given_back_at=now))
        Mail.write(
            self.registration.person,
            template,
            event=self.slot.forum.event,
            place=self,
            old=old,
            calendar=as_text(entries),
            **context,
        )
