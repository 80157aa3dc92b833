"""The market in the administration: what organisers edit, in their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import clock
from conference.admin import name_room
from conference.invitations import invite
from conference.own_events import OfOwnEvents
from conference.uploads import PictureField
from marketplace.models import Lead, Offer, Stand, StandMaterial, Topic


@admin.register(Topic)
class TopicAdmin(OfOwnEvents):
    list_display = ["name", "position", "how_many", "event"]
    list_editable = ["position"]
    list_filter = ["event"]
    list_select_related = ["event"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    autocomplete_fields = ["event"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Topic]:
        return super().get_queryset(request).annotate(stand_count=Count("stands"))

    @admin.display(description=_("stands"), ordering="stand_count")
    def how_many(self, topic: Any) -> int:
        return topic.stand_count


class LeadInline(admin.TabularInline):
    model = Lead
    extra = 0
    autocomplete_fields = ["person"]
    verbose_name_plural = _("Project leads: they edit the stand and answer in its chat")


class OfferInline(admin.StackedInline):
    model = Offer
    extra = 0
    fields = [("kind", "title"), "description", ("audience", "when", "cost"), "position"]


class StandMaterialInline(admin.TabularInline):
    model = StandMaterial
    extra = 0
    fields = ["title", "file", "url", "position"]

    def formfield_for_dbfield(
        self, db_field: models.Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> forms.Field | None:
        if db_field.name == "file":  # the stored file has no address of its own to show
            kwargs["widget"] = forms.FileInput()
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class StandAdminForm(forms.ModelForm):
    new_picture = PictureField(
        label=_("Another picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, 10 MB at most; it is cropped to 3:2."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        event, topic = data.get("event"), data.get("topic")
        if event and topic and topic.event_id != event.pk:
            self.add_error("topic", _("This topic belongs to another event."))
        has_picture = self.instance.picture or data.get("new_picture")
        if has_picture and not data.get("picture_text"):
            self.add_error("picture_text", _("Please say in words what the picture shows."))
        return data


@admin.register(Stand)
class StandAdmin(OfOwnEvents):
    form = StandAdminForm
    list_display = ["title", "organisation", "place", "topic", "position", "published_at"]
    list_editable = ["position"]
    list_filter = ["event", "topic", "published_at", "district"]
    list_select_related = ["event", "topic"]
    search_fields = ["title", "organisation", "place", "district", "leads__person__name"]
    prepopulated_fields = {"slug": ["title"]}
    autocomplete_fields = ["event", "topic"]
    readonly_fields = ["preview"]
    inlines = [LeadInline, OfferInline, StandMaterialInline]
    actions = ["publish", "withdraw", "invite_leads"]
    fieldsets = [
        (None, {"fields": ["event", "title", "slug", "summary", "published_at"]}),
        (_("Where it stands"), {"fields": [("topic", "position")]}),
        (_("Who and where"), {"fields": ["organisation", ("place", "district")]}),
        (
            _("Story"),
            {"fields": ["story"], "description": _("Markdown: headings, lists, links.")},
        ),
        (_("Picture"), {"fields": ["preview", "new_picture", "picture_text"]}),
    ]

    @admin.display(description=_("picture"))
    def preview(self, stand: Stand) -> str:
        if not stand.card:
            return "–"
        return format_html('<img src="{}" alt="" width="300" height="200">', stand.card.url)

    def save_model(self, request: HttpRequest, obj: Stand, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        name_room(obj)
        if picture := form.cleaned_data.get("new_picture"):
            obj.hang(picture)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Sequence[Any], change: bool
    ) -> None:
        """Leads are appointed and dismissed, which opens and shuts doors too."""
        stand = form.instance
        before = {lead.person for lead in stand.leads.select_related("person")}
        super().save_related(request, form, formsets, change)
        leads = list(stand.leads.select_related("person"))
        for person in before - {lead.person for lead in leads}:
            stand.dismiss(person)
        for lead in leads:
            stand.appoint(lead.person, lead.function)

    @admin.action(description=_("Publish the chosen stands"))
    def publish(self, request: HttpRequest, queryset: QuerySet[Stand]) -> None:
        number = queryset.filter(published_at=None).update(published_at=clock.now())
        text = ngettext("%d stand is published.", "%d stands are published.", number)
        self.message_user(request, text % number, messages.SUCCESS)

    @admin.action(description=_("Take the chosen stands off the market"))
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Stand]) -> None:
        number = queryset.update(published_at=None)
        text = ngettext("%d stand is taken off.", "%d stands are taken off.", number)
        self.message_user(request, text % number, messages.SUCCESS)

    @admin.action(description=_("Invite the project leads by mail"))
    def invite_leads(self, request: HttpRequest, queryset: QuerySet[Stand]) -> None:
        what = _("You keep the stand “{stand}”: shape it, and answer its visitors in the chat.")
        invite(
            request,
            (
                (
                    *(
                        lead.person,
                        stand.event,
                        _("Project lead"),
                        format_lazy(what, stand=stand),
                    ),
                    reverse("market:stand_edit", args=[stand.event.slug, stand.slug]),
                )
                for stand in queryset.select_related("event").prefetch_related("leads__person")
                for lead in stand.leads.all()
            ),
        )
