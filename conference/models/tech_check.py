from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from chat import clock

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from conference.models.event import Event
    from conference.models.person import Person


class TechCheckQuerySet(models.QuerySet["TechCheck"]):
    def with_trouble(self) -> TechCheckQuerySet:
        return self.filter(
            Q(sound=TechCheck.Answer.NO)
            | Q(video=TechCheck.Answer.NO)
            | Q(live=TechCheck.Live.NONE)
            | Q(browser=TechCheck.Browser.OLD)
        )


class TechCheck(models.Model):
    """How somebody's device did beforehand, kept if they agree; organisers see counts alone."""

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")

    class Live(models.TextChoices):
        SOCKET = "socket", _("at once")
        POLLING = "polling", _("every few seconds")
        NONE = "none", _("not at all")

    class Browser(models.TextChoices):
        GOOD = "good", _("recent")
        OLD = "old", _("too old")

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="tech_checks", verbose_name=_("event")
    )
    # Strangers may check, too: each time counts.
    person = models.ForeignKey(
        "conference.Person", models.CASCADE, null=True, related_name="tech_checks"
    )
    sound = models.CharField(_("sound"), max_length=10, choices=Answer, blank=True)
    video = models.CharField(_("video"), max_length=10, choices=Answer, blank=True)
    live = models.CharField(_("live connection"), max_length=10, choices=Live, blank=True)
    browser = models.CharField(_("browser"), max_length=10, choices=Browser, blank=True)
    checked_at = models.DateTimeField(_("checked at"), default=clock.now)

    objects = TechCheckQuerySet.as_manager()

    class Meta:
        verbose_name = _("technical check")
        verbose_name_plural = _("technical checks")
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="last_check_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.event} · {self.checked_at:%Y-%m-%d %H:%M}"

    @property
    def is_fine(self) -> bool:
        """Nothing stands in the way; what could not be checked does not count as fine."""
        return (
            self.sound == self.video == self.Answer.YES
            and self.live in (self.Live.SOCKET, self.Live.POLLING)
            and self.browser == self.Browser.GOOD
        )

    def keep(self, event: Event, person: Person | AnonymousUser) -> None:
        """In place of the person's last one."""
        self.event, self.checked_at = event, clock.now()
        if not person.is_authenticated:
            self.save()
            return
        fields = ("sound", "video", "live", "browser", "checked_at")
        TechCheck.objects.update_or_create(
            event=event,
            person=person,
            defaults={field: getattr(self, field) for field in fields},
        )
