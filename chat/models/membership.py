from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    MEMBER = "member", _("Member")
    HOST = "host", _("Host")  # keeps the room: project lead, speaker; may hide messages
    MODERATOR = "moderator", _("Moderator")  # runs the room


class Membership(models.Model):
    """A person who was admitted to a room. No membership, no entry."""

    room = models.ForeignKey("chat.Room", models.CASCADE, related_name="memberships")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.MEMBER)
    admitted_at = models.DateTimeField(_("admitted at"))

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
