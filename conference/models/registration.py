from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.signing import Signer
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import Role
from conference.calendar import entry_of
from conference.models.event import NotRegistered
from conference.models.mail import Mail, WayIn
from conference.models.person import Person
from conference.models.place import MOST, Place
from conference.models.question import Answer
from conference.models.slot import Slot

if TYPE_CHECKING:
    from conference.models.contingent import Contingent
    from conference.models.event import Event

MAIL_CHOICE = "conference.mail_choice"
NEEDS = ("needs_sign_language", "needs_captions", "other_needs")
UNCONFIRMED_FOR = timedelta(days=30)


class Said(NamedTuple):
    """What somebody says about taking part, for the organisers alone.

    ``needs`` has the access needs by their fields, ``answers`` the values by the question's pk.
    """

    needs: dict[str, Any]
    answers: dict[int, list[str]]


class RegistrationQuerySet(models.QuerySet["Registration"]):
    def confirmed(self) -> RegistrationQuerySet:
        return self.filter(confirmed_at__isnull=False)

    def tidy(self) -> None:
        """Forget who never confirmed, and the accounts that this alone had made."""
        long_ago = clock.now() - UNCONFIRMED_FOR
        self.filter(confirmed_at=None, registered_at__lt=long_ago).delete()
        Person.objects.filter(
            confirmed_at=None,
            joined_at__lt=long_ago,
            registrations=None,
            organised_events=None,
            is_staff=False,
        ).delete()


