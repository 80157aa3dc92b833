from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference.models.slot import Slot, SlotFull


class WrongCode(Refusal):
    status = 422


class ContingentUsed(Refusal):
    status = 409


def fold(code: str) -> str:
    """The one spelling of a code: people copy them from mails and slides."""
    return re.sub(r"[\s\-–—_.]+", "", code).upper()


class ContingentQuerySet(models.QuerySet["Contingent"]):
    def held(self) -> ContingentQuerySet:
        return self.filter(released_at=None)

    def due(self) -> ContingentQuerySet:
        return self.held().filter(releases_at__lte=clock.now())

    def of_code(self, slot: Slot, code: str) -> Contingent:
        """Raises ``WrongCode`` or ``ContingentUsed``."""
        found = self.filter(slot=slot, code=fold(code)).first()
        if found is None:
            raise WrongCode(_("This code does not fit this round. Please check its spelling."))
        if found.released_at:
            raise ContingentUsed(
                _("These places are no longer held back. What is left is free for everybody.")
            )
        return found


class Contingent(models.Model):
    """Places of a slot that are held back for a group, until a moment.

    Whoever knows the ``code`` may take one; ``used`` of the ``seats`` are taken.
    """

    slot = models.ForeignKey(
        Slot, models.CASCADE, related_name="contingents", verbose_name=_("slot")
    )
    name = models.CharField(_("for whom"), max_length=120)
    code = models.CharField(
        _("code"),
        max_length=40,
        help_text=_("Hand it to the group. Spaces, hyphens and case do not matter."),
    )
    seats = models.PositiveIntegerField(_("places"))
    used = models.PositiveIntegerField(_("places taken"), default=0, editable=False)
    releases_at = models.DateTimeField(
        _("free for everybody from"),
        help_text=_("What is left then goes to those who wait, or is free."),
    )
    released_at = models.DateTimeField(_("released at"), null=True, editable=False)

    objects = ContingentQuerySet.as_manager()

    class Meta:
        verbose_name = _("contingent")
        verbose_name_plural = _("contingents")
        ordering = ["slot__round__starts_at", "slot__forum__number", "name"]
        constraints = [
            models.UniqueConstraint(fields=["slot", "code"], name="code_opens_one_contingent"),
            models.CheckConstraint(
                condition=Q(used__lte=F("seats")), name="contingent_not_overused"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} · {self.slot}"

    @property
    def left(self) -> int:
        return 0 if self.released_at else self.seats - self.used

    def save(self, *, update_fields: Any = None, **kwargs: Any) -> None:
        """What is counted is counted by the verbs, never saved as somebody had read it."""
        self.code = fold(self.code)
        if update_fields is None and self.pk and not self._state.adding:
            update_fields = {"slot", "name", "code", "releases_at"}
        super().save(update_fields=update_fields, **kwargs)

    def clean(self) -> None:
        self.code = fold(self.code)
        if not self.code:
            raise ValidationError({"code": _("Please give letters or digits.")})
        if self.slot_id is None or self.seats is None:
            return
        with transaction.atomic():
            slot = Slot.objects.lock_all_of(self.slot.forum.event_id)[self.slot_id]
            before = Contingent.objects.filter(pk=self.pk).first()
        if before and self.seats < before.used:
            raise ValidationError({"seats": _("More places than that are already taken.")})
        more = self.seats - (before.seats if before else 0)
        if (before is None or before.released_at is None) and more > slot.free:
            raise ValidationError({"seats": _("So many places are not free in this round.")})

    @transaction.atomic
    def hold(self) -> None:
        """Take its seats out of what is free, and save it. Raises ``SlotFull``."""
        slot = Slot.objects.lock_all_of(self.slot.forum.event_id)[self.slot_id]
        before = Contingent.objects.filter(pk=self.pk).first() if self.pk else None
        more = self.seats - (before.seats if before else 0)
        is_released = before is not None and before.released_at is not None
        if not is_released and more > slot.free:
            raise SlotFull(_("So many places are not free in this round."))
        self.save()
        if before and not is_released:
            Contingent.objects.filter(pk=self.pk).update(seats=self.seats)
        if not is_released:
            slot.count(held=more)
            slot.fill()

    def free(self) -> None:
        """Let go of it now, on the organisers' word."""
        with transaction.atomic():
            slots = Slot.objects.lock_all_of(self.slot.forum.event_id)
            self.release(slots[self.slot_id], clock.now())
            slots[self.slot_id].fill()

    # -- with all slots of the event locked

    def use(self) -> None:
        """Turn a seat that is held into one that is taken. Raises ``ContingentUsed``."""
        used = Contingent.objects.held().filter(pk=self.pk, used__lt=F("seats"))
        if not used.update(used=F("used") + 1):
            raise ContingentUsed(_("All places of this contingent are taken."))
        self.slot.count(taken=1, held=-1)

    def take_back(self) -> bool:
        """Whether a place that somebody leaves is held for the group again."""
        used = Contingent.objects.held().filter(pk=self.pk, used__gt=0)
        return bool(used.update(used=F("used") - 1))

    def release(self, slot: Slot, now: datetime) -> None:
        self.refresh_from_db(fields=["seats", "used", "released_at"])
        if left := self.left:
            slot.count(held=-left)
        Contingent.objects.held().filter(pk=self.pk).update(released_at=now)
        self.released_at = self.released_at or now
