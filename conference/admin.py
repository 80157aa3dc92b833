"""The administration: what organisers edit, in their words."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django_tasks_db.admin import DBTaskResult

from chat.models import HasRoom, Room
from conference import mail_admin  # noqa: F401 - it registers what is in it
from conference.invitations import invite
from conference.models import (
    Event,
    Forum,
    ForumMaterial,
    Interest,
    Page,
    Person,
    Premiere,
    Question,
    Recording,
    RecordingMaterial,
    Session,
    Slot,
    Speaker,
)
from conference.models.person import tidy_address
from conference.own_events import OfOwnEvents, own_events
from conference.places_admin import ContingentAdmin, PlaceAdmin, WaitingAdmin
from conference.registrations_admin import RegistrationAdmin
from conference.uploads import WebPField

# Registered where they are written.
__all__ = ["ContingentAdmin", "PlaceAdmin", "RegistrationAdmin", "WaitingAdmin"]

admin.site.site_header = _("Fachtag: administration")
admin.site.site_title = _("Administration")
admin.site.index_title = _("What would you like to edit?")


PICTURES: Any = {models.ImageField: {"form_class": WebPField, "widget": AdminFileWidget}}


def name_room(host: HasRoom) -> None:
    """The room is called like what it belongs to."""
    Room.objects.filter(pk=host.room_id).update(title=str(host)[:200])


class QuestionInline(admin.StackedInline):
    model = Question
    extra = 0
    fields = ["text", "hint", ("kind", "is_required", "position"), "choices"]


@admin.register(Event)
class EventAdmin(OfOwnEvents):
    event_path = "pk"
    formfield_overrides = PICTURES
    list_display = ["title", "starts_at", "ends_at", "form", "published_at"]
    list_filter = ["form"]
    search_fields = ["title", "subtitle"]
    date_hierarchy = "starts_at"
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["organisers"]
    inlines = [QuestionInline]
    fieldsets = [
        (None, {"fields": ["title", "subtitle", "slug", "form", "venue", "language"]}),
        (
            _("Times"),
            {
                "fields": [
                    ("starts_at", "ends_at"),
                    "time_zone",
                    "published_at",
                    ("registration_opens_at", "registration_closes_at"),
                    "market_opens_at",
                    "called_off_at",
                ]
            },
        ),
        (
            _("Places in forums"),
            {
                "fields": [
                    "places_per_person",
                    "places_change_until",
                    ("gives_places_at_once", "offer_minutes"),
                    "no_shows_after",
                ]
            },
        ),
        (
            _("Texts"),
            {
                "fields": ["description", "audience", "hosted_by", "technical_notes", "review"],
                "description": _("Markdown: headings, lists, links."),
            },
        ),
        (_("Picture"), {"fields": ["picture", "picture_text"]}),
        (
            _("Contact and organisers"),
            {"fields": ["contact_name", "contact_email", "contact_phone", "organisers"]},
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Event, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        name_room(obj)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: bool
    ) -> None:
        """Who organises it no longer runs its rooms no longer either."""
        before = set(form.instance.organisers.all())
        super().save_related(request, form, formsets, change)
        if not (change or request.user.is_superuser):
            form.instance.organisers.add(request.user)  # or they would see it no more
        for person in before - set(form.instance.organisers.all()):
            person.stop_moderating()
        form.instance.settle_places(thoroughly=True)


class PremiereInline(admin.StackedInline):
    """Its organisers run it on the session's own page."""

    model = Premiere
    extra = 0
    fields = ["recording", "starts_at"]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "recording":
            kwargs["queryset"] = Recording.objects.filter(event__in=own_events(request))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Session)
