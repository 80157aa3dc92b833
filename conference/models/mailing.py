from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.refusal import Refusal
from conference.models.event import Event
from conference.models.mail import PERSONAL, Mail, WayIn, login_address, rendered
from conference.models.person import Person
from conference.models.slot import Slot
from conference.templatetags.text import markdown

if TYPE_CHECKING:
    from conference.models.registration import Registration, RegistrationQuerySet


class NotToBeSent(Refusal):
    status = 409


class Audience(NamedTuple):
    """Some of an event's registrations, as a condition that follows from the mailing."""

    label: str | Promise
    select: Callable[[Mailing], Q]


def speakers(mailing: Mailing) -> Q:
    if mailing.is_for_some_slots:
        return Q(person__speakers__forums__slots__in=mailing.slots)
    return Q(person__speakers__event=mailing.event)


def waiting(mailing: Mailing) -> Q:
    """For one of these slots, or for any round of their forum."""
    return Q(waitings__slot__in=mailing.slots) | Q(
        waitings__slot=None, waitings__forum__slots__in=mailing.slots
    )


# Storeys above add theirs.
AUDIENCES: dict[str, Audience] = {
    "everyone": Audience(_("All who are registered"), lambda _mailing: Q()),
    "placed": Audience(
        _("Attendees with a place in a forum"),
        lambda mailing: Q(places__slot__in=mailing.slots),
    ),
    "unplaced": Audience(
        _("Attendees without a place in a forum"), lambda _mailing: Q(places=None)
    ),
    "waiting": Audience(_("Attendees who wait for a place"), waiting),
    "speakers": Audience(_("Speakers"), speakers),
    "moderators": Audience(
        _("Moderators of forums"),
        lambda mailing: Q(person__moderated_slots__in=mailing.slots),
    ),
}
LINK = r"\{link\}"


class MailingQuerySet(models.QuerySet["Mailing"]):
    def organised_by(self, person: Person) -> MailingQuerySet:
        if person.is_superuser:
            return self
        return self.filter(event__in=Event.objects.filter(organisers=person))

    def under_way(self) -> MailingQuerySet:
        return self.filter(approved_at__isnull=False, finished_at=None)

    def write_on(self, most: int) -> int:
        """Write the next mails of what organisers have approved; returns how many."""
        count = 0
        for mailing in self.under_way().select_related("event").order_by("approved_at"):
            count += mailing.write_on(most - count)
        return count


