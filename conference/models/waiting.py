from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import connection, models, transaction
from django.db.models import Count, F, Max, Q
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference.models.contingent import Contingent
from conference.models.forum import Forum
from conference.models.mail import Mail
from conference.models.place import Place
from conference.models.slot import AlreadyPlaced, RoundOver, Slot

if TYPE_CHECKING:
    from conference.models.event import Event
    from conference.models.registration import Registration

LEAST = timedelta(minutes=5)  # to answer an offer, however late it comes


class PlaceFree(Refusal):
    status = 409


class OfferGone(Refusal):
    status = 409
    sentence = _(
        "This offer has ended, and the place went to the next in line. You can join the "
        "waiting list again."
    )


class WaitingQuerySet(models.QuerySet["Waiting"]):
    def with_slot(self) -> WaitingQuerySet:
        """With all that a page says of it."""
        return self.select_related(
            "forum__event",
            "slot__forum",
            "slot__round",
            "offered_slot__round",
            "offered_slot__forum__event",
        )

    def queue_for(self, slot: Slot) -> WaitingQuerySet:
        return (
            self.filter(Q(slot=slot) | Q(slot=None), forum=slot.forum_id, offered_slot=None)
            .exclude(registration__places__slot=slot)
            .select_related("registration__person", "forum")
        )

    def expired(self) -> WaitingQuerySet:
        return self.filter(offer_expires_at__lte=clock.now())

    def positions(self) -> dict[int, int]:
        """Where in the line each of these stands, 1 is next; one query.

        Of several rounds it is the one where the line is shortest.
        """
        slot, other = F("forum__slots__pk"), "forum__waitings"
        is_ahead = Q(**{f"{other}__slot": slot}) | Q(**{f"{other}__slot": None})
        is_ahead &= Q(**{f"{other}__rank__lt": F("rank"), f"{other}__offered_slot": None})
        rows = self.order_by().values_list("pk", "slot", slot)
        lines: dict[int, list[int]] = {}
        for pk, own, one, ahead in rows.annotate(
            ahead=Count(other, filter=is_ahead, distinct=True)
        ):
            if own in (None, one):
                lines.setdefault(pk, []).append(ahead + 1)
        return {pk: min(counts) for pk, counts in lines.items()}


