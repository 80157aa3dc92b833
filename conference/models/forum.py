from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from conference.models.material import Material

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models.person import Person
    from conference.models.registration import Registration
    from conference.models.waiting import Waiting


class Forum(models.Model):
    """A subject that people talk about in small groups, once in each round."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="forums", verbose_name=_("event")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    abstract = models.TextField(_("abstract"), blank=True)
    audience = models.CharField(_("above all for"), max_length=200, blank=True)
    speakers = models.ManyToManyField(
        "conference.Speaker", verbose_name=_("speakers"), related_name="forums", blank=True
    )

    class Meta:
        verbose_name = _("forum")
        verbose_name_plural = _("forums")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["event", "number"], name="forum_has_its_number"),
        ]

    def __str__(self) -> str:
        return f"Forum {self.number}: {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("forum", args=[self.event.slug, self.number])

    def is_run_by(self, person: Person | AnonymousUser) -> bool:
        """Those who moderate it in any round, and those who run the event."""
        moderates = self.slots.filter(moderators=person.pk or 0)
        return self.event.is_run_by(person) or moderates.exists()

    def wait(self, registration: Registration) -> Waiting:
        """Wait for a place in whichever round; see ``Waiting.join``."""
        from conference.models.waiting import Waiting  # it imports this in turn

        return Waiting.join(registration, self)


class ForumMaterial(Material):
    forum = models.ForeignKey(Forum, models.CASCADE, related_name="materials")

    class Meta(Material.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")