class Mailing(models.Model):
    """What organisers write to many people of their event, in Markdown.

    ``{name}`` and ``{link}`` stand for the reader's name and a way in of their own. Once it is
    approved it can no longer be changed, and its mails are written a minute's worth at a time.
    """

    event = models.ForeignKey(
        "conference.Event",
        models.CASCADE,
        related_name="mailings",
        verbose_name=_("event"),
    )
    audiences = models.JSONField(_("to whom"), default=list)
    forums = models.ManyToManyField(
        "conference.Forum", verbose_name=_("only these forums"), related_name="+", blank=True
    )
    rounds = models.ManyToManyField(
        "conference.Session", verbose_name=_("only these rounds"), related_name="+", blank=True
    )
    is_for_all = models.BooleanField(
        _("important"),
        default=False,
        help_text=_(
            "Reaches those, too, who want no more mails. Only for what everybody must know, "
            "for example that something is called off."
        ),
    )
    subject = models.CharField(_("subject"), max_length=160)
    body = models.TextField(_("text"))
    subject_en = models.CharField(_("subject in English"), max_length=160, blank=True)
    body_en = models.TextField(_("text in English"), blank=True)
    created_at = models.DateTimeField(_("written at"), default=clock.now, editable=False)
    tested_at = models.DateTimeField(_("tested at"), null=True, editable=False)
    approved_at = models.DateTimeField(_("approved at"), null=True, editable=False)
    approved_by = models.ForeignKey(
        "conference.Person",
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("approved by"),
    )
    recipients_count = models.PositiveIntegerField(_("recipients"), default=0, editable=False)
    finished_at = models.DateTimeField(_("all written at"), null=True, editable=False)

    objects = MailingQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail to many")
        verbose_name_plural = _("mails to many")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at=None) | Q(approved_at__isnull=False),
                name="mailing_finished_when_approved",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    # -- to whom

    @property
    def is_for_some_slots(self) -> bool:
        return self.forums.exists() or self.rounds.exists()

    @property
    def slots(self) -> QuerySet[Slot]:
        """Those of the forums and rounds that were chosen, else all of the event."""
        slots = Slot.objects.filter(forum__event=self.event)
        forums, rounds = self.forums.all(), self.rounds.all()
        if forums:
            slots = slots.filter(forum__in=forums)
        if rounds:
            slots = slots.filter(round__in=rounds)
        return slots

    @property
    def chosen(self) -> RegistrationQuerySet:
        """Whom it is meant for, each once, whether or not they want mails."""
        meant = Q(pk__in=[])
        for name in self.audiences:
            some = self.event.registrations.filter(AUDIENCES[name].select(self))
            meant |= Q(pk__in=some.values("pk"))
        people = self.event.registrations.confirmed().filter(meant, person__is_active=True)
        return people.select_related("event", "person")

    @property
    def recipients(self) -> RegistrationQuerySet:
        people = self.chosen
        return people if self.is_for_all else people.filter(declined_mails_at=None)

    @property
    def declined_count(self) -> int:
        """How many do not get it, because they want no more mails."""
        if self.is_for_all:
            return 0
        return self.chosen.exclude(declined_mails_at=None).count()

    @property
    def audience_in_words(self) -> str:
        labels = [str(AUDIENCES[name].label) for name in self.audiences]
        limits = [str(one) for one in (*self.forums.all(), *self.rounds.all())]
        return ", ".join(labels) + (f" ({'; '.join(limits)})" if limits else "")

    # -- how it looks

    def in_language(self, language: str) -> tuple[str, str, str]:
        """Subject, text and their language: English where it was written."""
        if language == "en" and self.subject_en and self.body_en:
            return self.subject_en, self.body_en, "en"
        return self.subject, self.body, "de"

    def content_for(self, person: Person) -> dict[str, Any]:
        """For ``Mail.write``: the text as it was typed, and its parts as HTML."""
        subject, body, language = self.in_language(person.language)
        body = "\n".join(body.split("\r\n"))
        url = login_address(PERSONAL)
        parts: list[dict[str, str]] = []
        for number, piece in enumerate(re.split(rf"(?im)^[ \t]*{LINK}[ \t]*$", body)):
            if number:
                parts.append({"text": gettext("Enter the event"), "url": url})
            if piece.strip():
                piece = re.sub(r"(?<=\S)\n(?=\S)", "  \n", piece)  # lines end where typed
                html = markdown(with_link(piece, url, as_markdown=True), top=2)
                parts.append({"html": with_name(html, person), "language": language})
        text = re.sub(r"(?i)\{name\}", lambda _match: person.name, with_link(body, url))
        return {"title": subject, "body": text, "parts": parts}

    def preview(self, person: Person, language: str) -> dict[str, str]:
        """Subject, text and HTML as this person would get it in that language."""
        reader = Person(name=person.name, email=person.email, language=language)
        with translation.override(language):
            return rendered(
                "mailing",
                {
                    **self.content_for(reader),
                    "url": login_address(PERSONAL),
                    "event": self.event,
                    "person": reader,
                    "unsubscribe_url": "" if self.is_for_all else "#",
                },
            )

    # -- sending

    def send_test(self, person: Person) -> int:
        """To the organiser alone, in all languages that it was written in; says how many."""
        languages = ["de", "en"] if self.subject_en and self.body_en else ["de"]
        for language in languages:
            reader = Person(pk=person.pk, name=person.name, email=person.email)
            reader.language = language
            with translation.override(language):
                content = self.content_for(reader)
                content["title"] = gettext("Test: %(subject)s") % {"subject": content["title"]}
            Mail.write(reader, "mailing", event=self.event, way_in=WayIn.ENTRANCE, **content)
        Mailing.objects.filter(pk=self.pk).update(tested_at=clock.now())
        return len(languages)

    def approve(self, person: Person, *, count: int) -> None:
        """Let it go to all; ``count`` is how many the organiser was told. Once."""
        now_count = self.recipients.count()
        if not now_count:
            raise NotToBeSent(_("Nobody would get this mail. Please choose others."))
        if now_count != count:
            raise NotToBeSent(
                ngettext(
                    "Meanwhile it would go to %(count)s person. Please check once more.",
                    "Meanwhile it would go to %(count)s people. Please check once more.",
                    now_count,
                )
                % {"count": now_count}
            )
        if not Mailing.objects.filter(pk=self.pk, approved_at=None).update(
            approved_at=clock.now(), approved_by=person, recipients_count=now_count
        ):
            raise NotToBeSent(_("This mail is already on its way."))

    def write_on(self, most: int) -> int:
        """The next mails; whoever has one gets no second. Returns how many were written."""
        written = Mail.objects.filter(mailing=self, person=OuterRef("person"))
        left = self.recipients.filter(~Exists(written)).order_by("pk")
        registrations = list(left[:most])
        for registration in registrations:
            with transaction.atomic():
                self.write_to(registration)
        if len(registrations) < most:
            Mailing.objects.filter(pk=self.pk, finished_at=None).update(finished_at=clock.now())
        return len(registrations)

    def write_to(self, registration: Registration) -> None:
        person = registration.person
        with translation.override(person.language):
            content = self.content_for(person)
        Mail.write(
            person,
            "mailing",
            event=self.event,
            mailing=self,
            way_in=WayIn.ENTRANCE,
            key=f"mailing:{self.pk}:{person.pk}",
            at_once=False,
            unsubscribe_url="" if self.is_for_all else registration.mail_choice_url,
            **content,
        )

    # -- what became of it

    @property
    def is_draft(self) -> bool:
        return self.approved_at is None

    def progress(self) -> dict[str, int]:
        """How many of its mails were sent, wait, were given up or are no longer due."""
        return self.mails.aggregate(
            sent=models.Count("pk", filter=Q(sent_at__isnull=False)),
            waiting=models.Count("pk", filter=Q(next_try_at__isnull=False)),
            given_up=models.Count("pk", filter=Q(given_up_at__isnull=False)),
            recalled=models.Count("pk", filter=Q(recalled_at__isnull=False)),
        )


def with_link(text: str, url: str, *, as_markdown: bool = False) -> str:
    """The way in, in place of ``{link}``; as a link where Markdown would show its letters."""
    if as_markdown:
        text = re.sub(rf"(?i)(?<!\(){LINK}", lambda _match: f"<{url}>", text)
    return re.sub(f"(?i){LINK}", lambda _match: url, text)


def with_name(html: str, person: Person) -> str:
    """Put in only now, so that no name is taken for Markdown or HTML."""
    name = str(escape(person.name))
    return mark_safe(re.sub(r"(?i)\{name\}", lambda _match: name, html))  # noqa: S308