class Registration(models.Model):
    """A person takes part in an event; it counts once the address is confirmed."""

    event = models.ForeignKey(
        "conference.Event",
        models.CASCADE,
        related_name="registrations",
        verbose_name=_("event"),
    )
    person = models.ForeignKey(
        "conference.Person",
        models.CASCADE,
        related_name="registrations",
        verbose_name=_("person"),
    )
    # Empty when organisers enrolled the person.
    consented_at = models.DateTimeField(_("consented at"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registered at"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    # Reminders and news, that is; what somebody asked for comes all the same.
    declined_mails_at = models.DateTimeField(
        _("wants no more mails since"), null=True, blank=True, editable=False
    )

    needs_sign_language = models.BooleanField(_("needs sign language"), default=False)
    needs_captions = models.BooleanField(_("needs captions"), default=False)
    other_needs = models.CharField(_("other access needs"), max_length=500, blank=True)

    objects = RegistrationQuerySet.as_manager()

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["person__name"]
        constraints = [
            models.UniqueConstraint(fields=["event", "person"], name="registered_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.event}"

    def get_absolute_url(self) -> str:
        return reverse("registration", args=[self.event.slug])

    # -- coming in

    @classmethod
    @transaction.atomic
    def request(
        cls, event: Event, email: str, said: Said | None = None, **details: str
    ) -> None:
        """A stranger asks to take part with this address; a mail to it decides.

        Nothing changes for a person who is registered already: anybody could have asked. A
        mail is written in any case, and nobody can tell which one.
        """
        person, is_new = Person.objects.get_or_create(
            email=email,
            defaults={**details, "confirmed_at": None, "password": make_password(None)},
        )
        if not (is_new or person.confirmed_at or person.registrations.confirmed().exists()):
            person.correct(**details)
        if not person.is_active:
            Mail.write(person, "refused", event=event)
            return
        registration = cls._of(event, person)
        if registration.confirmed_at:
            registration.mail_way_in()
        else:
            registration.say(said)
            registration.ask_to_confirm()

    @classmethod
    @transaction.atomic
    def take(cls, event: Event, person: Person, said: Said | None = None) -> Registration:
        """Somebody who is logged in takes part: their address needs no second mail."""
        registration = cls._of(event, person)
        registration.say(said)
        registration.confirm()
        return registration

    @classmethod
    def _of(cls, event: Event, person: Person) -> Registration:
        now = clock.now()
        registration, _is_new = cls.objects.select_related("event", "person").get_or_create(
            event=event, person=person, defaults={"consented_at": now, "registered_at": now}
        )
        return registration

    @transaction.atomic
    def say(self, said: Said | None) -> None:
        """Keep what the person said, in place of what they said before."""
        if said is None:
            return
        for field, value in said.needs.items():
            setattr(self, field, value)
        self.save(update_fields=[*said.needs])
        Answer.objects.bulk_create(
            [
                Answer(registration=self, question_id=pk, values=values)
                for pk, values in said.answers.items()
            ],
            update_conflicts=True,
            unique_fields=["registration", "question"],
            update_fields=["values"],
        )

    @property
    def said(self) -> Said:
        """What the person said; one query."""
        answers = self.answers.values_list("question", "values")
        return Said({field: getattr(self, field) for field in NEEDS}, dict(answers))

    def ask_to_confirm(self) -> None:
        days = settings.CONFIRMATION_LINK_LIFETIME.days
        Mail.write(self.person, "confirm", event=self.event, way_in=WayIn.CONFIRM, days=days)

    def mail_way_in(self) -> None:
        Mail.write(self.person, "again", event=self.event, way_in=WayIn.LOGIN)

    def mail_enrolled(self, *, at_once: bool = True) -> None:
        """That organisers have registered the person, once."""
        key = f"enrolled {self.pk}"
        Mail.write(
            self.person,
            "enrolled",
            event=self.event,
            way_in=WayIn.ENTRANCE,
            key=key,
            at_once=at_once,
        )

    def confirm(self) -> None:
        """Once: it counts from now on, and the person is welcomed by mail."""
        now = clock.now()
        if Registration.objects.filter(pk=self.pk, confirmed_at=None).update(confirmed_at=now):
            self.confirmed_at = now
            Mail.write(
                self.person,
                "welcome",
                event=self.event,
                way_in=WayIn.ENTRANCE,
                calendar=entry_of(self.event),
            )

    # -- mails

    @property
    def mail_choice_url(self) -> str:
        """The whole address of the page that ends reminders and news; needs no login."""
        token = Signer(salt=MAIL_CHOICE).sign(str(self.pk))
        return settings.SITE_URL + reverse("mail_choice", args=[self.event.slug, token])

    @classmethod
    def find_by_mail_choice(cls, token: str) -> Registration | None:
        """Raises ``BadSignature``; None if the person is no longer registered."""
        pk = Signer(salt=MAIL_CHOICE).unsign(token)
        return cls.objects.select_related("event", "person").filter(pk=pk).first()

    def choose_mails(self, *, wanted: bool) -> None:
        self.declined_mails_at = None if wanted else clock.now()
        self.save(update_fields=["declined_mails_at"])

    # -- places

    def lock(self) -> None:
        """Let nobody else give this person a place; raises ``NotRegistered`` if it is gone."""
        if not Registration.objects.select_for_update(no_key=True).filter(pk=self.pk).exists():
            raise NotRegistered(_("You are no longer registered."))

    def held_places(self) -> list[Place]:
        """The last one taken stands last."""
        return list(self.places.order_by("taken_at", "pk"))

    def given_up_for(self, slot: Slot, places: list[Place]) -> Place | None:
        """What of these the person gives up for a place in this slot, if anything.

        The other of the same round or, where they may hold no more, the last they took.
        """
        parallel = [place for place in places if place.round_id == slot.round_id]
        is_at_limit = len(places) >= slot.forum.event.places_per_person
        return next(iter([*parallel, *(places[-1:] if is_at_limit else [])]), None)

    def waits_for(self, slot: Slot) -> bool:
        """In this slot or for either round of its forum."""
        return self.waitings.filter(Q(slot=slot) | Q(slot=None), forum=slot.forum_id).exists()

    def add_place(
        self,
        slot: Slot,
        places: list[Place],
        contingent: Contingent | None = None,
        instead: Place | None = None,
    ) -> Place:
        """Write it down beside these, which are all; the slot counts it, and is locked."""
        free = {*range(1, MOST + 1)} - {place.nth for place in places}
        return Place.objects.create(
            registration=self,
            slot=slot,
            round=slot.round,
            nth=instead.nth if instead else min(free),
            contingent=contingent,
            taken_at=clock.now(),
        )

    def stop_waiting_for(self, slot: Slot) -> list[Slot]:
        """Whoever has a place here waits no longer for it; where an offer ends thereby."""
        waitings = self.waitings.filter(Q(slot=slot) | Q(slot=None), forum=slot.forum_id)
        waitings = waitings.select_related("offered_slot__forum__event", "offered_slot__round")
        return [freed for waiting in waitings if (freed := waiting.drop())]

    @transaction.atomic
    def give_all_back(self) -> None:
        """Whoever leaves the event leaves their places and all lines; no mail says so."""
        slots = Slot.objects.lock_all_of(self.event_id)
        for waiting in self.waitings.select_related("offered_slot"):
            waiting.drop()
        for place in self.places.with_slot():
            place.leave("")
        for slot in slots.values():
            slot.fill()

    # -- going

    @transaction.atomic
    def cancel(self) -> None:
        """The person does not take part after all: their place is free, the doors are shut.

        Rooms that they keep or moderate stay theirs; a place in another event does too, and
        what they wrote with others directly can still be read.
        """
        self.give_all_back()
        elsewhere = Place.objects.filter(registration__person=self.person).values("slot__room")
        for membership in (
            self.person.memberships.filter(role=Role.MEMBER, room__is_direct=False)
            .exclude(room__in=elsewhere)
            .select_related("room")
        ):
            membership.room.dismiss(self.person)
        self.delete()
        if not self.event.is_over:
            Mail.write(self.person, "cancelled", event=self.event)
