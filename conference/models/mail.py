from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import models, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from chat import clock

if TYPE_CHECKING:
    from conference.models.event import Event
    from conference.models.person import Person

RETRY_AFTER = timedelta(minutes=5)
GIVE_UP_AFTER = timedelta(days=2)
KEPT_FOR = timedelta(days=30)


class MailQuerySet(models.QuerySet["Mail"]):
    def waiting(self) -> MailQuerySet:
        """Not sent, and not being sent: no try in the last minutes."""
        now = clock.now()
        return self.filter(
            Q(tried_at=None) | Q(tried_at__lt=now - RETRY_AFTER),
            sent_at=None,
            created_at__gt=now - GIVE_UP_AFTER,
        )

    def tidy(self) -> None:
        """Forget the texts of mails that were given up, and old mails altogether."""
        now = clock.now()
        self.filter(created_at__lt=now - KEPT_FOR).delete()
        self.filter(created_at__lt=now - GIVE_UP_AFTER).update(text="", html="")


class Mail(models.Model):
    """A mail that the platform writes. Its texts are kept until it is sent, then its state.

    They may carry login links, of which nothing but a hash is to stay.
    """

    to = models.EmailField(_("to"))
    reply_to = models.EmailField(_("answers go to"), blank=True)
    language = models.CharField(_("language"), max_length=5, default="de")
    subject = models.CharField(_("subject"), max_length=200)
    text = models.TextField(_("text"), blank=True)
    html = models.TextField(_("HTML"), blank=True)
    created_at = models.DateTimeField(_("written at"))
    tried_at = models.DateTimeField(_("last tried at"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    error = models.TextField(_("error"), blank=True)

    objects = MailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.subject

    @classmethod
    def write(
        cls,
        to: Person | str,
        template: str,
        *,
        event: Event | None = None,
        language: str | None = None,
        **context: Any,
    ) -> Mail:
        """Render ``conference/mail/<template>.txt`` and send it after commit.

        The template's first paragraph is the subject. The HTML part shows the others; one that
        ends in a line with nothing but an address becomes a link, and ``url`` the button. To a
        person it is written in their language, to a bare address in ``language`` or the
        reader's.
        """
        if not isinstance(to, str):
            context["person"], language, to = to, to.language, to.email
        with translation.override(language or translation.get_language()):
            context |= {"event": event, "site_url": settings.SITE_URL}
            context["site_name"] = settings.SITE_NAME
            context["minutes"] = settings.LOGIN_LINK_LIFETIME.seconds // 60
            subject, _gap, text = render_to_string(
                f"conference/mail/{template}.txt", context
            ).partition("\n\n")
            html = render_to_string(
                "conference/mail/frame.html",
                {**context, "subject": subject, "paragraphs": paragraphs(text)},
            )
            mail = cls.objects.create(
                to=to,
                reply_to=event.contact_email if event else "",
                language=translation.get_language() or settings.LANGUAGE_CODE,
                subject=" ".join(subject.split())[:200],
                text=text.strip() + "\n",
                html=html,
                created_at=clock.now(),
            )
        from conference.tasks import send_mail  # it imports the models in turn

        transaction.on_commit(partial(send_mail.enqueue, mail.pk), robust=True)
        return mail

    def send(self) -> bool:
        """Send it, unless that has happened or happens right now. Keeps the error, if any."""
        now = clock.now()
        if not Mail.objects.waiting().filter(pk=self.pk).update(tried_at=now):
            return False
        try:
            self.as_message().send()
        except (OSError, ValueError) as error:  # from the network, SMTP, or a bad header
            Mail.objects.filter(pk=self.pk).update(error=f"{type(error).__name__}: {error}")
            return False
        Mail.objects.filter(pk=self.pk).update(sent_at=now, error="", text="", html="")
        return True

    def as_message(self) -> EmailMultiAlternatives:
        message = EmailMultiAlternatives(
            subject=self.subject,
            body=self.text,
            to=[self.to],
            reply_to=[self.reply_to] if self.reply_to else None,
            headers={"Auto-Submitted": "auto-generated", "Content-Language": self.language},
        )
        message.attach_alternative(self.html, "text/html")
        return message


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
