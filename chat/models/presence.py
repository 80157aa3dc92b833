from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Presence(models.Model):
    """A person who is in a room through one server process, and when that was last true.

    One row per process makes it right across processes: a row that its process no longer
    refreshes fades by itself (see ``chat.presence``).
    """

    room = models.ForeignKey("chat.Room", models.CASCADE, related_name="presences")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="presences"
    )
    process = models.CharField(max_length=32)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "person", "process"], name="one_presence_per_process"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.room}"
