"""The administration's part for mails: what became of each, and writing to many."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.options import ActionLocation
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.csp import CSP
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST

from conference.models import Event, Forum, Mail, Mailing, Person, Session
from conference.models.mail import State
from conference.models.mailing import AUDIENCES, NotToBeSent
from conference.own_events import OwnFilter

LANGUAGES = [code for code, _name in settings.LANGUAGES]
# A mail brings its style sheet along and nothing else; the page around it shows it in a frame.
OF_A_MAIL: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.NONE],
}
AROUND_MAILS: Any = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return State.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Mail]) -> QuerySet[Mail]:
        if self.value() in State.values:
            return queryset & Mail.objects.in_state(str(self.value()))
        return queryset


@admin.register(Mail)
class MailAdmin(admin.ModelAdmin):
    """To read, and to send again: what was written to whom, and what became of it."""

    list_display = ["subject", "recipient", "event", "state_shown", "created_at"]
    list_filter = [StateFilter, ("event", OwnFilter)]
    list_select_related = ["event", "person"]
    search_fields = ["to", "subject", "person__name", "person__email"]
    date_hierarchy = "created_at"
    actions = ["send_again"]
    change_form_template = "admin/conference/mail/change_form.html"
    fieldsets = [
        (None, {"fields": ["subject", "recipient", "event", "state_shown", "error"]}),
        (
            _("Times"),
            {"fields": ["created_at", "tries", "tried_at", "next_try_at", "sent_at"]},
        ),
        (_("Text"), {"fields": ["text_shown"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mail]:
        return super().get_queryset(request) & Mail.objects.organised_by(who(request))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(require_POST(self.send_one_again))
        own = path("<int:pk>/noch-einmal/", view, name="conference_mail_again")
        return [own, *super().get_urls()]

    @admin.display(description=_("to"), ordering="to")
    def recipient(self, mail: Mail) -> str:
        return f"{mail.person.name} <{mail.mailbox}>" if mail.person else mail.to

    @admin.display(description=_("state"))
    def state_shown(self, mail: Mail) -> str:
        return format_html('<span class="mail-state mail-state--{}">{}</span>', *named(mail))

    @admin.display(description=_("text"))
    def text_shown(self, mail: Mail) -> str:
        return format_html('<div class="mail-text">{}</div>', mail.text)

    @admin.action(
        description=_("Send again"),
        permissions=["view"],
        location=ActionLocation.CHANGE_LIST,
    )
    def send_again(self, request: HttpRequest, queryset: QuerySet[Mail]) -> None:
        mails = list(queryset.filter(recalled_at=None))
        for mail in mails:
            mail.send_again()
        self.message_user(
            request,
            ngettext(
                "%(count)s mail is sent again in a moment.",
                "%(count)s mails are sent again in a moment.",
                len(mails),
            )
            % {"count": len(mails)},
        )

    def send_one_again(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        mail = get_object_or_404(self.get_queryset(request), pk=pk)
        self.send_again(request, Mail.objects.filter(pk=mail.pk))
        return redirect("admin:conference_mail_change", mail.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Mail | None = None) -> bool:
        return False


def who(request: HttpRequest) -> Person:
    """Whom ``admin_view`` has let in."""
    assert isinstance(request.user, Person)  # noqa: S101
    return request.user


def named(mail: Mail) -> tuple[str, str]:
    return mail.state.value, str(mail.state.label)


# -- to many


class MailingForm(forms.ModelForm):
    audiences = forms.MultipleChoiceField(
        label=_("To whom"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Please choose at least one group.")},
    )

    class Meta:
        model = Mailing
        fields = [
            *("event", "audiences", "forums", "rounds", "is_for_all"),
            *("subject", "body", "subject_en", "body_en"),
        ]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(name, audience.label) for name, audience in AUDIENCES.items()]
        self.fields["audiences"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        event = data.get("event")
        for name in ("forums", "rounds"):
            if any(one.event_id != event.pk for one in data.get(name, ()) if event):
                self.add_error(name, _("That belongs to another event."))
        if bool(data.get("subject_en")) != bool(data.get("body_en")):
            missing = "body_en" if data.get("subject_en") else "subject_en"
            self.add_error(missing, _("In English, please write both subject and text."))
        return data


@admin.register(Mailing)
class MailingAdmin(admin.ModelAdmin):
    """Write, look at it, test it, let it go; then it is history."""

    form = MailingForm
    list_display = ["title_shown", "event", "audience_in_words", "state_shown", "created_at"]
    list_display_links = None
    list_filter = [("event", OwnFilter), "approved_at"]
    list_select_related = ["event"]
    search_fields = ["subject", "body"]
    change_form_template = "admin/conference/mailing/change_form.html"
    actions = None
    fieldsets = [
        (
            _("To whom"),
            {
                "fields": ["event", "audiences", "forums", "rounds", "is_for_all"],
                "description": _(
                    "Forums and rounds narrow down who has a place, moderates or speaks there. "
                    "Without a choice all of them are meant."
                ),
            },
        ),
        (
            _("In German"),
            {
                "fields": ["subject", "body"],
                "description": _(
                    "{name} becomes the reader's name. {link} on a line of its own becomes a "
                    "button that lets the reader in. Markdown: headings, lists, links."
                ),
            },
        ),
        (
            _("In English"),
            {
                "fields": ["subject_en", "body_en"],
                "description": _(
                    "For those who chose English. Without it they get the German text."
                ),
            },
        ),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Mailing]:
        return super().get_queryset(request) & Mailing.objects.organised_by(who(request))

    def get_urls(self) -> list[URLPattern]:
        def address(route: str, view: Any, name: str) -> URLPattern:
            return path(
                f"<int:pk>/{route}", self.admin_site.admin_view(view), name=f"mailing_{name}"
            )

        own = [
            address("vorschau/", csp_override(AROUND_MAILS)(self.preview), "preview"),
            address(
                "ansicht/<str:language>/",
                csp_override(OF_A_MAIL)(xframe_options_sameorigin(self.sight)),
                "sight",
            ),
            address("test/", require_POST(self.test), "test"),
            address("senden/", require_POST(self.approve), "approve"),
        ]
        return [*own, *super().get_urls()]

    # -- the list

    @admin.display(description=_("subject"), ordering="subject")
    def title_shown(self, mailing: Mailing) -> str:
        address = reverse("admin:mailing_preview", args=[mailing.pk])
        return format_html('<a href="{}">{}</a>', address, mailing.subject)

    @admin.display(description=_("to whom"))
    def audience_in_words(self, mailing: Mailing) -> str:
        return mailing.audience_in_words

    @admin.display(description=_("state"))
    def state_shown(self, mailing: Mailing) -> str:
        return state_in_words(mailing)

    # -- the form

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        event = self.own_events(request).ahead().first()
        return {
            "event": event.pk if event else None,
            "audiences": ["everyone"],
            "body": gettext("Dear {name},\n\n…\n\n{link}\n\nKind regards"),
        }

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Without the ways to add and change events and forums from here."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        if field and db_field.name in {"subject", "subject_en"}:
            field.widget.attrs["class"] = "vLargeTextField"
        return field

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "event":
            kwargs["queryset"] = self.own_events(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> Any:
        events = self.own_events(request)
        kwargs["widget"] = forms.CheckboxSelectMultiple
        kwargs["queryset"] = (
            Forum.objects.filter(event__in=events)
            if db_field.name == "forums"
            else Session.objects.filter(event__in=events, kind=Session.Kind.ROUND)
        )
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        if field:
            field.help_text = ""
        return field

    def own_events(self, request: HttpRequest) -> Any:
        return Event.objects.run_by(who(request))

    def has_change_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return is_open(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Mailing | None = None) -> bool:
        return is_open(obj) and super().has_delete_permission(request, obj)

    def response_add(
        self, request: HttpRequest, obj: Mailing, post_url_continue: str | None = None
    ) -> HttpResponseRedirect:
        return redirect("admin:mailing_preview", obj.pk)

    def response_change(self, request: HttpRequest, obj: Mailing) -> HttpResponseRedirect:
        return redirect("admin:mailing_preview", obj.pk)

    # -- looking at it, and letting it go

    def own(self, request: HttpRequest, pk: int) -> Mailing:
        mailing = get_object_or_404(self.get_queryset(request).select_related("event"), pk=pk)
        if not self.has_view_permission(request, mailing):
            raise PermissionDenied
        return mailing

    def preview(self, request: HttpRequest, pk: int) -> HttpResponse:
        mailing = self.own(request, pk)
        recipients = list(mailing.recipients) if mailing.is_draft else []
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": mailing.subject,
            "mailing": mailing,
            "recipients": recipients,
            "languages": languages_of(mailing, recipients),
            "progress": mailing.progress(),
            "state": state_in_words(mailing),
            "may_change": self.has_change_permission(request, mailing),
        }
        return render(request, "admin/conference/mailing/preview.html", context)

    def sight(self, request: HttpRequest, pk: int, language: str) -> HttpResponse:
        """The mail itself, as its readers see it."""
        mailing = self.own(request, pk)
        language = language if language in LANGUAGES else settings.LANGUAGE_CODE
        return HttpResponse(mailing.preview(who(request), language)["html"])

    def test(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = who(request)
        self.own(request, pk).send_test(person)
        messages.success(
            request,
            gettext("The test is on its way to %(address)s.") % {"address": person.email},
        )
        return redirect("admin:mailing_preview", pk)

    def approve(self, request: HttpRequest, pk: int) -> HttpResponse:
        mailing = self.own(request, pk)
        count = request.POST.get("count", "")
        try:
            if "is_checked" not in request.POST or not count.isdigit():
                raise NotToBeSent(gettext("Please confirm that you have checked the mail."))
            mailing.approve(who(request), count=int(count))
            messages.success(request, gettext("The mail is on its way."))
        except NotToBeSent as refusal:
            messages.error(request, str(refusal))
        return redirect("admin:mailing_preview", pk)


def is_open(mailing: Mailing | None) -> bool:
    """What has been let go can no longer be changed."""
    return mailing is None or mailing.is_draft


def state_in_words(mailing: Mailing) -> str:
    if mailing.is_draft:
        return gettext("draft")
    if mailing.finished_at is None:
        return gettext("on its way to %(count)s") % {"count": mailing.recipients_count}
    return gettext("sent to %(count)s") % {"count": mailing.recipients_count}


def languages_of(mailing: Mailing, recipients: list[Any]) -> list[dict[str, Any]]:
    """For each language, how many read it."""
    return [
        {
            "code": code,
            "name": name,
            "count": sum(one.person.language == code for one in recipients),
            "is_written": code == "de" or bool(mailing.body_en),
        }
        for code, name in settings.LANGUAGES
    ]
