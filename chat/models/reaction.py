from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.refusal import Refusal

if TYPE_CHECKING:
    from chat.models.message import Message
    from chat.rows import Row
    from conference.models import Person


class NoReaction(Refusal):
    status = 409


class Reaction(models.Model):
    """What somebody thinks of a message, in one sign.

    ``Message.reactions`` has the counts. A reaction takes no number of the room: many people
    click at once, and whoever missed it asks by the time of the last one (``reacted_since``).
    """

    class Sign(models.TextChoices):
        GOOD = "👍", _("Thumbs up")
        HEART = "❤️", _("Heart")
        LAUGH = "😄", _("Laughing")
        PARTY = "🎉", _("Celebrating")
        THINK = "🤔", _("Thinking")
        CLAP = "👏", _("Applause")

    message = models.ForeignKey("chat.Message", models.CASCADE, related_name="all_reactions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="reactions"
    )
    sign = models.CharField(_("sign"), max_length=4, choices=Sign)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "person", "sign"], name="one_reaction_of_each_sign"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.message} · {self.sign}"


@transaction.atomic
def react(message: Message, person: Person, sign: str) -> None:
    """Give this sign, or take it back. Raises ``NoReaction`` or ``Muted``."""
    type(message).objects.select_for_update(no_key=True).get(pk=message.pk)
    message.refresh_from_db(from_queryset=type(message).objects.select_related("room"))
    message.room.check_mute(person)
    if message.room.is_direct:
        message.room.check_voice(person)
    if sign not in Reaction.Sign.values or not message.is_shown:
        raise NoReaction(_("You cannot react to this message like that."))
    given = Reaction.objects.filter(message=message, person=person, sign=sign)
    if not given.delete()[0]:
        Reaction.objects.create(message=message, person=person, sign=sign)
    rows = Reaction.objects.filter(message=message).order_by().values_list("sign")
    message.reactions = dict(rows.annotate(Count("pk")))
    message.reacted_at = clock.now()
    message.save(update_fields=["reactions", "reacted_at"])
    mine = {"mine": signs_of(person.pk, [message])}
    transaction.on_commit(lambda: live.reacted(message, person.pk, mine), robust=True)


def signs_of(person_pk: int, messages: Sequence[Message | Row]) -> dict[int, list[str]]:
    """What this person has given to each of these messages, by number. One query, if anybody
    has given anything.
    """
    signs: dict[int, list[str]] = {message.number: [] for message in messages}
    reacted = [message.pk for message in messages if message.has_reactions]
    if not reacted:
        return signs
    rows = Reaction.objects.filter(person=person_pk, message__in=reacted)
    for number, sign in rows.values_list("message__number", "sign"):
        signs[number].append(sign)
    return signs
