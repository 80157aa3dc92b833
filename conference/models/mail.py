from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from functools import partial
from smtplib import SMTPDataError, SMTPRecipientsRefused, SMTPSenderRefused
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, mailers
from django.db import models, transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from chat import clock
from conference.models.person import Person

if TYPE_CHECKING:
    from conference.models.event import Event
    from conference.models.mailing import Mailing

# After a try that failed; after the last, two days on, the mail is given up. The first is
# longer than a dialogue with a slow mail server takes: until then nobody else tries.
PAUSES = [timedelta(minutes=m) for m in (3, 10, 30, 60, 120, 240, 480, 960, 960)]
KEPT_FOR = timedelta(days=30)
# Stands in the texts of mails where each try puts the token of a login link of its own.
PERSONAL = "persoenlich"


class WayIn(models.TextChoices):
    """What the link in a mail does, and for how long."""

    LOGIN = "login", _("logs in, for half an hour")
    CONFIRM = "confirm", _("confirms the registration")
    ENTRANCE = "entrance", _("lets in, until the event ends")
    ADDRESS = "address", _("makes the address that of the account")


class State(models.TextChoices):
    """What became of a mail; in the database it is dates."""

    WAITING = "waiting", _("waiting")
    TROUBLED = "troubled", _("did not get through yet")
    SENT = "sent", _("sent")
    GIVEN_UP = "given_up", _("given up")
    RECALLED = "recalled", _("not due any more")


STATES = {
    State.WAITING: Q(next_try_at__isnull=False, error=""),
    State.TROUBLED: Q(next_try_at__isnull=False) & ~Q(error=""),
    State.SENT: Q(sent_at__isnull=False),
    State.GIVEN_UP: Q(given_up_at__isnull=False),
    State.RECALLED: Q(recalled_at__isnull=False),
}


class MailQuerySet(models.QuerySet["Mail"]):
    def organised_by(self, person: Person) -> MailQuerySet:
        """Those of the person's events; of none, such as login links, for superusers alone."""
        if person.is_superuser:
            return self
        return self.filter(event__in=person.organised_events.all())

    def in_state(self, state: str) -> MailQuerySet:
        return self.filter(STATES[State(state)])

    def recall(self) -> None:
        """Those that have not gone yet do not go."""
        waiting = self.filter(next_try_at__isnull=False)
        waiting.update(recalled_at=clock.now(), next_try_at=None)

    def due(self) -> MailQuerySet:
        """Not sent, and not being sent right now."""
        return self.filter(next_try_at__lte=clock.now())

    def tidy(self) -> None:
        self.filter(created_at__lt=clock.now() - KEPT_FOR).delete()


