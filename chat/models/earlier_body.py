from django.db import models
from django.utils.translation import gettext_lazy as _


class EarlierBody(models.Model):
    """What a message said before an edit, for those who keep the room.

    Goes when its message is deleted: who takes back their words takes back all of them.
    """

    message = models.ForeignKey("chat.Message", models.CASCADE, related_name="earlier")
    body = models.TextField(_("message"))
    replaced_at = models.DateTimeField(_("replaced at"))

    class Meta:
        verbose_name = _("earlier text")
        verbose_name_plural = _("earlier texts")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.replaced_at)
