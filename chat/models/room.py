from __future__ import annotations

from datetime import datetime
from functools import partial, reduce
from math import ceil
from operator import or_
from typing import TYPE_CHECKING, Any, ClassVar
from uuid import UUID

from django.core.cache import caches
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.mentions import is_named, named_in
from chat.models.desk import desk
from chat.models.membership import Membership, Role
from chat.models.message import Message
from chat.models.posting import NotAdmitted, Post, check_voice
from chat.models.sanction import Banned, Muted, Sanction
from chat.rows import Row, rows_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models import Person


CHANGES = 200  # at most at once
UNPINNED = 3600  # seconds
PAGE = 50  # messages of the history
PACES = [0, 10, 30, 60, 300]  # seconds between two messages of a person
RANKS = {None: 0, Role.MEMBER: 0, Role.HOST: 1, Role.MODERATOR: 2}
ORGANISER = 3


class RoomQuerySet(models.QuerySet["Room"]):
    def entered_by(self, person: Person | AnonymousUser) -> RoomQuerySet:
        """The rooms whose door stands open to this person."""
        return self.filter(memberships__person_id=person.pk)

    def not_entered_by(self, person: Person) -> RoomQuerySet:
        return self.exclude(memberships__person_id=person.pk)

    def with_open_reports(self) -> RoomQuerySet:
        return self.filter(
            messages__reports__isnull=False, messages__reports__settled_at=None
        ).distinct()


