"""Direct messages: a room with two members, who both said that they may be written to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models.membership import Membership
from chat.models.message import Message
from chat.models.room import Room
from chat.refusal import Refusal

if TYPE_CHECKING:
    from conference.models import Person

FIRST_WORDS = 10  # people whom one person may write to first, in a day
LISTED = 100


class Unreachable(Refusal):
    """Says no more than that: not who is registered, who wants no messages, who blocked."""

    status = 403

    def __init__(self) -> None:
        super().__init__(_("This person cannot be reached by direct message."))


class OwnDoorShut(Refusal):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("You have switched direct messages off. Nobody can answer you."))


class NotAcceptedYet(Refusal):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("You can write on as soon as your request has been accepted."))


class NotAnsweredYet(Refusal):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("Please accept the request before you answer it."))


class Blocked(Refusal):
    """For whoever did it. To the other it is ``Unreachable``."""

    status = 409

    def __init__(self) -> None:
        super().__init__(_("You have blocked this person."))


class EnoughForToday(Refusal):
    status = 429

    def __init__(self) -> None:
        super().__init__(
            _("You have written to %(most)s new people today. Tomorrow you can go on.")
            % {"most": FIRST_WORDS}
        )


class Reachable(models.Model):
    """Somebody's word that other attendees may write to them; without a row, nobody may."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reachable"
    )
    since = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("reachable person")
        verbose_name_plural = _("reachable people")

    def __str__(self) -> str:
        return str(self.person)

    @classmethod
    def is_said_by(cls, person: Person) -> bool:
        return cls.objects.filter(person=person).exists()

    @classmethod
    def say(cls, person: Person, *, is_reachable: bool) -> None:
        """Again is fine."""
        if is_reachable:
            cls.objects.get_or_create(person=person)
        else:
            cls.objects.filter(person=person).delete()


class TalkQuerySet(models.QuerySet["Talk"]):
    def of(self, person_pk: int) -> TalkQuerySet:
        """This person's, with the room and both people."""
        talks = self.filter(Q(first=person_pk) | Q(second=person_pk))
        return talks.select_related("room", "first", "second")

    def for_list(self, person_pk: int) -> TalkQuerySet:
        """With ``last_pk``, that of the last message, and ``is_blocked`` by this person."""
        last = Message.objects.filter(room=OuterRef("room")).order_by("-number")
        block = Block.objects.filter(talk=OuterRef("pk"), by=person_pk)
        talks = self.of(person_pk).annotate(
            last_pk=Subquery(last.values("pk")[:1]), is_blocked=Exists(block)
        )
        return talks.order_by("-last_pk")

    def between(self, one_pk: int, other_pk: int) -> TalkQuerySet:
        first, second = sorted([one_pk, other_pk])
        return self.filter(first=first, second=second)