class Waiting(models.Model):
    """Somebody waits for a place in a slot or, without ``slot``, in either round of a forum.

    In order of ``rank``; whoever has an offer decides about it and is no longer in line.
    """

    registration = models.ForeignKey(
        "conference.Registration",
        models.CASCADE,
        related_name="waitings",
        verbose_name=_("registration"),
    )
    forum = models.ForeignKey(
        Forum, models.CASCADE, related_name="waitings", verbose_name=_("forum")
    )
    slot = models.ForeignKey(
        Slot,
        models.CASCADE,
        related_name="waitings",
        verbose_name=_("slot"),
        null=True,
        blank=True,
    )
    rank = models.PositiveIntegerField(_("rank"), editable=False)
    joined_at = models.DateTimeField(_("waits since"))
    offered_slot = models.ForeignKey(
        Slot,
        models.CASCADE,
        related_name="offers",
        verbose_name=_("has an offer for"),
        null=True,
        editable=False,
    )
    offer_expires_at = models.DateTimeField(
        _("the offer is good until"), null=True, editable=False
    )

    position: int  # in line, and what an offer costs: ``conference.holdings`` sets them
    gives_up: Place | None

    objects = WaitingQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiting person")
        verbose_name_plural = _("waiting list")
        ordering = ["forum", "rank", "pk"]
        indexes = [models.Index(fields=["forum", "rank"], name="waiting_in_line")]
        constraints = [
            models.UniqueConstraint(
                fields=["registration", "slot"], name="waits_once_for_a_slot"
            ),
            models.UniqueConstraint(
                fields=["registration", "forum"],
                condition=Q(slot=None),
                name="waits_once_for_a_forum",
            ),
            models.CheckConstraint(
                condition=Q(offered_slot=None, offer_expires_at=None)
                | Q(offered_slot__isnull=False, offer_expires_at__isnull=False),
                name="offer_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(slot=None) | Q(offered_slot=None) | Q(offered_slot=F("slot")),
                name="offer_is_what_is_waited_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration} · {self.slot or self.forum}"

    # -- the person's own words

    @classmethod
    def join(
        cls, registration: Registration, forum: Forum, slot: Slot | None = None
    ) -> Waiting:
        """Stand in line; again is fine.

        Raises ``PlaceFree``, ``AlreadyPlaced``, ``RoundOver`` or ``NotRegistered``.
        """
        forum.event.settle_places()
        with transaction.atomic():
            slots = Slot.objects.lock_all_of(forum.event_id)
            wanted = [one for one in slots.values() if one.forum_id == forum.pk]
            wanted = [one for one in wanted if slot is None or one.pk == slot.pk]
            ahead = [one for one in wanted if not one.is_shut] or wanted
            if not ahead:
                raise RoundOver(_("This round is over."))
            ahead[0].check_open(registration)
            registration.lock()
            if registration.places.filter(slot__in=wanted).exists():
                raise AlreadyPlaced(_("You already have a place in this forum."))
            if waiting := cls.objects.filter(
                registration=registration, forum=forum, slot=slot
            ).first():
                return waiting
            if any(one.free > 0 for one in ahead):
                raise PlaceFree(_("A place is free here. You can take it at once."))
            last = cls.objects.filter(forum=forum).aggregate(last=Max("rank"))["last"] or 0
            waiting = cls.objects.create(
                registration=registration,
                forum=forum,
                slot=slot,
                rank=last + 1,
                joined_at=clock.now(),
            )
            waiting.mail("waiting")
            return waiting

    def accept(self) -> Place:
        """Take what is offered; a place that is given up for it goes on in the same step.

        Raises ``OfferGone``, ``RoundOver`` or ``TooLate``.
        """
        self.forum.event.settle_places()
        with transaction.atomic():
            slots = Slot.objects.lock_all_of(self.forum.event_id)
            waiting = self._again()
            if waiting is None or waiting.offered_slot_id is None:
                raise OfferGone(OfferGone.sentence)
            slot = slots[waiting.offered_slot_id]
            slot.check_open(waiting.registration)
            places = waiting.registration.held_places()
            if given_up := waiting.registration.given_up_for(slot, places):
                given_up.check_changeable()
            return waiting.take(slot)

    def leave(self) -> None:
        """No longer wait, and decline what is offered; gone already is fine."""
        self._end()

    # -- the organisers' words

    def remove(self, reason: str = "") -> None:
        self._end("waiting-removed", reason=reason)

    @transaction.atomic
    def move(self, position: int) -> None:
        """To this position in the forum's line, 1 is the first."""
        Slot.objects.lock_all_of(self.forum.event_id)
        line = list(Waiting.objects.filter(forum=self.forum_id).exclude(pk=self.pk))
        line.insert(max(position - 1, 0), self)
        for rank, waiting in enumerate(line, 1):
            waiting.rank = rank
        Waiting.objects.bulk_update(line, ["rank"])

    # -- with all slots of the event locked

    def promote(self, slot: Slot) -> None:
        """Give or offer a free place; whoever would give up another is always asked."""
        registration, event = self.registration, slot.forum.event
        gives_up = registration.given_up_for(slot, registration.held_places())
        is_on = slot.round.starts_at <= clock.now()
        if gives_up is None and (event.gives_places_at_once or is_on):
            slot.count(taken=1)
            slot.seat(registration)
        else:
            self._offer(slot)

    def _offer(self, slot: Slot) -> None:
        now = clock.now()
        end = min(now + timedelta(minutes=slot.forum.event.offer_minutes), slot.round.starts_at)
        self.offer_expires_at = min(max(end, now + LEAST), slot.round.ends_at)
        self.offered_slot = slot
        self.save(update_fields=["offered_slot", "offer_expires_at"])
        slot.count(offered=1)
        self.mail("place-offered")

    def take(self, slot: Slot) -> Place:
        """The place that is offered becomes theirs."""
        registration = self.registration
        slot.count(taken=1, offered=-1)
        self.delete()
        return slot.seat(registration)

    def drop(self) -> Slot | None:
        """Out of line; the slot, if any, in which a place is free now."""
        slot = self.offered_slot
        self.delete()
        if slot:
            slot.count(offered=-1)
        return slot

    def withdraw(self, slot: Slot) -> None:
        """Nothing is on offer in this slot any more; they wait on, for what may be."""
        self.offered_slot = self.offer_expires_at = None
        self.save(update_fields=["offered_slot", "offer_expires_at"])
        slot.count(offered=-1)

    def _again(self) -> Waiting | None:
        return (
            Waiting.objects.filter(pk=self.pk)
            .select_related("registration__person", "registration__event", "forum__event")
            .first()
        )

    @transaction.atomic
    def _end(self, template: str = "", **context: Any) -> None:
        slots = Slot.objects.lock_all_of(self.forum.event_id)
        if waiting := self._again():
            if template:
                waiting.mail(template, **context)
            if slot := waiting.drop():
                slots[slot.pk].fill()

    def mail(self, template: str, **context: Any) -> None:
        Mail.write(
            self.registration.person, template, event=self.forum.event, waiting=self, **context
        )


# One statement by hand: it is asked by every page of places, and Django needs longer to put
# it together than the database to answer.
DUE = """
    SELECT EXISTS (
        SELECT 1 FROM conference_waiting w JOIN conference_forum f ON f.id = w.forum_id
        WHERE f.event_id = %(event)s AND w.offer_expires_at <= %(now)s
    ) OR EXISTS (
        SELECT 1 FROM conference_contingent c JOIN conference_slot s ON s.id = c.slot_id
        JOIN conference_forum f ON f.id = s.forum_id
        WHERE f.event_id = %(event)s AND c.released_at IS NULL AND c.releases_at <= %(now)s
    ) OR EXISTS (
        SELECT 1 FROM conference_session r JOIN conference_slot s ON s.round_id = r.id
        JOIN conference_waiting w ON w.forum_id = s.forum_id AND w.offered_slot_id IS NULL
        JOIN conference_place p ON p.slot_id = s.id
        WHERE r.event_id = %(event)s AND r.starts_at <= %(absent)s AND r.ends_at > %(now)s
            AND p.entered_at IS NULL AND p.taken_at <= %(absent)s
            AND (w.slot_id = s.id OR w.slot_id IS NULL)
    )
"""


def settle(event: Event) -> None:
    """All that is due in the event's places; see ``Event.settle_places``."""
    with transaction.atomic():
        slots = Slot.objects.lock_all_of(event)
        for slot in slots.values():
            for waiting in slot.offers.all() if slot.is_off else ():
                waiting.withdraw(slot)
        expired = Waiting.objects.filter(forum__event=event).expired()
        for waiting in expired.select_related(
            "registration__person", "forum__event", "offered_slot"
        ):
            waiting.mail("offer-expired")
            waiting.drop()
        for contingent in Contingent.objects.filter(slot__forum__event=event).due():
            contingent.release(slots[contingent.slot_id], clock.now())
        for slot in slots.values():
            slot.fill()
            slot.release_no_shows()
            slot.fill()


def is_due(event: Event) -> bool:
    now = clock.now()
    # Nobody was absent before the first event: where places are kept, none counts as that.
    absent = datetime.min.replace(tzinfo=UTC) + timedelta(days=1)
    if event.no_shows_after is not None:
        absent = now - timedelta(minutes=event.no_shows_after)
    adapt = connection.ops.adapt_datetimefield_value
    moments = {"event": event.pk, "now": adapt(now), "absent": adapt(absent)}
    with connection.cursor() as cursor:
        cursor.execute(DUE, moments)
        return bool(cursor.fetchone()[0])
