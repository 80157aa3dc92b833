from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Registration(models.Model):
    """A person takes part in an event; it counts once the address is confirmed."""

    event = models.ForeignKey(
        "conference.Event",
        models.CASCADE,
        related_name="registrations",
        verbose_name=_("event"),
    )
    person = models.ForeignKey(
        "conference.Person",
        models.CASCADE,
        related_name="registrations",
        verbose_name=_("person"),
    )
    consented_at = models.DateTimeField(_("consented at"))
    registered_at = models.DateTimeField(_("registered at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["person__name"]
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="registered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.event}"
