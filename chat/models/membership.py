from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import OuterRef
from django.utils.translation import gettext_lazy as _

from chat.models.sanction import NotYourSay, Sanction

if TYPE_CHECKING:
    from datetime import datetime

    from conference.models import Person


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    HOST = "host", _("Host")  # keeps the room: project lead, speaker; may hide messages
    MODERATOR = "moderator", _("Moderator")  # runs the room


class MembershipQuerySet(models.QuerySet["Membership"]):
    def with_mute(self) -> MembershipQuerySet:
        """With ``muted_until`` and ``mute_reason``, None unless the person is muted now."""
        mutes = Sanction.objects.in_force().filter(
            kind=Sanction.Kind.MUTE, room=OuterRef("room"), person=OuterRef("person")
        )
        return self.annotate(
            muted_until=mutes.values("ends_at")[:1], mute_reason=mutes.values("reason")[:1]
        )


class Membership(models.Model):
    """A person who was admitted to a room. No membership, no entry."""

    room = models.ForeignKey("chat.Room", models.CASCADE, related_name="memberships")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    admitted_at = models.DateTimeField(_("admitted at"))

    # Everything up to this number of the room; see ``chat.reading``.
    read = models.PositiveBigIntegerField(_("read up to"), default=0, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(fields=["room", "person"], name="one_membership_per_room"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.room}"

    @property
    def may_hide(self) -> bool:
        return self.role in (Role.HOST, Role.MODERATOR)

    # -- what whoever keeps the room may do about it

    @transaction.atomic
    def mute(self, by: Person, until: datetime, reason: str = "") -> Sanction:
        """Let them read and not write until then; instead of any mute before.

        Raises ``NotYourSay``.
        """
        self._take_in_hand(by)
        for before in Sanction.objects.mutes_of(self.room, self.person):
            before.end(by)
        sanction = Sanction.impose(
            self.room, self.person, by, Sanction.Kind.MUTE, reason, ends_at=until
        )
        sanction.tell()
        return sanction

    @transaction.atomic
    def ban(self, by: Person, reason: str = "") -> Sanction:
        """Shut the door at once and for good; ``Room.admit`` then refuses them.

        Raises ``NotYourSay``.
        """
        self._take_in_hand(by)
        ban = Sanction.impose(self.room, self.person, by, Sanction.Kind.BAN, reason)
        self.room.dismiss(self.person)
        return ban

    def _take_in_hand(self, by: Person) -> None:
        """Only those who rank higher; the room stays locked, so that nobody slips in."""
        self.room.lock()
        if self.room.rank_of(by) <= self.room.rank_of(self.person):
            raise NotYourSay