class Room(models.Model):
    """A chat room. Its numbers have no gaps, and commit order is number order."""

    title = models.CharField(_("title"), max_length=200)
    head = models.PositiveBigIntegerField(_("last number"), default=0, editable=False)
    # Two people's own, see ``Talk``. Nobody keeps it, and nobody else is ever let in.
    is_direct = models.BooleanField(default=False, editable=False)

    slow_seconds = models.PositiveSmallIntegerField(
        _("seconds between two messages of a person"), default=0
    )
    paused_at = models.DateTimeField(_("paused at"), null=True, blank=True)
    # Of a slow room: by person, when they may write again (seconds since 1970). Here, in the
    # row that is locked to post, it is always true and costs no query.
    next_posts = models.JSONField(default=dict, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat room")
        verbose_name_plural = _("chat rooms")

    def __str__(self) -> str:
        return self.title or gettext("Direct messages")

    def get_absolute_url(self) -> str:
        return reverse("chat:room", args=[self.pk])

    # -- the door

    def admit(self, person: Person, role: Role = Role.MEMBER) -> Membership:
        """Let the person in, with this role; again is fine, and may change the role.

        Raises ``Banned``, save for moderators: theirs is a word of the organisers; and
        ``NotAdmitted`` where two people write to each other.
        """
        membership = self.memberships.filter(person=person).first()
        if membership is None:
            return self._admit_first(person, role)
        if membership.role != role:
            membership.role = role
            membership.save(update_fields=["role"])
        return membership

    @transaction.atomic
    def _admit_first(self, person: Person, role: Role) -> Membership:
        if self.is_direct:
            raise NotAdmitted
        self.lock()  # whoever bans the person does so before or afterwards
        ban = Sanction.objects.ban_of(self, person)
        if ban and role != Role.MODERATOR:
            raise Banned(ban.reason)
        membership, _is_new = Membership.objects.get_or_create(
            room=self,
            person=person,
            defaults={"role": role, "admitted_at": clock.now(), "read": self.head},
        )
        return membership

    def has_banned(self, person: Person) -> bool:
        return Sanction.objects.ban_of(self, person) is not None

    def dismiss(self, person: Person) -> None:
        """Shut the door for the person, and close the sockets they have open here."""
        self.memberships.filter(person=person).delete()
        transaction.on_commit(partial(live.dismiss, self.pk, person.pk), robust=True)

    def is_kept_by(self, person: Person) -> bool:
        """Hosts and moderators, and whoever runs what it belongs to."""
        return self.keepers().filter(person=person).exists() or self.lies_in_hands_of(person)

    def is_run_by(self, person: Person) -> bool:
        moderators = self.memberships.filter(role=Role.MODERATOR)
        return moderators.filter(person=person).exists() or self.lies_in_hands_of(person)

    def lies_in_hands_of(self, person: Person) -> bool:
        """Of whoever runs what it belongs to, even if they never came in."""
        return not self.is_direct and person.run_rooms.filter(pk=self.pk).exists()

    def keepers(self) -> models.QuerySet[Membership]:
        return self.memberships.filter(role__in=[Role.HOST, Role.MODERATOR])

    def rank_of(self, person: Person) -> int:
        """Who ranks higher may mute and ban; who runs what it belongs to, moderators too."""
        if self.lies_in_hands_of(person):
            return ORGANISER
        role = self.memberships.filter(person=person).values_list("role", flat=True).first()
        return RANKS[Role(role) if role else None]

    # -- how fast people talk

    def slow_down(self, seconds: int) -> None:
        """Let everybody wait so long between two messages; 0 is as fast as they like."""
        self.slow_seconds, self.next_posts = seconds, {}
        self._set("slow_seconds", "next_posts")

    def pause(self) -> None:
        """Let only those write who keep the room."""
        self.paused_at = clock.now()
        self._set("paused_at")

    def resume(self) -> None:
        self.paused_at = None
        self._set("paused_at")

    def _set(self, *fields: str) -> None:
        with transaction.atomic():
            self.lock()
            self.save(update_fields=fields)
            state = live.state_of(self.slow_seconds, self.paused_at)
            transaction.on_commit(partial(live.tell_room, self.pk, state), robust=True)

    def check_mute(self, person: Person | int) -> None:
        """Raises ``Muted``."""
        if mute := Sanction.objects.mutes_of(self, person).exclude(ends_at=None).first():
            raise Muted(mute.ends_at or clock.now(), mute.reason)

    def seconds_until_post(self, person_pk: int) -> int:
        """In a slow room, how long this person still has to wait."""
        left = self.next_posts.get(str(person_pk), 0) - clock.now().timestamp()
        return max(0, ceil(left)) if self.slow_seconds else 0

    # -- the talk

    def post(
        self,
        author: Person,
        body: str,
        client_id: UUID,
        answers: int | None = None,
        *,
        is_counted: bool = False,
    ) -> Message:
        """Say this, once per author and ``client_id``: again returns the first message.

        ``answers`` is the number of the message that it answers to; ``is_counted``, whether
        it counts towards its author's pace. Raises ``NotAdmitted``, ``Empty``, ``TooLong``,
        ``Muted``, ``Paused``, ``TooFast`` or ``TooSoon``. Three queries, one more for an
        answer. Open sockets post by ``chat.letterbox``, to the same desk.
        """
        post = Post(self.pk, author.pk, body, client_id, answers, author=author)
        if is_counted:
            post.count()
        return desk.store(post)

    def changes_since(self, number: int) -> models.QuerySet[Message]:
        """What is new or changed after this number, in that order; at most ``CHANGES``."""
        changes = self.messages.with_author().filter(changed__gt=number)
        return changes.order_by("changed")[:CHANGES]

    def reacted_since(self, moment: datetime) -> models.QuerySet[Message]:
        """What people reacted to after this; the latest ones, if they are very many."""
        return self.messages.filter(reacted_at__gt=moment).order_by("-reacted_at")[:CHANGES]

    def page_before(self, number: int | None = None) -> list[Row]:
        """The ``PAGE`` messages before this number, or the newest ones; in their order."""
        messages = self.messages.order_by("-number")
        if number is not None:
            messages = messages.filter(number__lt=number)
        return rows_of(messages[:PAGE])[::-1]

    def page_around(self, number: int) -> list[Row]:
        """As many, with this one in their middle or the next after it; in their order."""
        later = self.messages.filter(number__gte=number)[: PAGE // 2]
        return [*self.page_before(number)[-PAGE // 2 :], *rows_of(later)]

    def pinned(self) -> Row | None:
        """The message that stands above the log, if one does; no query while nothing new was
        said in a room where none does.
        """
        key, fragments = f"unpinned.{self.pk}.{self.head}", caches["template_fragments"]
        if fragments.get(key):
            return None
        pinned = rows_of(self.messages.exclude(pinned_at=None))
        if not pinned:  # until the next number: pinning takes one
            fragments.set(key, True, UNPINNED)
        return pinned[0] if pinned else None

    def first_since(self, moment: datetime) -> Message | None:
        """The first message then or later."""
        return self.messages.filter(posted_at__gte=moment).first()

    def named_in(self, body: str, author_pk: int | None) -> dict[str, str]:
        """Whom of its people the text names; one query, if any name is in it."""
        if "@" not in body:
            return {}
        seats = self.memberships.filter(is_named(body)).exclude(person=author_pk)
        return named_in(body, dict(seats.values_list("person_id", "person__name")))

    # -- its numbers

    def lock(self) -> None:
        """Let nobody else draw a number before this transaction ends."""
        Room.objects.select_for_update(no_key=True).get(pk=self.pk)

    def lock_for(self, person: Person) -> None:
        """The same for a member; raises ``NotAdmitted``."""
        self.lock()
        if not self.memberships.filter(person=person).exists():
            raise NotAdmitted

    def check_voice(self, person: Person) -> None:
        """Raises ``Muted`` or ``Paused`` for who may not write now."""
        seat = self.memberships.with_mute().select_related("room").get(person=person)
        check_voice(seat)

    def seat_of(self, person: Person) -> Any:
        """The person's membership, with its mute as ``with_mute`` has it; two queries, which
        together are faster than that one.
        """
        seat: Any = self.memberships.get(person=person)
        mute = Sanction.objects.mutes_of(self, person).first()
        seat.muted_until, seat.mute_reason = (mute.ends_at, mute.reason) if mute else (None, "")
        return seat

    def next_number(self, count: int = 1) -> int:
        """The last of so many; the room must be locked: who draws later must commit later."""
        Room.objects.filter(pk=self.pk).update(head=F("head") + count)
        return Room.objects.values_list("head", flat=True).get(pk=self.pk)


def rooms_in(wholes: models.QuerySet[Any]) -> RoomQuerySet:
    """The rooms of all that lies in these, say events, whatever it is."""
    rows = [
        host._default_manager.filter(**{f"{host.lies_in}__in": wholes.values("pk")})
        for host in HasRoom.__subclasses__()
    ]
    return Room.objects.filter(reduce(or_, (Q(pk__in=hosts.values("room")) for hosts in rows)))


class HasRoom(models.Model):
    """Whatever has a room: an event (its foyer), a session, a forum's slot, a stand.

    ``lies_in`` names the way from it to the whole that it is a part of, as lookups do.
    """

    lies_in: ClassVar[str]

    unread = 0  # messages that are new to the reader; ``chat.reading`` counts them

    room = models.OneToOneField(
        Room,
        models.PROTECT,
        related_name="+",
        editable=False,
        verbose_name=_("chat room"),
    )

    class Meta:
        abstract = True

    def save(self, **kwargs: Any) -> None:
        if self.room_id is None:
            with transaction.atomic():
                self.room = Room.objects.create(title=str(self)[:200])
                super().save(**kwargs)
        else:
            super().save(**kwargs)