class SessionAdmin(OfOwnEvents):
    list_display = ["title", "kind", "starts_at", "ends_at", "event"]
    list_filter = ["event", "kind", "starts_at"]
    list_select_related = ["event"]
    search_fields = ["title", "abstract", "speakers__name"]
    date_hierarchy = "starts_at"
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["event", "speakers"]
    inlines = [PremiereInline]

    def save_model(self, request: HttpRequest, obj: Session, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        name_room(obj)
        for slot in obj.slots.select_related("forum", "round"):
            name_room(slot)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        form.instance.see_out_hosts()
        form.instance.event.settle_places(thoroughly=True)  # it may be called off, or on again


class SlotInline(admin.StackedInline):
    model = Slot
    extra = 0
    fields = [
        "round",
        ("capacity", "taken", "offered", "held"),
        "webinar_url",
        "moderators",
    ]
    readonly_fields = ["taken", "offered", "held"]
    autocomplete_fields = ["moderators"]

    def formfield_for_foreignkey(
        self, db_field: models.ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "round":
            rounds = Session.objects.filter(event__in=own_events(request))
            kwargs["queryset"] = rounds.filter(kind=Session.Kind.ROUND)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class ForumMaterialInline(admin.TabularInline):
    model = ForumMaterial
    extra = 0


@admin.register(Forum)
class ForumAdmin(OfOwnEvents):
    list_display = ["number", "title", "audience", "event"]
    list_display_links = ["number", "title"]
    list_filter = ["event"]
    list_select_related = ["event"]
    search_fields = ["title", "abstract"]
    autocomplete_fields = ["event", "speakers"]
    inlines = [SlotInline, ForumMaterialInline]
    actions = ["invite_moderators"]

    @admin.action(description=_("Invite the moderators by mail"))
    def invite_moderators(self, request: HttpRequest, queryset: QuerySet[Forum]) -> None:
        slots = Slot.objects.filter(forum__in=queryset).select_related("forum__event", "round")
        what = _("You moderate “{slot}”. Your room is open to you from now on.")
        invite(
            request,
            (
                (
                    person,
                    slot.forum.event,
                    _("Moderator"),
                    format_lazy(what, slot=slot),
                    slot.get_absolute_url(),
                )
                for slot in slots.prefetch_related("moderators")
                for person in slot.moderators.all()
            ),
        )

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: bool
    ) -> None:
        """Moderators are appointed and dismissed, which opens and shuts doors too."""
        forum = form.instance
        before = {slot.pk: set(slot.moderators.all()) for slot in forum.slots.all()}
        super().save_related(request, form, formsets, change)
        for slot in forum.slots.select_related("forum__event", "round", "room"):
            name_room(slot)
            after, earlier = set(slot.moderators.all()), before.get(slot.pk, set())
            for person in after - earlier:
                slot.appoint(person)
            for person in earlier - after:
                slot.dismiss(person)
        forum.event.settle_places(thoroughly=True)  # more places are for those who wait


@admin.register(Speaker)
class SpeakerAdmin(OfOwnEvents):
    formfield_overrides = PICTURES
    list_display = ["name", "office", "event"]
    list_filter = ["event"]
    list_select_related = ["event"]
    search_fields = ["name", "office"]
    autocomplete_fields = ["event", "person"]
    actions = ["invite_speakers"]

    def save_model(self, request: HttpRequest, obj: Speaker, form: Any, change: bool) -> None:
        """Whose account it was keeps the rooms no longer."""
        super().save_model(request, obj, form, change)
        for session in obj.sessions.select_related("event", "room"):
            session.see_out_hosts()

    def delete_model(self, request: HttpRequest, obj: Speaker) -> None:
        self.delete_queryset(request, Speaker.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Speaker]) -> None:
        sessions = Session.objects.filter(speakers__in=queryset).select_related("event", "room")
        kept = list(sessions.distinct())
        super().delete_queryset(request, queryset)
        for session in kept:
            session.see_out_hosts()

    @admin.action(description=_("Invite by mail those who have an account"))
    def invite_speakers(self, request: HttpRequest, queryset: QuerySet[Speaker]) -> None:
        what = _(
            "You speak at the event. In the chats of your sessions you answer as a speaker."
        )
        invite(
            request,
            (
                (speaker.person, speaker.event, _("Speaker"), what, speaker.event.entrance_path)
                for speaker in queryset.select_related("person", "event")
                if speaker.person
            ),
        )


class RecordingMaterialInline(admin.TabularInline):
    model = RecordingMaterial
    extra = 0


