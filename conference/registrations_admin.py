"""Registrations in the administration: to find, to enter by hand, to import and export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.signing import BadSignature, dumps, loads
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from conference.list_import import check, take_over
from conference.lists import places_table, registrations_table
from conference.models import Event, Place, Registration, Slot
from conference.own_events import OfOwnEvents, own_events
from conference.tables import WRITERS, read_table

SALT = "conference.list_import"
KEPT_FOR = 60 * 60  # seconds between looking at a list and taking it over
ROOM_FOR_THE_REST = 10_000  # bytes of the form around the list
ALL = ~Q(pk=None)


class PlaceFilter(admin.SimpleListFilter):
    title = _("place in a forum")
    parameter_name = "platz"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        slots = Slot.objects.select_related("forum", "round")
        if event := request.GET.get("event__id__exact", ""):
            slots = slots.filter(forum__event=int(event)) if event.isdecimal() else slots.none()
        slots = slots.filter(forum__event__in=own_events(request))
        return [
            ("any", str(_("has a place"))),
            ("none", str(_("has no place"))),
            *((str(slot.pk), str(slot)) for slot in slots),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Registration]
    ) -> QuerySet[Registration]:
        places = Place.objects.filter(registration=OuterRef("pk"))
        value = self.value() or ""
        if value.isdecimal():
            return queryset.filter(Exists(places.filter(slot=int(value))))
        if value in ("any", "none"):
            return queryset.filter(Exists(places) if value == "any" else ~Exists(places))
        return queryset


class NeedsFilter(admin.SimpleListFilter):
    title = _("access needs")
    parameter_name = "bedarf"
    conditions = {
        "sign": Q(needs_sign_language=True),
        "captions": Q(needs_captions=True),
        "other": ~Q(other_needs=""),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("sign", str(_("Sign language"))),
            ("captions", str(_("Captions"))),
            ("other", str(_("Other access needs"))),
        ]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Registration]
    ) -> QuerySet[Registration]:
        return queryset.filter(self.conditions.get(self.value() or "", ALL))


class RegistrationForm(forms.ModelForm):
    by_mail = forms.BooleanField(
        label=_("Tell them by mail, with their way in"), required=False, initial=True
    )


class ImportForm(forms.Form):
    event = forms.ModelChoiceField(Event.objects.all(), label=_("Event"))
    file = forms.FileField(
        label=_("List"),
        help_text=_(
            "CSV or XLSX. The first line names the columns: Name (or Vorname and Nachname), "
            "E-Mail, Organisation, Ort, Funktion."
        ),
        widget=forms.FileInput({"accept": ".csv,.txt,.xlsx"}),
    )
    by_mail = forms.BooleanField(
        label=_("Tell each of them by mail, with their way in"), required=False
    )


@admin.register(Registration)
class RegistrationAdmin(OfOwnEvents):
    form = RegistrationForm
    change_list_template = "admin/conference/registration/change_list.html"
    list_display = ["who", "role", "needs", "registered_at", "is_confirmed", "event"]
    list_filter = [
        "event",
        ("confirmed_at", admin.EmptyFieldListFilter),
        PlaceFilter,
        NeedsFilter,
        "registered_at",
    ]
    list_select_related = ["person", "event"]
    search_fields = [
        *("person__name", "person__email", "person__organisation", "person__place"),
        "person__function",
    ]
    date_hierarchy = "registered_at"
    autocomplete_fields = ["event", "person"]

    # -- columns

    @admin.display(description=_("E-mail address"), ordering="person__email")
    def email(self, registration: Registration) -> str:
        return registration.person.email

    @admin.display(description=_("Organisation"), ordering="person__organisation")
    def organisation(self, registration: Registration) -> str:
        return registration.person.organisation

    @admin.display(description=_("Municipality or district"), ordering="person__place")
    def municipality(self, registration: Registration) -> str:
        return registration.person.place

    @admin.display(description=_("Function"), ordering="person__function")
    def function(self, registration: Registration) -> str:
        return registration.person.function

    @admin.display(description=_("person"), ordering="person__name")
    def who(self, registration: Registration) -> str:
        return format_html_join(mark_safe("<br>"), "{}", lines(registration, "name", "email"))

    @admin.display(description=_("Organisation"), ordering="person__organisation")
    def role(self, registration: Registration) -> str:
        """And what they do there, and where."""
        rows = lines(registration, "organisation", "function", "place")
        return format_html_join(mark_safe("<br>"), "{}", rows) or "–"

    @admin.display(description=_("Confirmed at"), boolean=True, ordering="confirmed_at")
    def is_confirmed(self, registration: Registration) -> bool:
        return registration.confirmed_at is not None

    @admin.display(description=_("access needs"))
    def needs(self, registration: Registration) -> str:
        said = [
            str(_("Sign language")) if registration.needs_sign_language else "",
            str(_("Captions")) if registration.needs_captions else "",
            registration.other_needs,
        ]
        return ", ".join(filter(None, said))

    @admin.display(description=_("answers"))
    def answers(self, registration: Registration) -> str:
        rows = registration.answers.select_related("question")
        return "\n".join(f"{row.question}: {row}" for row in rows)

    @admin.display(description=_("Places"))
    def places(self, registration: Registration) -> str:
        rows = Place.objects.filter(registration=registration)
        rows = rows.select_related("slot__forum", "slot__round")
        return "\n".join(str(row.slot) for row in rows)

    def get_fields(self, request: HttpRequest, obj: Registration | None = None) -> Any:
        if obj is None:
            return ["event", "person", "by_mail"]
        return [
            *("event", "person", "email", "organisation", "municipality", "function"),
            *("places", "needs", "answers", "registered_at", "confirmed_at", "consented_at"),
        ]

    # -- by hand

    def has_change_permission(
        self, request: HttpRequest, obj: Registration | None = None
    ) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Registration, form: Any, change: bool
    ) -> None:
        registration = obj.event.enrol(obj.person)
        obj.pk = registration.pk
        if form.cleaned_data.get("by_mail"):
            registration.mail_enrolled()

    def delete_model(self, request: HttpRequest, obj: Registration) -> None:
        obj.cancel()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Registration]) -> None:
        for registration in queryset.select_related("event", "person"):
            registration.cancel()

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Their places go with them, whatever the person may do with places."""
        deleted, counts, _missing, protected = super().get_deleted_objects(objs, request)
        return deleted, counts, set(), protected

    # -- lists

    def get_urls(self) -> list[Any]:
        site = self.admin_site.admin_view
        return [
            path("liste.<str:kind>", site(self.export), name="registration_export"),
            path("plaetze.<str:kind>", site(self.export_places), name="places_export"),
            path("einlesen/", site(self.take_in), name="registration_import"),
            *super().get_urls(),
        ]

    def export(self, request: HttpRequest, kind: str) -> HttpResponse:
        """What the list shows with its filters and search, all pages of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in WRITERS:
            raise Http404
        shown = self.get_changelist_instance(request).get_queryset(request)
        return WRITERS[kind](str(_("registrations")), registrations_table(shown))

    def export_places(self, request: HttpRequest, kind: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in WRITERS or not (pk := request.GET.get("event", "")).isdecimal():
            raise Http404
        event = get_object_or_404(own_events(request), pk=pk)
        return WRITERS[kind](f"{event.slug}-{_('places')}", places_table(event))

    def take_in(self, request: HttpRequest) -> HttpResponse:
        """First a look at what would happen, line by line; then all of it or nothing."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.POST.get("list"):
            return self.carry_out(request)
        form = ImportForm(request.POST or None, request.FILES or None)
        form.fields["event"].queryset = own_events(request)  # type: ignore[attr-defined]
        context: dict[str, Any] = {}
        if form.is_valid():
            try:
                lines = read_table(form.cleaned_data["file"])
                context["check"] = check(form.cleaned_data["event"], lines)
                context["list"] = packed(form, lines)
                check_size(context["list"])
            except ValidationError as error:
                form.add_error("file", error)
                context = {}
        return self.show_import(request, form, context)

    def carry_out(self, request: HttpRequest) -> HttpResponse:
        """Looks again, since meanwhile things may have changed."""
        try:
            pk, by_mail, lines = loads(request.POST["list"], salt=SALT, max_age=KEPT_FOR)
        except BadSignature:
            messages.error(request, _("That took too long. Please choose the file again."))
            return redirect("admin:registration_import")
        event = get_object_or_404(own_events(request), pk=pk)
        found = check(event, [(number, row) for number, row in lines])
        if found.bad:
            return self.show_import(request, ImportForm(), {"check": found})
        count = take_over(event, found.new, by_mail=by_mail)
        text = ngettext("%(count)d person registered.", "%(count)d people registered.", count)
        messages.success(request, text % {"count": count})
        return redirect("admin:conference_registration_changelist")

    def show_import(
        self, request: HttpRequest, form: ImportForm, context: dict[str, Any]
    ) -> HttpResponse:
        context |= self.admin_site.each_context(request)
        context |= {"form": form, "opts": self.opts, "title": _("Import a list")}
        is_wrong = form.errors or (context.get("check") and context["check"].bad)
        page = "admin/conference/registration/import.html"
        return render(request, page, context, status=422 if is_wrong else 200)


def packed(form: ImportForm, lines: list[Any]) -> str:
    """The list on its way through the preview: signed, so that it comes back as it was."""
    data = form.cleaned_data
    return dumps([data["event"].pk, data["by_mail"], lines], salt=SALT, compress=True)


def lines(registration: Registration, *fields: str) -> list[tuple[str]]:
    return [(text,) for field in fields if (text := getattr(registration.person, field))]


def check_size(packed: str) -> None:
    """Raises ``ValidationError`` for what the form of the preview could not bring back."""
    limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if limit and len(packed) + ROOM_FOR_THE_REST > limit:
        raise ValidationError(
            _(
                "This list holds too much to be taken over at once. Please leave out columns "
                "that are not needed, or split it."
            )
        )
