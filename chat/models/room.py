from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, models, transaction
from django.db.models import Exists, F, Subquery
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.models.membership import Membership, Role
from chat.models.message import Message, checked
from chat.refusal import Refusal

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models import Person


CHANGES = 200  # at most at once
PAGE = 50  # messages of the history


class NotAdmitted(Refusal):
    status = 403


class RoomQuerySet(models.QuerySet["Room"]):
    def entered_by(self, person: Person | AnonymousUser) -> RoomQuerySet:
        """The rooms whose door stands open to this person."""
        return self.filter(memberships__person_id=person.pk)


class Room(models.Model):
    """A chat room. Its numbers have no gaps, and commit order is number order."""

    title = models.CharField(_("title"), max_length=200)
    head = models.PositiveBigIntegerField(_("last number"), default=0, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("chat room")
        verbose_name_plural = _("chat rooms")

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("chat:room", args=[self.pk])

    # -- the door

    def admit(self, person: Person, role: Role = Role.MEMBER) -> Membership:
        """Let the person in, with this role; again is fine, and may change the role."""
        membership, is_new = Membership.objects.get_or_create(
            room=self,
            person=person,
            defaults={"role": role, "admitted_at": clock.now()},
        )
        if not is_new and membership.role != role:
            membership.role = role
            membership.save(update_fields=["role"])
        return membership

    def dismiss(self, person: Person) -> None:
        """Shut the door for the person, and close the sockets they have open here."""
        self.memberships.filter(person=person).delete()
        transaction.on_commit(partial(live.dismiss, self.pk, person.pk), robust=True)

    def is_kept_by(self, person: Person) -> bool:
        """Hosts and moderators; in the administration, whoever may change messages."""
        roles = [Role.HOST, Role.MODERATOR]
        return self.memberships.filter(person=person, role__in=roles).exists() or (
            person.has_perm("chat.change_message")
        )

    # -- the talk

    def post(self, author: Person, body: str, client_id: UUID) -> Message:
        """Say this, once per author and ``client_id``: again returns the first message.

        Raises ``NotAdmitted``, ``Empty`` or ``TooLong``. Four queries.
        """
        if first := self.posted_by(author, client_id):
            return first
        body = checked(body)
        try:
            with transaction.atomic():
                return self._store(author, body, client_id)
        except IntegrityError:  # the same came in twice at once
            if first := self.posted_by(author, client_id):
                return first
            raise

    def posted_by(self, author: Person, client_id: UUID) -> Message | None:
        return self.messages.with_author().filter(author=author, client_id=client_id).first()

    def _store(self, author: Person, body: str, client_id: UUID) -> Message:
        memberships = Membership.objects.filter(room=self.pk, person=author)
        self._draw(Exists(memberships))
        message = self.messages.create(
            number=self._head,
            changed=self._head,
            author=author,
            role=Subquery(memberships.values("role")),
            client_id=client_id,
            body=body,
            posted_at=clock.now(),
        )
        transaction.on_commit(partial(live.publish, message), robust=True)
        return message

    def changes_since(self, number: int) -> models.QuerySet[Message]:
        """What is new or changed after this number, in that order; at most ``CHANGES``."""
        changes = self.messages.with_author().filter(changed__gt=number)
        return changes.order_by("changed")[:CHANGES]

    def page_before(self, number: int | None = None) -> list[Message]:
        """The ``PAGE`` messages before this number, or the newest ones; in their order."""
        messages = self.messages.with_author().order_by("-number")
        if number is not None:
            messages = messages.filter(number__lt=number)
        return list(reversed(messages[:PAGE]))

    # -- its numbers

    def lock(self) -> None:
        """Let nobody else draw a number before this transaction ends."""
        Room.objects.select_for_update(no_key=True).get(pk=self.pk)

    def lock_for(self, person: Person) -> None:
        """The same for a member; raises ``NotAdmitted``."""
        self.lock()
        if not self.memberships.filter(person=person).exists():
            raise self._not_admitted()

    def next_number(self) -> int:
        self._draw()
        return Room.objects.values_list("head", flat=True).get(pk=self.pk)

    @property
    def _head(self) -> Subquery:
        return Subquery(Room.objects.filter(pk=self.pk).values("head"))

    def _draw(self, *conditions: Exists) -> None:
        """Take the next number, in one statement that asks for the right to it too.

        The row stays locked until the transaction ends: who draws later commits later.
        """
        row = Room.objects.filter(*conditions, pk=self.pk)
        if not row.update(head=F("head") + 1):
            raise self._not_admitted()

    @staticmethod
    def _not_admitted() -> NotAdmitted:
        return NotAdmitted(_("You are not in this room any more."))


class HasRoom(models.Model):
    """Whatever has a room: an event (its foyer), a session, a forum's slot, a stand."""

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
