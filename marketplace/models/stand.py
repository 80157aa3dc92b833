from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import HasRoom
from conference.models import Material

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models import Person


class StandQuerySet(models.QuerySet["Stand"]):
    def visible_to(self, person: Person | AnonymousUser) -> StandQuerySet:
        """Published stands of an open market; leads and organisers see theirs before."""
        if getattr(person, "is_staff", False):
            return self
        now = clock.now()
        return self.filter(
            Q(published_at__lte=now, event__market_opens_at__lte=now)
            | Q(leads__person=person.pk or 0)
            | Q(event__organisers=person.pk or 0)
        ).distinct()


class Stand(HasRoom):
    """A project at the Markt der Möglichkeiten; leads keep it and chat in its room."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="stands", verbose_name=_("event")
    )
    slug = models.SlugField(_("address"), max_length=80)
    title = models.CharField(_("title"), max_length=160)
    organisation = models.CharField(_("organisation"), max_length=160)
    place = models.CharField(_("place"), max_length=120)
    district = models.CharField(_("district"), max_length=120)
    topic = models.ForeignKey(
        "marketplace.Topic", models.PROTECT, related_name="stands", verbose_name=_("topic")
    )
    summary = models.CharField(_("in one sentence"), max_length=240)
    story = models.TextField(_("story"), blank=True)
    picture = models.ImageField(_("picture"), upload_to="stands/", blank=True)
    picture_text = models.CharField(_("picture in words"), max_length=240, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position on the stroll"), default=0, help_text=_("Lower numbers come first.")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = StandQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand")
        verbose_name_plural = _("stands")
        ordering = ["position", "title"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="stand_has_its_address"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("market:stand", args=[self.event.slug, self.slug])


class StandMaterial(Material):
    stand = models.ForeignKey(Stand, models.CASCADE, related_name="materials")

    class Meta(Material.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")
