"""Muting and banning: what was done, to whom, by whom, why, and until when."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.refusal import Refusal

if TYPE_CHECKING:
    from chat.models.room import Room
    from conference.models import Person

REASON = 200  # characters


class NotYourSay(Refusal):
    status = 403

    def __init__(self) -> None:
        super().__init__(_("You cannot do that to this person: they keep the room, too."))


class Muted(Refusal):
    """Carries ``until`` and ``reason``."""

    status = 403

    def __init__(self, until: datetime, reason: str) -> None:
        self.until, self.reason = until, reason
        super().__init__()

    def __str__(self) -> str:
        until = timezone.localtime(self.until, timezone.get_default_timezone())
        words = gettext("The moderation has muted you until %(time)s.")
        sentence = words % {"time": f"{until:%H:%M}"}
        return f"{sentence} {with_reason(self.reason)}".strip()


class Banned(Refusal):
    status = 403
    is_final = True  # nothing that the person could do would open this door

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__()

    def __str__(self) -> str:
        sentence = gettext("The moderation has excluded you from this room.")
        return f"{sentence} {with_reason(self.reason)}".strip()


def with_reason(reason: str) -> str:
    return gettext("The reason: %(reason)s") % {"reason": reason} if reason else ""


class SanctionQuerySet(models.QuerySet["Sanction"]):
    def in_force(self) -> SanctionQuerySet:
        is_on = Q(ends_at__isnull=True) | Q(ends_at__gt=clock.now())
        return self.filter(is_on, lifted_at__isnull=True)

    def mutes_of(self, room: Room, person: Person | int) -> SanctionQuerySet:
        return self.in_force().filter(room=room, person=person, kind=Sanction.Kind.MUTE)

    def ban_of(self, room: Room, person: Person) -> Sanction | None:
        return self.in_force().filter(room=room, person=person, kind=Sanction.Kind.BAN).first()


class Sanction(models.Model):
    """A mute, which ends by itself, or a ban. Outlives the membership, and is kept."""

    class Kind(models.TextChoices):
        MUTE = "mute", _("muted")
        BAN = "ban", _("excluded")

    room = models.ForeignKey(
        "chat.Room", models.CASCADE, related_name="sanctions", verbose_name=_("chat room")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="sanctions",
        verbose_name=_("person"),
    )
    kind = models.CharField(_("measure"), max_length=10, choices=Kind)
    reason = models.CharField(_("reason"), max_length=REASON, blank=True)
    imposed_at = models.DateTimeField(_("imposed at"))
    imposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("imposed by"),
    )
    ends_at = models.DateTimeField(_("ends at"), null=True, blank=True)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lifted by"),
    )

    objects = SanctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["-imposed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["room", "person"],
                condition=Q(kind="ban", lifted_at__isnull=True),
                name="banned_once",
            ),
            models.CheckConstraint(
                condition=Q(kind="mute", ends_at__isnull=False)
                | Q(kind="ban", ends_at__isnull=True),
                name="mutes_end_and_bans_do_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.get_kind_display()}"

    @property
    def is_in_force(self) -> bool:
        is_on = self.ends_at is None or self.ends_at > clock.now()
        return is_on and self.lifted_at is None

    @classmethod
    def impose(
        cls,
        room: Room,
        person: Person,
        by: Person,
        kind: Kind,
        reason: str,
        ends_at: datetime | None = None,
    ) -> Sanction:
        return cls.objects.create(
            room=room,
            person=person,
            kind=kind,
            reason=reason.strip()[:REASON],
            imposed_at=clock.now(),
            imposed_by=by,
            ends_at=ends_at,
        )

    @transaction.atomic
    def lift(self, by: Person) -> None:
        """Let the person write, or come in, again; raises ``NotYourSay``."""
        self.room.lock()
        if self.room.rank_of(by) <= self.room.rank_of(self.person):
            raise NotYourSay
        self.end(by)
        self.tell()

    def end(self, by: Person) -> None:
        self.lifted_at, self.lifted_by = clock.now(), by
        self.save(update_fields=["lifted_at", "lifted_by"])

    def tell(self) -> None:
        """The person's own composer, wherever it is open."""
        if self.kind == self.Kind.MUTE:
            until = self.ends_at if self.is_in_force else None
            frame = {"mute": live.mute_of(until, self.reason)}
            tell = partial(live.tell_person, self.room_id, self.person_id, frame)
            transaction.on_commit(tell, robust=True)


def end_of_today() -> datetime:
    """The last second of the day, where most of the people are."""
    today = timezone.localtime(clock.now(), timezone.get_default_timezone())
    return datetime.combine(today, time(23, 59, 59), today.tzinfo)
