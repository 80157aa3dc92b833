from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_LENGTH = 2000  # characters


class Message(models.Model):
    """One message; keeps its place (``number``) and remembers its last change (``changed``).

    Both are numbers of the room, drawn from the same gapless sequence: ``changed`` equals
    ``number`` until the message is edited, hidden or deleted.
    """

    room = models.ForeignKey("chat.Room", models.CASCADE, related_name="messages")
    number = models.PositiveBigIntegerField(_("number"))
    changed = models.PositiveBigIntegerField(_("number of the last change"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="messages",
        verbose_name=_("author"),
    )
    client_id = models.UUIDField(_("sender's id"))
    body = models.TextField(_("message"), max_length=MAX_LENGTH)
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

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["room", "number"], name="message_has_its_number"),
            models.UniqueConstraint(fields=["room", "changed"], name="change_has_its_number"),
            models.UniqueConstraint(
                fields=["room", "author", "client_id"], name="posted_once_per_client_id"
            ),
            models.CheckConstraint(
                condition=models.Q(changed__gte=models.F("number")),
                name="changed_not_before_posted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room} #{self.number}"
