from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoginLink(models.Model):
    """A way in by mail: works once, expires, and only its hash is kept."""

    person = models.ForeignKey("conference.Person", models.CASCADE, related_name="login_links")
    token_hash = models.CharField(max_length=64, unique=True)
    next_path = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("login link")
        verbose_name_plural = _("login links")

    def __str__(self) -> str:
        return f"{self.person} · {self.created_at:%Y-%m-%d %H:%M}"
