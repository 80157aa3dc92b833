from __future__ import annotations

import json
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import idna
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.signing import BadSignature, Signer
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import Role, Room
from chat.models.room import RoomQuerySet, rooms_in
from chat.refusal import Refusal

if TYPE_CHECKING:
    from conference.models.registration import Registration


class Indispensable(Refusal):
    status = 409


signer = Signer(sep=".", salt="conference.calendar")


TALKS_GO_ON_FOR = timedelta(days=14)  # after an event, between those who met there


def tidy_address(text: str) -> str:
    """The one spelling of an e-mail address: no spaces, lower case, its domain in ASCII."""
    local, at, domain = "".join(text.split()).lower().rpartition("@")
    if at and not domain.isascii():
        # What is no domain in any script stays as typed, for the form to refuse it.
        with suppress(idna.IDNAError):
            domain = idna.encode(domain, uts46=True).decode()
    return f"{local}{at}{domain}"


def initials_of(name: str) -> str:
    """Of the first and the last name; titles such as “Dr.” do not count."""
    words = [word for word in name.split() if not word.endswith(".")]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> Person:
        return self.get(email=tidy_address(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Person:
        """Without a password the person enters by links from mails only."""
        person = self.model(email=tidy_address(email), **fields)
        person.set_password(password)
        person.save()
        return person

    def create_superuser(
        self, email: str, password: str | None = None, **fields: Any
    ) -> Person:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody who enters. The e-mail address is the name at the door, in lower case."""

    email = models.EmailField(_("e-mail address"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=120)
    organisation = models.CharField(_("organisation"), max_length=160, blank=True)
    place = models.CharField(_("municipality or district"), max_length=120, blank=True)
    function = models.CharField(_("function"), max_length=120, blank=True)
    language = models.CharField(
        _("language"), max_length=5, choices=settings.LANGUAGES, default="de"
    )
    is_staff = models.BooleanField(_("may use the administration"), default=False)
    is_active = models.BooleanField(_("may log in"), default=True)
    joined_at = models.DateTimeField(_("joined at"), default=clock.now, editable=False)
    # Part of the secret address of the person's calendar: a new number shuts the old one.
    calendar_number = models.PositiveIntegerField(default=1, editable=False)
    # Whom organisers enter counts as confirmed; who registers must answer a mail first.
    confirmed_at = models.DateTimeField(
        _("address confirmed at"), default=clock.now, null=True, editable=False
    )

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")), name="address_in_lower_case"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name.partition(" ")[0]

    @property
    def initials(self) -> str:
        return initials_of(self.name)

    @property
    def pending_registration(self) -> Registration | None:
        """What somebody must still confirm who has never answered a mail of ours."""
        if self.confirmed_at:
            return None
        return (
            self.registrations.filter(confirmed_at=None, event__ends_at__gt=clock.now())
            .select_related("event")
            .last()
        )

    @property
    def next_registration(self) -> Registration | None:
        """The confirmed registration for the event that is on, or the next one."""
        return (
            self.registrations.filter(
                confirmed_at__isnull=False, event__ends_at__gt=clock.now()
            )
            .select_related("event")
            .order_by("event__starts_at")
            .first()
        )

    def meets(self, other: Person) -> bool:
        """Whether the two may write to each other directly: both take part in one event,
        which has not been over for long. Chat asks this.
        """
        events = other.registrations.confirmed().values("event")
        lately = clock.now() - TALKS_GO_ON_FOR
        return (
            self.is_active
            and other.is_active
            and self.registrations.confirmed()
            .filter(event__in=events, event__ends_at__gt=lately)
            .exists()
        )

    @property
    def run_rooms(self) -> RoomQuerySet:
        """All rooms of the events that the person runs. Chat asks this."""
        from conference.models.event import Event  # it imports this in turn

        if self.is_superuser:
            return Room.objects.all()
        return rooms_in(Event.objects.run_by(self))

    def stop_moderating(self) -> None:
        """Leave the rooms that the person ran, but for the slots that are theirs.

        Where they still may, they come in again as what they are now.
        """
        own = self.moderated_slots.values("room")
        run = self.memberships.filter(role=Role.MODERATOR).exclude(room__in=own)
        for membership in run.select_related("room"):
            membership.room.dismiss(self)

    # -- the calendar that others' programs ask for

    @classmethod
    def with_calendar_token(cls, token: str) -> Person | None:
        try:
            pk, number = signer.unsign_object(token)
        except BadSignature:
            return None
        return cls.objects.filter(pk=pk, calendar_number=number, is_active=True).first()

    @property
    def calendar_path(self) -> str:
        """Secret: whoever knows it reads the person's programme."""
        return reverse(
            "subscription", args=[signer.sign_object([self.pk, self.calendar_number])]
        )

    def renew_calendar(self) -> None:
        Person.objects.filter(pk=self.pk).update(calendar_number=F("calendar_number") + 1)

    # -- details

    def correct(self, **details: str) -> None:
        """Change what the person says about themselves: name, function, …"""
        for field, value in details.items():
            setattr(self, field, value)
        self.save(update_fields=[*details])

    # -- the address, which is the key to the account

    def ask_to_move(self, address: str) -> None:
        """Mail a link there that makes it the person's address; the last one asked for counts.

        A mail goes there either way: only its owner learns that it has an account already.
        """
        from conference.models.mail import Mail, WayIn  # it knows people in turn

        self._forget_other_addresses()
        if Person.objects.filter(email=address).exists():
            Mail.write(address, "address-taken", language=self.language)
        else:
            Mail.write(self, "address-new", mailbox=address, way_in=WayIn.ADDRESS)

    @transaction.atomic
    def move_to(self, address: str) -> None:
        """Who enters by mails is from now on logged out wherever they were."""
        before, self.email = self.email, address
        if not self.has_usable_password():
            self.set_unusable_password()  # another one, on which sessions depend
        self.save(update_fields=["email", "password"])
        self.note_moved(before)

    def note_moved(self, before: str) -> None:
        """What lies in the mailbox before opens nothing more, and its owner learns of it."""
        from conference.models.mail import Mail

        self.login_links.filter(used_at=None).delete()
        self._forget_other_addresses()
        Mail.write(self, "address-changed", mailbox=before)

    def _forget_other_addresses(self) -> None:
        self.login_links.filter(used_at=None).exclude(address="").delete()
        self.mails.filter(way_in="address").recall()

    # -- leaving for good

    def check_dispensable(self) -> None:
        """Raises ``Indispensable`` for those on whom something ahead depends."""
        keeps = self.memberships.filter(role__in=[Role.HOST, Role.MODERATOR])
        moderates = self.moderated_slots.filter(round__ends_at__gt=clock.now())
        if self.is_staff or self.organised_events.exists():
            raise Indispensable(_("You work in the administration: a colleague deletes you."))
        if keeps.exists() or moderates.exists():
            text = _("You keep a stand or a room. Please ask the organisers to hand it over.")
            raise Indispensable(text)

    @transaction.atomic
    def forget(self) -> None:
        """Delete the person; what they wrote stays without a name, and they are still counted.

        Raises ``Indispensable``.
        """
        from conference.models.interest import Interest  # they know people in turn
        from conference.models.mail import Mail

        self.check_dispensable()
        for registration in self.registrations.select_related("event"):
            if registration.confirmed_at and registration.event.starts_at <= clock.now():
                type(registration.event).objects.filter(pk=registration.event_id).update(
                    nameless=F("nameless") + 1
                )
            registration.cancel()
        for membership in self.memberships.select_related("room"):
            membership.room.dismiss(self)
        forget_in_log(self)
        Interest.objects.filter(email=self.email).delete()
        Mail.objects.filter(to=self.email).delete()
        Mail.write(self.email, "forgotten", language=self.language)
        self.delete()


def forget_in_log(person: Person) -> None:
    """The administration's log calls rows by their names; that of a person is in many."""
    name = str(person)
    rows = LogEntry.objects.filter(
        Q(object_repr__contains=name) | Q(change_message__contains=json.dumps(name)[1:-1])
    )
    rows.update(object_repr="–", change_message="")
