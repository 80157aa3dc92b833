from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chat import clock, live
from chat.models.membership import Role
from chat.models.report import settle
from chat.refusal import Refusal
from chat.text import fold, tidy

if TYPE_CHECKING:
    from conference.models import Person

MAX_LENGTH = 2000  # characters
QUOTED = 120
MOST_TOLD = 20  # answers whose rows are sent one by one
SHOWN_IN_QUOTES = {"body", "deleted_at", "hidden_at"}


class Empty(Refusal):
    pass


class TooLong(Refusal):
    """Its sentence is in the language of whoever reads it."""

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__()

    def __str__(self) -> str:
        words = _("Your message has %(length)s characters. %(most)s fit; please shorten it.")
        return words % {"length": self.length, "most": MAX_LENGTH}


class NotYours(Refusal):
    status = 403


class Gone(Refusal):
    status = 409


class MessageQuerySet(models.QuerySet["Message"]):
    def with_author(self) -> MessageQuerySet:
        """With all that its row shows."""
        return self.select_related("author", "answers_to__author")


class Message(models.Model):
    """One message; keeps its place (``number``) and remembers its last change (``changed``).

    Both are numbers of the room, drawn from the same gapless sequence: ``changed`` equals
    ``number`` until the message is edited, hidden or deleted.
    """

    room = models.ForeignKey(
        "chat.Room", models.CASCADE, related_name="messages", verbose_name=_("chat room")
    )
    number = models.PositiveBigIntegerField(_("number"))
    changed = models.PositiveBigIntegerField(_("number of the last change"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="messages",
        verbose_name=_("author"),
    )
    answers_to = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("answers to"),
    )
    # What the author was here when they wrote.
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    client_id = models.UUIDField(_("sender's id"))
    body = models.TextField(_("message"), max_length=MAX_LENGTH)
    folded = models.TextField(default="", editable=False)  # see ``chat.finding``
    mentions = models.JSONField(_("mentions"), default=dict, blank=True, editable=False)
    posted_at = models.DateTimeField(_("posted at"))
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True, blank=True)
    hidden_at = models.DateTimeField(_("hidden at"), null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("hidden by"),
    )
    reactions = models.JSONField(default=dict, editable=False)  # how many, by sign
    reacted_at = models.DateTimeField(null=True, editable=False)
    pinned_at = models.DateTimeField(_("pinned at"), null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["number"]
        indexes = [models.Index(fields=["room", "reacted_at"], name="message_reacted")]
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="message_has_its_number"),
            models.UniqueConstraint(fields=["room", "changed"], name="change_has_its_number"),
            models.UniqueConstraint(
                fields=["room", "author", "client_id"], name="posted_once_per_client_id"
            ),
            models.UniqueConstraint(
                fields=["room"],
                condition=models.Q(pinned_at__isnull=False),
                name="one_pinned_message_per_room",
            ),
            models.CheckConstraint(
                condition=models.Q(changed__gte=models.F("number")),
                name="changed_not_before_posted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} #{self.number}"

    def get_absolute_url(self) -> str:
        """Where it stands among the others."""
        return self.path_from("")

    def path_from(self, page: str) -> str:
        """The same, with the way back to this page of ours."""
        query = {"nachricht": self.number} | ({"next": page} if page else {})
        room = reverse("chat:room", args=[self.room_id], query=query)
        return f"{room}#message-{self.room_id}-{self.number}"

    @property
    def first_words(self) -> str:
        """As answers quote them: nothing of what is not shown any more."""
        return Truncator(" ".join(self.body.split())).chars(QUOTED) if self.is_shown else ""

    @property
    def has_reactions(self) -> bool:
        return bool(self.reactions)

    @property
    def html(self) -> SafeString:
        """Its row, as everybody gets it."""
        return live.render(self)

    @property
    def is_shown(self) -> bool:
        return self.deleted_at is None and self.hidden_at is None

    # -- what the author may

    @transaction.atomic
    def edit(self, person: Person, body: str) -> None:
        """Raises ``NotAdmitted``, ``NotYours``, ``Gone``, or what keeps them from writing."""
        self._take_in_hand(person)
        self.room.check_voice(person)
        body = checked(body)
        if body != self.body:
            self.earlier.create(body=self.body, replaced_at=clock.now())
            named = self.room.named_in(body, self.author_id)
            self._change(body=body, folded=fold(body), mentions=named, edited_at=clock.now())

    @transaction.atomic
    def delete_by(self, person: Person) -> None:
        """Wipe the text, with what it was before, and leave a tombstone."""
        self._take_in_hand(person)
        self.earlier.all().delete()
        self._change(body="", folded="", mentions={}, deleted_at=clock.now(), pinned_at=None)

    def _take_in_hand(self, person: Person) -> None:
        self.room.lock_for(person)
        self.refresh_from_db(from_queryset=Message.objects.with_author())
        if self.author_id != person.pk:
            raise NotYours(_("This is somebody else's message."))
        if not self.is_shown:
            raise Gone(_("This message is not there any more."))

    # -- what whoever keeps the room may

    @transaction.atomic
    def hide(self, person: Person) -> None:
        """Show the text to nobody any more; moderators still read it in the administration."""
        self._moderate(person)
        if self.deleted_at:
            raise Gone(_("This message is not there any more."))
        if not self.hidden_at:
            self._change(hidden_at=clock.now(), hidden_by=person, pinned_at=None)
        settle(self, person)

    @transaction.atomic
    def reveal(self, person: Person) -> None:
        self._moderate(person)
        if self.hidden_at:
            self._change(hidden_at=None, hidden_by=None)

    @transaction.atomic
    def keep(self, person: Person) -> None:
        """Let it stand, whatever was reported."""
        self._moderate(person)
        settle(self, person)

    @transaction.atomic
    def pin(self, person: Person) -> None:
        """Show it above the log, instead of the one that is pinned now."""
        self._moderate(person)
        if not self.is_shown:
            raise Gone(_("This message is not there any more."))
        for other in self.room.messages.with_author().exclude(pinned_at=None):
            other.room = self.room
            other.take_down()
        self._change(pinned_at=clock.now())

    @transaction.atomic
    def unpin(self, person: Person) -> None:
        self._moderate(person)
        self.take_down()

    def take_down(self) -> None:
        """The room must be locked."""
        if self.pinned_at:
            self._change(pinned_at=None)

    def _moderate(self, person: Person) -> None:
        self.room.lock()
        self.refresh_from_db(from_queryset=Message.objects.with_author())
        if not self.is_moderated_by(person):
            raise NotYours(_("Only those who keep this room may do that."))

    def is_moderated_by(self, person: Person) -> bool:
        """Those who keep the room; what two write to each other, only once it is reported."""
        if self.room.is_direct:
            return self.reports.exists() and self.room.talk.is_run_by(person)
        return self.room.is_kept_by(person)

    # -- how it is kept

    def _change(self, **fields: Any) -> None:
        """Under the next number of the room, which must be locked; tell all who listen."""
        self.changed = self.room.next_number()
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=["changed", *fields])
        transaction.on_commit(partial(live.publish, self), robust=True)
        if SHOWN_IN_QUOTES & {*fields}:
            self._change_answers()

    def _change_answers(self) -> None:
        """They quote it: their rows change with it, under numbers of their own.

        Of very many, readers are told the last number alone, and fetch what they miss.
        """
        answers = list(self.answers.with_author())
        if not answers:
            return
        last = self.room.next_number(len(answers))
        for answer, number in zip(
            answers, range(last - len(answers) + 1, last + 1), strict=True
        ):
            answer.changed, answer.answers_to = number, self
        Message.objects.bulk_update(answers, ["changed"])
        if len(answers) > MOST_TOLD:
            tell = partial(live.tell_room, self.room_id, {"head": last})
            transaction.on_commit(tell, robust=True)
            return
        for answer in answers:
            transaction.on_commit(partial(live.publish, answer), robust=True)


def checked(body: str) -> str:
    """The tidied text; raises ``Empty`` or ``TooLong``."""
    body = tidy(body)
    check(body)
    return body


def check(body: str) -> None:
    """A tidied text."""
    if not body:
        raise Empty(_("Please write something first."))
    if len(body) > MAX_LENGTH:
        raise TooLong(len(body))
