from django.db import models
from django.utils.translation import gettext_lazy as _


class Lead(models.Model):
    """A person who keeps a stand, and what they do there."""

    stand = models.ForeignKey("marketplace.Stand", models.CASCADE, related_name="leads")
    person = models.ForeignKey(
        "conference.Person",
        models.CASCADE,
        related_name="leads",
        verbose_name=_("person"),
    )
    function = models.CharField(_("function"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("project lead")
        verbose_name_plural = _("project leads")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["stand", "person"], name="lead_once_per_stand"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.stand}"