class Talk(models.Model):
    """What two people write to each other. The first message is a request.

    Its room is open (not paused) while the request is accepted and nobody has blocked; that
    both are reachable and meet at an event is asked with each message.
    """

    room = models.OneToOneField(Room, models.CASCADE, related_name="talk")
    first = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    second = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    declined_at = models.DateTimeField(null=True)
    # Where the one came upon the other: those who run that room see what is reported here.
    met_in = models.ForeignKey(Room, models.SET_NULL, null=True, related_name="talks")

    objects = TalkQuerySet.as_manager()

    class Meta:
        verbose_name = _("direct talk")
        verbose_name_plural = _("direct talks")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_talk_of_two_people"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="talk_knows_its_people_in_order"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(declined_at=None),
                name="talk_is_not_accepted_and_declined",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    def other_pk(self, person_pk: int) -> int | None:
        return self.second_id if self.first_id == person_pk else self.first_id

    def other(self, person_pk: int) -> Person | None:
        return self.second if self.first_id == person_pk else self.first

    def is_request_to(self, person_pk: int) -> bool:
        """Not accepted, whether declined or not answered."""
        return self.accepted_at is None and self.asked_by_id != person_pk

    def is_blocked_by(self, person_pk: int) -> bool:
        return self.blocks.filter(by=person_pk).exists()

    def is_run_by(self, person: Person) -> bool:
        """Who may act on what is reported here. Nobody else reads it."""
        if self.met_in is None:
            return person.is_superuser
        return self.met_in.is_run_by(person)

    # -- writing

    @classmethod
    def begin(
        cls, person: Person, other: Person, body: str, client_id: UUID, met_in: Room
    ) -> Message:
        """Ask the other by a first message; if they asked meanwhile, that accepts.

        Raises ``OwnDoorShut``, ``Unreachable``, ``EnoughForToday``, ``NotAcceptedYet``, or
        what ``Room.post`` raises.
        """
        check_reach(person, other)
        talk = cls.objects.between(person.pk, other.pk).first()
        if talk is None:
            check_pace(person)
            try:
                return cls._ask(person, other, body, client_id, met_in)
            except IntegrityError:  # the other, or another tab, was as quick
                talk = cls.objects.between(person.pk, other.pk).get()
        if talk.is_request_to(person.pk):
            talk.accept(person)
        return talk.room.post(person, body, client_id)

    @classmethod
    @transaction.atomic
    def _ask(
        cls, person: Person, other: Person, body: str, client_id: UUID, met_in: Room
    ) -> Message:
        room = Room.objects.create(is_direct=True)
        first, second = sorted([person.pk, other.pk])
        now = clock.now()
        cls.objects.create(
            room=room,
            first_id=first,
            second_id=second,
            asked_by=person,
            asked_at=now,
            met_in=met_in,
        )
        for pk in (first, second):
            Membership.objects.create(room=room, person_id=pk, admitted_at=now)
        message = room.post(person, body, client_id)
        room.pause()
        return message

    def check_voice(self, person_pk: int) -> None:
        """Raises why this person may not write here now; three queries at most.

        The room must be up to date: whether it is paused tells the rest.
        """
        if self.room.paused_at:
            raise self._why_shut(person_pk)
        rows = Reachable.objects.filter(person__in=[self.first_id, self.second_id])
        people = {row.person_id: row.person for row in rows.select_related("person")}
        if person_pk not in people:
            raise OwnDoorShut
        person, other = people.pop(person_pk), next(iter(people.values()), None)
        if other is None or not person.meets(other):
            raise Unreachable

    def _why_shut(self, person_pk: int) -> Refusal:
        if self.is_blocked_by(person_pk):
            return Blocked()
        if self.accepted_at:
            return Unreachable()
        return NotAnsweredYet() if self.is_request_to(person_pk) else NotAcceptedYet()

    # -- a request

    @transaction.atomic
    def accept(self, person: Person) -> None:
        """Also after having declined; raises ``Unreachable`` for any but who was asked."""
        self._take_in_hand(person)
        if not self.accepted_at and not self.is_request_to(person.pk):
            raise Unreachable
        if not self.accepted_at:
            self.accepted_at, self.declined_at = clock.now(), None
            self.save(update_fields=["accepted_at", "declined_at"])
        self._open_or_shut()

    @transaction.atomic
    def decline(self, person: Person) -> None:
        """Who asked does not learn it: their request waits."""
        self._take_in_hand(person)
        if not self.is_request_to(person.pk):
            raise Unreachable
        self.declined_at = clock.now()
        self.save(update_fields=["declined_at"])
        self._lay_aside(person)

    # -- blocking

    @transaction.atomic
    def block(self, person: Person) -> None:
        """End it at once, everywhere; again is fine. The other learns no more than that."""
        self._take_in_hand(person)
        self.blocks.get_or_create(by=person, defaults={"blocked_at": clock.now()})
        self._lay_aside(person)
        self._open_or_shut()

    @transaction.atomic
    def unblock(self, person: Person) -> None:
        self._take_in_hand(person)
        self.blocks.filter(by=person).delete()
        self._open_or_shut()

    def _take_in_hand(self, person: Person) -> None:
        self.room.lock_for(person)
        self.refresh_from_db()

    def _lay_aside(self, person: Person) -> None:
        """Nothing in it is news to this person any more."""
        mine = self.room.memberships.filter(person=person)
        mine.update(read=Room.objects.filter(pk=self.room_id).values("head"))

    def _open_or_shut(self) -> None:
        is_open = self.accepted_at and not self.blocks.exists()
        if is_open and self.room.paused_at:
            self.room.resume()
        elif not is_open and not self.room.paused_at:
            self.room.pause()


class Block(models.Model):
    """Somebody wants to hear nothing more from the other."""

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="blocks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="blocks")
    blocked_at = models.DateTimeField()

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = [
            models.UniqueConstraint(fields=["talk", "by"], name="blocked_once"),
        ]

    def __str__(self) -> str:
        return str(self.blocked_at)


def introduce(person_pk: int, rooms: Iterable[Room]) -> None:
    """Call direct rooms among these what they are to this person: the other's name.

    One query, if there are any.
    """
    direct = [room for room in rooms if room.is_direct]
    if not direct:
        return
    talks = {talk.room_id: talk for talk in Talk.objects.of(person_pk).filter(room__in=direct)}
    for room in direct:
        talk = talks[room.pk]
        talk.room = room
        room.title = str(talk.other(person_pk) or gettext("Deleted account"))


def check_reach(person: Person, other: Person) -> None:
    """Raises ``OwnDoorShut``, or ``Unreachable`` for whatever reason."""
    if not Reachable.is_said_by(person):
        raise OwnDoorShut
    if not Reachable.is_said_by(other) or not person.meets(other):
        raise Unreachable


def check_pace(person: Person) -> None:
    """Raises ``EnoughForToday``."""
    lately = Talk.objects.filter(asked_by=person, asked_at__gt=clock.now() - timedelta(days=1))
    if lately.count() >= FIRST_WORDS:
        raise EnoughForToday