class Mail(models.Model):
    """A mail that the platform writes, and what became of it.

    Texts are written at once, login links only when the mail is sent, for each try a new one:
    nothing but their hashes is ever kept. ``next_try_at`` is empty once nothing is left to do.
    """

    to = models.EmailField(_("to"))
    person = models.ForeignKey(
        "conference.Person", models.CASCADE, null=True, blank=True, related_name="mails"
    )
    to_own_address = models.BooleanField(default=True, editable=False)
    event = models.ForeignKey(
        "conference.Event",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("event"),
    )
    mailing = models.ForeignKey(
        "conference.Mailing",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="mails",
        verbose_name=_("mail to many"),
    )
    occasion = models.CharField(_("occasion"), max_length=40)
    # Where a mail must not be written twice, whatever crashes.
    key = models.CharField(max_length=120, blank=True, editable=False)
    way_in = models.CharField(_("link"), max_length=10, choices=WayIn, blank=True)
    next_path = models.CharField(max_length=500, blank=True, editable=False)
    reply_to = models.EmailField(_("answers go to"), blank=True)
    unsubscribe_url = models.URLField(max_length=500, blank=True, editable=False)
    language = models.CharField(_("language"), max_length=5, default="de")
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    calendar = models.TextField(_("calendar file"), blank=True)
    created_at = models.DateTimeField(_("written at"))
    next_try_at = models.DateTimeField(_("next try at"), null=True, blank=True)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    copies = models.PositiveSmallIntegerField(_("sent again"), default=0)
    tried_at = models.DateTimeField(_("last tried at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    given_up_at = models.DateTimeField(_("given up at"), null=True, blank=True)
    recalled_at = models.DateTimeField(_("not due any more at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["key"], condition=~Q(key=""), name="mail_written_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="mail_due",
            ),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def state(self) -> State:
        if self.sent_at:
            return State.SENT
        if self.given_up_at:
            return State.GIVEN_UP
        if self.recalled_at:
            return State.RECALLED
        return State.TROUBLED if self.error else State.WAITING

    @property
    def mailbox(self) -> str:
        """Where it goes now: an address may have been corrected since it was written."""
        return self.person.email if self.person and self.to_own_address else self.to

    @property
    def message_id(self) -> str:
        """The same for each try: whoever gets a mail twice sees it once."""
        host = urlsplit(settings.SITE_URL).hostname
        return f"<{self.created_at:%Y%m%d%H%M%S}.{self.pk}.{self.copies}@{host}>"

    @property
    def is_still_due(self) -> bool:
        """Who has cancelled meanwhile gets no way in, and who declined no mails to many."""
        if not self.person or not self.event:
            return True
        registrations = self.event.registrations.filter(person=self.person)
        if self.unsubscribe_url and registrations.exclude(declined_mails_at=None).exists():
            return False
        if self.way_in == WayIn.CONFIRM:
            return registrations.exists()
        return self.way_in != WayIn.ENTRANCE or self.event.is_entered_by(self.person)

    # -- writing

    @classmethod
    def write(
        cls,
        to: Person | str,
        template: str,
        *,
        event: Event | None = None,
        mailing: Mailing | None = None,
        way_in: str = "",
        next_path: str = "",
        key: str = "",
        at_once: bool = True,
        language: str | None = None,
        calendar: str = "",
        unsubscribe_url: str = "",
        mailbox: str = "",
        **context: Any,
    ) -> Mail:
        """Render ``conference/mail/<template>.txt`` and send it after commit.

        The template's first paragraph is the subject. The HTML part shows the others; one that
        ends in a line with nothing but an address becomes a link, and ``url``, or else the
        first of them, the button; or it shows ``parts``, made like those of ``paragraphs`` or
        with ``html``. With
        ``way_in`` that is a login link, to ``next_path`` or the event's entrance. ``calendar``
        is a file to attach (RFC 5545). A mail with the ``key`` of another is not written again.
        Mails to many do not go ``at_once`` but in each minute's round, so many at a time.
        To a person it is written in their language, to a bare address in ``language`` or the
        reader's. It goes to the person's address, whatever that is by then, or to ``mailbox``.
        """
        person = None
        if isinstance(to, Person):
            person, language, to = to, to.language, mailbox or to.email
        if way_in:
            context["url"] = login_address(PERSONAL)
        with translation.override(language or translation.get_language()):
            mail, is_new = cls._keep(
                key,
                to=to,
                person=person,
                to_own_address=not mailbox,
                event=event,
                mailing=mailing,
                occasion=template,
                way_in=way_in,
                next_path=next_path,
                reply_to=event.contact_email if event else "",
                unsubscribe_url=unsubscribe_url,
                language=translation.get_language() or settings.LANGUAGE_CODE,
                calendar=calendar,
                created_at=clock.now(),
                next_try_at=clock.now(),
                **rendered(
                    template,
                    {
                        **context,
                        "event": event,
                        "person": person,
                        "unsubscribe_url": unsubscribe_url,
                    },
                ),
            )
        if is_new and at_once:
            mail.send_soon()
        return mail

    @classmethod
    def _keep(cls, key: str, **fields: Any) -> tuple[Mail, bool]:
        if key:
            return cls.objects.get_or_create(key=key, defaults=fields)
        return cls.objects.create(**fields), True

    # -- sending

    def send_soon(self) -> None:
        """By a worker, after commit. Should that get lost, the next minute's round finds it."""
        from conference.tasks import send_mail  # it imports the models in turn

        transaction.on_commit(partial(send_mail.enqueue, self.pk), robust=True)

    def send(self) -> bool:
        """Send it now, if it is due; whether that has worked."""
        return deliver([self]) == 1

    def send_again(self) -> None:
        """On organisers' word: a mail that was given up, or one that somebody lost."""
        now = clock.now()
        Mail.objects.filter(pk=self.pk, recalled_at=None).update(
            next_try_at=now,
            tries=0,
            copies=F("copies") + 1,
            sent_at=None,
            given_up_at=None,
            error="",
        )
        self.send_soon()

    def claim(self) -> bool:
        """Whether this try is ours: if it is cut off, the next one comes after a pause."""
        now = clock.now()
        pause = PAUSES[min(self.tries, len(PAUSES) - 1)]
        return bool(
            Mail.objects.due()
            .filter(pk=self.pk, tries=self.tries)
            .update(tries=F("tries") + 1, tried_at=now, next_try_at=now + pause)
        )

    def note_sent(self) -> None:
        self._note(sent_at=clock.now(), next_try_at=None, error="")

    def note_not_due(self) -> None:
        self._note(recalled_at=clock.now(), next_try_at=None)

    def note_trouble(self, error: Exception) -> None:
        """Keep it for the organisers; the last try, or a refusal for good, gives up."""
        self._note(error=in_words(error))
        if is_final(error) or self.tries + 1 >= len(PAUSES):
            self._note(given_up_at=clock.now(), next_try_at=None)

    def _note(self, **fields: Any) -> None:
        Mail.objects.filter(pk=self.pk).update(**fields)

    def as_message(self) -> EmailMultiAlternatives:
        """With a login link made for this try."""
        text, html = self.text, self.html
        if self.way_in and login_address(PERSONAL) in text:
            link = self._make_link()
            text = text.replace(login_address(PERSONAL), link)
            html = html.replace(login_address(PERSONAL), link)
        headers = {
            "Auto-Submitted": "auto-generated",
            "Content-Language": self.language,
            "Message-ID": self.message_id,
        }
        if self.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message = EmailMultiAlternatives(
            subject=self.subject,
            body=text,
            to=[self.mailbox],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers=headers,
        )
        message.attach_alternative(html, "text/html")
        if self.calendar:
            name = f"{self.event.slug if self.event else 'fachtag'}.ics"
            message.attach(name, self.calendar, "text/calendar")
        return message

    def _make_link(self) -> str:
        """A new login link's address."""
        assert self.person  # noqa: S101 - ways in are written to persons alone
        from conference.models.login import LoginLink  # it writes mails in turn

        now = clock.now()
        expires_at = now + settings.LOGIN_LINK_LIFETIME
        registration = None
        if self.event and self.way_in == WayIn.ENTRANCE:
            expires_at = max(expires_at, self.event.ends_at)
        elif self.event and self.way_in == WayIn.CONFIRM:
            expires_at = now + settings.CONFIRMATION_LINK_LIFETIME
            registration = self.event.registrations.get(person=self.person)
        elif self.way_in == WayIn.ADDRESS:
            expires_at = now + settings.CONFIRMATION_LINK_LIFETIME
        return LoginLink.issue(
            self.person,
            expires_at=expires_at,
            address=self.to if self.way_in == WayIn.ADDRESS else "",
            next_path=self.next_path or (self.event.entrance_path if self.event else ""),
            registration=registration,
        )


def deliver(mails: Iterable[Mail]) -> int:
    """Send these, over one connection; says how many went. Others wait if nobody listens."""
    connection = mailers.default
    sent = 0
    for mail in mails:
        if not mail.claim():
            continue
        if not mail.is_still_due:
            mail.note_not_due()
            continue
        try:
            connection.open()
            connection.send_messages([mail.as_message()])
        except (OSError, ValueError) as error:  # from the network, SMTP, or a bad header
            mail.note_trouble(error)
            hang_up(connection)
            if not concerns_one_mail(error):
                break
        else:
            mail.note_sent()
            sent += 1
    hang_up(connection)
    return sent


def hang_up(connection: Any) -> None:
    with suppress(OSError):
        connection.close()


def concerns_one_mail(error: Exception) -> bool:
    """The server listens; it only does not take this one."""
    return isinstance(
        error, ValueError | SMTPRecipientsRefused | SMTPSenderRefused | SMTPDataError
    )


def is_final(error: Exception) -> bool:
    """No later try will fare better (RFC 5321, 4.2.1)."""
    if isinstance(error, SMTPRecipientsRefused):
        return all(code >= 500 for code, _words in error.recipients.values())
    return isinstance(error, ValueError) or (
        isinstance(error, SMTPDataError) and error.smtp_code >= 500
    )


def in_words(error: Exception) -> str:
    """What the server said, or what happened on the way to it."""
    if isinstance(error, SMTPRecipientsRefused):
        return "; ".join(f"{code} {said(text)}" for code, text in error.recipients.values())
    if isinstance(error, SMTPDataError | SMTPSenderRefused):
        return f"{error.smtp_code} {said(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def said(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer


# -- texts


def login_address(token: str) -> str:
    return settings.SITE_URL + reverse("login_link", args=[token])


def rendered(template: str, context: dict[str, Any]) -> dict[str, str]:
    """Subject, text and HTML of a mail, in the current language."""
    context |= {
        "site_url": settings.SITE_URL,
        "site_name": settings.SITE_NAME,
        "minutes": settings.LOGIN_LINK_LIFETIME.seconds // 60,
    }
    subject, _gap, text = render_to_string(
        f"conference/mail/{template}.txt", context
    ).partition("\n\n")
    subject = " ".join(subject.split())[:200]
    parts = context.get("parts") or paragraphs(text)
    links = [part["url"] for part in parts if "url" in part]
    html = render_to_string(
        "conference/mail/frame.html",
        {
            **context,
            "subject": subject,
            "headline": subject.removesuffix(f": {context['event'] or settings.SITE_NAME}"),
            "paragraphs": parts,
            "button": context["url"] if context.get("url") in links else "".join(links[:1]),
        },
    )
    return {"subject": subject, "text": text.strip() + end_of_text(context), "html": html}


def end_of_text(context: dict[str, Any]) -> str:
    if url := context["unsubscribe_url"]:
        return f"\n\n-- \n{_('No more mails about this event')}:\n{url}\n"
    return "\n"


def paragraphs(text: str) -> list[dict[str, str]]:
    """The text's paragraphs; ``url`` is set where the last line is nothing but an address."""
    parts = []
    for paragraph in filter(None, (part.strip() for part in text.split("\n\n"))):
        before, _line, last = paragraph.rpartition("\n")
        is_link = last.startswith(("https://", "http://")) and " " not in last
        parts.append(
            {"text": before.rstrip(":"), "url": last} if is_link else {"text": paragraph}
        )
    return parts
