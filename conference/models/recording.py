from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from conference.models.material import Material

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models.person import Person


class RecordingQuerySet(models.QuerySet["Recording"]):
    def visible_to(self, person: Person | AnonymousUser) -> RecordingQuerySet:
        """Opened ones, for who is registered; for everyone from ``public_from`` on."""
        now = clock.now()
        if getattr(person, "is_staff", False):
            return self
        mine = Q(available_from__lte=now) & Q(
            event__registrations__person=person.pk or 0,
            event__registrations__confirmed_at__isnull=False,
        )
        return self.filter(
            mine | Q(public_from__lte=now) | Q(event__organisers=person.pk or 0)
        ).distinct()


class Recording(models.Model):
    """A video to watch: dialogue, greeting, keynote, or a forum's impulse talk."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="recordings", verbose_name=_("event")
    )
    session = models.ForeignKey(
        "conference.Session",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="recordings",
        verbose_name=_("session"),
    )
    forum = models.ForeignKey(
        "conference.Forum",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="recordings",
        verbose_name=_("forum"),
    )
    slug = models.SlugField(_("address"), max_length=80)
    title = models.CharField(_("title"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    speakers = models.ManyToManyField(
        "conference.Speaker", verbose_name=_("speakers"), related_name="recordings", blank=True
    )
    available_from = models.DateTimeField(_("opens at"))
    public_from = models.DateTimeField(_("for everyone from"), null=True, blank=True)
    duration = models.DurationField(_("length"), null=True, blank=True)
    video = models.FileField(
        _("video"), upload_to="recordings/", validators=[FileExtensionValidator(["mp4"])]
    )
    poster = models.ImageField(_("poster"), upload_to="recordings/", blank=True)
    captions = models.FileField(
        _("captions"),
        upload_to="recordings/",
        blank=True,
        validators=[FileExtensionValidator(["vtt"])],
    )
    chapters = models.FileField(
        _("chapters"),
        upload_to="recordings/",
        blank=True,
        validators=[FileExtensionValidator(["vtt"])],
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = RecordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="recording_has_its_address"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("recording", args=[self.event.slug, self.slug])

    @property
    def is_open(self) -> bool:
        return self.available_from <= clock.now()


class RecordingMaterial(Material):
    recording = models.ForeignKey(Recording, models.CASCADE, related_name="materials")

    class Meta(Material.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")


class WatchPosition(models.Model):
    """Where a person stopped watching, so that any device resumes there."""

    recording = models.ForeignKey(Recording, models.CASCADE, related_name="positions")
    person = models.ForeignKey(
        "conference.Person", models.CASCADE, related_name="watch_positions"
    )
    seconds = models.FloatField()
    saved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("position in a recording")
        verbose_name_plural = _("positions in recordings")
        constraints = [
            models.UniqueConstraint(fields=["recording", "person"], name="one_position_each"),
            models.CheckConstraint(condition=Q(seconds__gte=0), name="position_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.recording}"
