from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference.models.mail import Mail, WayIn, login_address
from conference.models.person import Person

if TYPE_CHECKING:
    from conference.models.registration import Registration

KEPT_FOR = timedelta(days=30)  # so that its owner reads "used" or "expired", not "unknown"


class LinkUseless(Refusal):
    status = 410


class LoginLink(models.Model):
    """A way in by mail: works once, expires, and only its hash is kept.

    With a ``registration`` it confirms that one too; an ``address``, to which it was mailed,
    becomes the person's.
    """

    person = models.ForeignKey("conference.Person", models.CASCADE, related_name="login_links")
    registration = models.ForeignKey(
        "conference.Registration", models.CASCADE, null=True, related_name="login_links"
    )
    address = models.EmailField(max_length=254, blank=True)
    token_hash = models.CharField(max_length=64, unique=True)
    next_path = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("login link")
        verbose_name_plural = _("login links")

    def __str__(self) -> str:
        return f"{self.person} · {self.created_at:%Y-%m-%d %H:%M}"

    @classmethod
    def request(cls, address: str, *, next_path: str = "", language: str) -> None:
        """Mail the way in to this address, or that nobody is known by it.

        A mail is written either way: nobody can tell from the answer, nor from its time.
        """
        person = Person.objects.filter(email=address, is_active=True).first()
        if person is None:
            Mail.write(address, "unknown", language=language)
        elif pending := person.pending_registration:
            pending.ask_to_confirm()
        else:
            Mail.write(person, "login", way_in=WayIn.LOGIN, next_path=next_path)

    @classmethod
    def issue(
        cls,
        person: Person,
        *,
        expires_at: datetime,
        next_path: str = "",
        registration: Registration | None = None,
        address: str = "",
    ) -> str:
        """A new link's whole address, for a mail: it cannot be had a second time.

        Older ones stay good, since mails overtake each other; long useless ones go.
        """
        now = clock.now()
        cls.objects.filter(expires_at__lt=now - KEPT_FOR).delete()
        token = secrets.token_urlsafe(32)
        cls.objects.create(
            person=person,
            registration=registration,
            address=address,
            token_hash=hash_of(token),
            next_path=next_path,
            created_at=now,
            expires_at=expires_at,
        )
        return login_address(token)

    @classmethod
    def find(cls, token: str) -> LoginLink | None:
        return (
            cls.objects.filter(token_hash=hash_of(token))
            .select_related("person", "registration__event")
            .first()
        )

    def check_usable(self) -> None:
        """Raises ``LinkUseless`` with the reason."""
        if self.used_at:
            raise LinkUseless(_("This link has been used. Each link opens the door once."))
        if self.expires_at <= clock.now() or not self.person.is_active:
            raise LinkUseless(_("This link has expired."))

    @transaction.atomic
    def use(self) -> Person:
        """Use the link up and confirm what it confirms; raises ``LinkUseless``."""
        self.check_usable()
        now = clock.now()
        if not LoginLink.objects.filter(pk=self.pk, used_at=None).update(used_at=now):
            self.used_at = now
            self.check_usable()
        self.used_at = now
        Person.objects.filter(pk=self.person_id, confirmed_at=None).update(confirmed_at=now)
        if self.registration:
            self.registration.confirm()
        if self.address:
            self._move_in()
        return self.person

    def _move_in(self) -> None:
        try:
            with transaction.atomic():
                self.person.move_to(self.address)
        except IntegrityError:
            text = _("There is another account with this address: log in with it.")
            raise LinkUseless(text) from None


def hash_of(token: str) -> str:
    return sha256(token.encode()).hexdigest()
