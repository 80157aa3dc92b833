from __future__ import annotations

from django.conf import settings
from django.core.signing import Signer
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from conference.models.event import Event
from conference.models.mail import Mail

signer = Signer(sep=".", salt="conference.interest")


class InterestQuerySet(models.QuerySet["Interest"]):
    def due(self) -> InterestQuerySet:
        """Whose event takes registrations by now."""
        return self.filter(event__in=Event.objects.taking_registrations())

    def tell(self, most: int) -> int:
        """Mail to those who are due that registration is open; returns how many were told."""
        return sum(interest.tell() for interest in self.due().select_related("event")[:most])

    def tidy(self) -> None:
        """What can no longer be told is forgotten."""
        now = clock.now()
        self.filter(
            Q(event__ends_at__lte=now) | Q(event__registration_closes_at__lte=now)
        ).delete()


class Interest(models.Model):
    """An address to be told when registration opens; it goes with the mail that tells."""

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="interests", verbose_name=_("event")
    )
    email = models.EmailField(_("e-mail address"), max_length=254)
    language = models.CharField(_("language"), max_length=5, default="de")
    left_at = models.DateTimeField(_("left at"), default=clock.now)

    objects = InterestQuerySet.as_manager()

    class Meta:
        verbose_name = _("address to be told")
        verbose_name_plural = _("addresses to be told when registration opens")
        ordering = ["left_at"]
        constraints = [
            models.UniqueConstraint(fields=["event", "email"], name="told_once"),
        ]

    def __str__(self) -> str:
        return self.email

    @classmethod
    @transaction.atomic
    def leave(cls, event: Event, email: str, *, language: str) -> None:
        """Note the address; the same mail answers whether or not it was noted before."""
        interest, _is_new = cls.objects.get_or_create(
            event=event, email=email, defaults={"language": language}
        )
        Mail.write(email, "noted", event=event, language=language, way_out=interest.way_out)

    @classmethod
    def find(cls, token: str) -> Interest | None:
        """By the token of its way out; raises ``BadSignature``. None if it is gone."""
        pk = signer.unsign_object(token)
        return cls.objects.select_related("event").filter(pk=pk).first()

    @property
    def way_out(self) -> str:
        """The whole address of the page that deletes it, for mails."""
        token = signer.sign_object(self.pk)
        return settings.SITE_URL + reverse("interest_end", args=[self.event.slug, token])

    @transaction.atomic
    def tell(self) -> bool:
        """Once, however many try: whoever deletes the row writes the mail."""
        if not Interest.objects.filter(pk=self.pk).delete()[0]:
            return False
        url = settings.SITE_URL + reverse("register", args=[self.event.slug])
        Mail.write(
            self.email,
            "opened",
            event=self.event,
            language=self.language,
            at_once=False,
            url=url,
        )
        return True
