from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.models.membership import Membership, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models import Person


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
        live.dismiss(self.pk, person.pk)


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
