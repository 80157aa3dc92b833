from django.db import models
from django.utils.translation import gettext_lazy as _


class Topic(models.Model):
    """A subject by which people find stands."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="topics", verbose_name=_("event")
    )
    slug = models.SlugField(_("address"))
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="topic_has_its_address"),
        ]

    def __str__(self) -> str:
        return self.name
