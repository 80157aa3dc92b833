from django.db import models
from django.utils.translation import gettext_lazy as _


class Offer(models.Model):
    """What a stand offers: a course, advice, funding, a visit."""

    class Kind(models.TextChoices):
        COURSE = "course", _("Course")
        ADVICE = "advice", _("Advice")
        FUNDING = "funding", _("Funding")
        VISIT = "visit", _("Visit")

    stand = models.ForeignKey("marketplace.Stand", models.CASCADE, related_name="offers")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    title = models.CharField(_("title"), max_length=160)
    description = models.TextField(_("description"), blank=True)
    audience = models.CharField(_("for whom"), max_length=160, blank=True)
    when = models.CharField(_("when"), max_length=120, blank=True)
    cost = models.CharField(_("cost"), max_length=120, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title
