from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.refusal import Refusal

if TYPE_CHECKING:
    from chat.models.message import Message
    from chat.models.room import Room
    from conference.models import Person

REASON = 300  # characters


class NothingToReport(Refusal):
    status = 409


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> ReportQuerySet:
        return self.filter(settled_at=None)

    def direct(self, met_in: models.QuerySet[Room]) -> ReportQuerySet:
        """Of what two wrote to each other who met in one of these rooms."""
        return self.filter(
            message__room__is_direct=True, message__room__talk__met_in__in=met_in
        )

    def to_read(self) -> ReportQuerySet:
        """With all that the queue shows."""
        return self.select_related("message__room", "message__author", "reported_by")


class Report(models.Model):
    """Somebody's word that a message should not stand; open until it has been looked at.

    The message's own text is read where it stands: who deletes theirs leaves nothing here.
    Of direct messages it is the reporter's consent that this one, and no other, is read.
    """

    message = models.ForeignKey(
        "chat.Message", models.CASCADE, related_name="reports", verbose_name=_("message")
    )
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="+",
        verbose_name=_("reported by"),
    )
    reason = models.CharField(_("reason"), max_length=REASON)
    reported_at = models.DateTimeField(_("reported at"))
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["reported_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "reported_by"], name="reported_once_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message} · {self.reported_by}"


@transaction.atomic
def report(message: Message, person: Person, reason: str) -> Report:
    """Once per person and message: again returns the first. Raises ``NothingToReport``."""
    if not message.is_shown or message.author_id == person.pk:
        raise NothingToReport(_("This message cannot be reported."))
    if not (reason := reason.strip()[:REASON]):
        raise NothingToReport(_("Please say briefly what is wrong with it."))
    made, is_new = Report.objects.get_or_create(
        message=message,
        reported_by=person,
        defaults={"reason": reason, "reported_at": clock.now()},
    )
    if is_new:
        tell_keepers(message.room)
    return made


def settle(message: Message, by: Person) -> None:
    """The message has been looked at; what became of it, it shows itself."""
    reports = Report.objects.open().filter(message=message)
    if reports.update(settled_at=clock.now(), settled_by=by):
        tell_keepers(message.room)


def open_in(room: Room) -> int:
    return Report.objects.open().filter(message__room=room).count()


def tell_keepers(room: Room) -> None:
    """How many reports are open: to each of those who keep the room, and to nobody else."""
    count = open_in(room)
    for person in room.keepers().values_list("person_id", flat=True):
        tell = partial(live.tell_person, room.pk, person, {"reports": count})
        transaction.on_commit(tell, robust=True)