@admin.register(Recording)
class RecordingAdmin(OfOwnEvents):
    formfield_overrides = PICTURES
    list_display = ["title", "event", "session", "forum", "available_from", "public_from"]
    list_filter = ["event", "available_from"]
    list_select_related = ["event", "session", "forum"]
    search_fields = ["title", "description"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["event", "session", "forum", "speakers"]
    readonly_fields = ["duration", "way_to_edit"]
    fieldsets = [
        (None, {"fields": ["event", "title", "slug", "description", "speakers"]}),
        (_("Where it belongs"), {"fields": [("session", "forum"), "position"]}),
        (_("Times"), {"fields": [("available_from", "public_from")]}),
        (None, {"fields": ["way_to_edit", "poster", "duration"]}),
    ]
    inlines = [RecordingMaterialInline]
    actions = ["invite_speakers"]

    @admin.action(description=_("Invite the speakers to hand in their films and texts"))
    def invite_speakers(self, request: HttpRequest, queryset: QuerySet[Recording]) -> None:
        """Those who have an account."""
        what = _("Hand in your recording “{recording}” here, and check its captions.")
        invite(
            request,
            (
                (
                    speaker.person,
                    recording.event,
                    _("Speaker"),
                    format_lazy(what, recording=recording),
                    reverse("recording_edit", args=[recording.event.slug, recording.slug]),
                )
                for recording in queryset.prefetch_related("speakers__person")
                for speaker in recording.speakers.all()
                if speaker.person
            ),
        )

    @admin.display(description=_("Films, captions, checklist"))
    def way_to_edit(self, recording: Recording) -> str:
        if recording.pk is None:
            return str(_("Save first, then you find the way here."))
        checklist = reverse("recording_checklist", args=[recording.event.slug])
        ways = [(recording.edit_path, _("Edit")), (checklist, _("Checklist of the recordings"))]
        return format_html_join(" · ", '<a href="{}">{}</a>', ways)


class PersonForm(forms.ModelForm):
    def clean_email(self) -> str:
        return tidy_address(self.cleaned_data["email"])


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):
    form = PersonForm
    list_display = ["name", "email", "organisation", "place", "is_staff", "is_active"]
    list_filter = ["is_staff", "is_active"]
    search_fields = ["name", "email", "organisation", "place"]
    autocomplete_fields = ["groups"]
    actions = None  # deleting many would pass by what is checked for one
    base_fields = [
        "name",
        "email",
        "organisation",
        "place",
        "function",
        "language",
    ]

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Who is registered where stands, for organisers, in the list of registrations."""
        return [
            *self.list_filter,
            *(["registrations__event"] if request.user.is_superuser else []),
        ]

    def get_fields(self, request: HttpRequest, obj: Person | None = None) -> Any:
        """Who may use the administration is for superusers to say."""
        rights = ["is_active", "is_staff", "groups"] if request.user.is_superuser else []
        return [*self.base_fields, *rights]

    def get_readonly_fields(self, request: HttpRequest, obj: Person | None = None) -> list[str]:
        """An address is the key to all that is the person's, in any event: they change it."""
        return ["email"] if obj and not request.user.is_superuser else []

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and "email" in form.changed_data:
            obj.note_moved(form.initial["email"])
        if "is_staff" in form.changed_data:
            obj.stop_moderating()

    def has_change_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """Colleagues are for superusers to change, and people of others' events for these."""
        is_theirs = obj is None or is_own(obj, request.user)
        return is_theirs and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Person | None = None) -> bool:
        """Whoever is registered cancels first, so that their places are free again."""
        is_registered = obj is not None and obj.registrations.exists()
        is_theirs = obj is None or is_own(obj, request.user)
        return is_theirs and not is_registered and super().has_delete_permission(request, obj)


def is_own(person: Person, editor: Any) -> bool:
    """Whether the editor may change what is known of this person: it is themselves, somebody
    who takes part in their events, or nowhere, and no colleague.
    """
    if person == editor or editor.is_superuser:
        return True
    if person.is_staff or person.is_superuser:
        return False
    events = [registration.event_id for registration in person.registrations.all()]
    return not events or Event.objects.run_by(editor).filter(pk__in=events).exists()


@admin.register(Interest)
class InterestAdmin(OfOwnEvents):
    list_display = ["email", "event", "left_at"]
    list_filter = ["event"]
    list_select_related = ["event"]
    search_fields = ["email"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Interest | None = None) -> bool:
        return False


@admin.register(Page)
class PageAdmin(admin.ModelAdmin):
    list_display = ["title", "slug", "position"]
    search_fields = ["title"]
    prepopulated_fields = {"slug": ["title"]}


admin.site.unregister(Group)
admin.site.unregister(DBTaskResult)  # for workers, not for people


@admin.register(Group)
class RolesAdmin(GroupAdmin):
    """Named rights in the administration, such as the organisers'."""
