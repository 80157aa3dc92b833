from django.db import models
from django.utils.translation import gettext_lazy as _

from conference.models.person import initials_of


class Speaker(models.Model):
    """Somebody who speaks in the programme; need not have an account."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="speakers", verbose_name=_("event")
    )
    person = models.ForeignKey(
        "conference.Person",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="speakers",
        verbose_name=_("account"),
        help_text=_("Links the speaker to somebody who can log in."),
    )
    name = models.CharField(_("name"), max_length=120)
    office = models.CharField(_("office or function"), max_length=200, blank=True)
    biography = models.TextField(_("short biography"), blank=True)
    portrait = models.ImageField(_("portrait"), upload_to="speakers/", blank=True)

    class Meta:
        verbose_name = _("speaker")
        verbose_name_plural = _("speakers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return initials_of(self.name)
