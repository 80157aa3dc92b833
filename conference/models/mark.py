from django.db import models
from django.utils.translation import gettext_lazy as _

from chat import clock


class Mark(models.Model):
    """A session that somebody has put into their own programme."""

    person = models.ForeignKey("conference.Person", models.CASCADE, related_name="marks")
    session = models.ForeignKey("conference.Session", models.CASCADE, related_name="marks")
    marked_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("marked session")
        verbose_name_plural = _("marked sessions")
        constraints = [
            models.UniqueConstraint(fields=["person", "session"], name="marked_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.session}"
