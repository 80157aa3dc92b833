"""Places in the administration: who has one, who waits, and what is held back for groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat.refusal import Refusal
from conference.models import Contingent, Place, Registration, Slot, Waiting
from conference.own_events import OfOwnEvents, own_events


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}),
        required=False,
        help_text=_("Stands in the mail to each of them."),
    )


class GivingForm(ReasonForm):
    one_more = forms.BooleanField(
        label=_("Make the forum larger by one place where none is free"), required=False
    )


def asked(
    model_admin: admin.ModelAdmin[Any],
    request: HttpRequest,
    rows: QuerySet[Any],
    title: Any,
    act: Callable[[Any, dict[str, Any]], object],
    form_class: type[ReasonForm] = ReasonForm,
) -> HttpResponse | None:
    """An action that asks for a reason first; each row stands or falls alone."""
    form = form_class(request.POST if "sure" in request.POST else None)
    if not form.is_valid():
        context = {
            **admin.site.each_context(request),
            "title": title,
            "opts": model_admin.model._meta,
            "rows": rows,
            "form": form,
            "action": request.POST.get("action", ""),
        }
        return render(request, "admin/conference/places_reason.html", context)
    done = 0
    for row in rows:
        try:
            act(row, form.cleaned_data)
            done += 1
        except Refusal as refusal:
            messages.warning(request, f"{row}: {refusal}")
    if done:
        text = ngettext("Done for %(count)s person.", "Done for %(count)s people.", done)
        messages.success(request, text % {"count": done})
    return None


@admin.register(Waiting)
class WaitingAdmin(OfOwnEvents):
    """In order; worked on by actions, so that each has its reason and its mail."""

    event_path = "forum__event"

    list_display = ["person", "email", "number", "which", "position", "joined_at", "offer"]
    list_display_links = None
    list_filter = ["forum__event", "forum", "slot__round", "offer_expires_at"]
    search_fields = ["registration__person__name", "registration__person__email"]
    ordering = ["forum", "rank", "pk"]
    actions = ["give", "move_to_front", "move_back", "take_off"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Waiting]:
        rows = Waiting.objects.with_slot().order_by(*self.ordering)
        return self.own(
            request, rows.select_related("registration__person", "registration__event")
        )

    @admin.display(description=_("person"), ordering="registration__person__name")
    def person(self, waiting: Waiting) -> str:
        return str(waiting.registration.person)

    @admin.display(description=_("E-mail address"))
    def email(self, waiting: Waiting) -> str:
        return waiting.registration.person.email

    @admin.display(description=_("forum"), ordering="forum__number")
    def number(self, waiting: Waiting) -> int:
        return waiting.forum.number

    @admin.display(description=_("round"))
    def which(self, waiting: Waiting) -> str:
        return waiting.slot.round.title if waiting.slot else str(_("whichever"))

    @admin.display(description=_("rank"), ordering="rank")
    def position(self, waiting: Waiting) -> int:
        return waiting.rank

    @admin.display(description=_("offer until"), ordering="offer_expires_at")
    def offer(self, waiting: Waiting) -> Any:
        return waiting.offer_expires_at

    @admin.action(description=_("Give a place, past the order"), permissions=["change"])
    def give(self, request: HttpRequest, queryset: QuerySet[Waiting]) -> HttpResponse | None:
        def act(waiting: Waiting, data: dict[str, Any]) -> None:
            best_of(waiting).give(
                waiting.registration, data["reason"], one_more=data["one_more"]
            )

        return asked(self, request, queryset, _("Give a place"), act, GivingForm)

    @admin.action(description=_("Move to the front of the line"), permissions=["change"])
    def move_to_front(self, request: HttpRequest, queryset: QuerySet[Waiting]) -> None:
        for waiting in reversed(list(queryset)):
            waiting.move(1)

    @admin.action(description=_("Move back by one"), permissions=["change"])
    def move_back(self, request: HttpRequest, queryset: QuerySet[Waiting]) -> None:
        for waiting in reversed(list(queryset)):
            ahead = Waiting.objects.filter(forum=waiting.forum_id, rank__lt=waiting.rank)
            waiting.move(ahead.count() + 2)

    @admin.action(description=_("Take off the waiting list"), permissions=["change"])
    def take_off(
        self, request: HttpRequest, queryset: QuerySet[Waiting]
    ) -> HttpResponse | None:
        def act(waiting: Waiting, data: dict[str, Any]) -> None:
            waiting.remove(data["reason"])

        return asked(self, request, queryset, _("Take off the waiting list"), act)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Waiting | None = None) -> bool:
        return False


def best_of(waiting: Waiting) -> Slot:
    """What the person waits for; of several rounds, one with a free place or the next."""
    slots = Slot.objects.select_related("forum__event", "round", "room")
    if waiting.slot_id:
        return slots.get(pk=waiting.slot_id)
    ahead = [slot for slot in slots.filter(forum=waiting.forum_id) if not slot.round.is_past]
    if not ahead:
        return slots.filter(forum=waiting.forum_id)[0]  # whose refusal says that it is over
    return next((slot for slot in ahead if slot.free > 0), ahead[0])


class PlaceForm(forms.ModelForm):
    reason = ReasonForm.base_fields["reason"]
    one_more = GivingForm.base_fields["one_more"]

    class Meta:
        model = Place
        fields = ["registration", "slot"]

    def clean(self) -> dict[str, Any]:
        """What the verb refuses stands at the form; what it gives is given by then."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        slot, registration = data["slot"], data["registration"]
        try:
            self.given = slot.give(registration, data["reason"], one_more=data["one_more"])
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return data

    def _post_clean(self) -> None:
        """The row stands already, in order; nothing else is to be checked of it."""

    def save_m2m(self) -> None:
        """Nor saved."""


@admin.register(Place)
class PlaceAdmin(OfOwnEvents):
    event_path = "registration__event"
    form = PlaceForm
    fields = ["registration", "slot", "reason", "one_more"]
    list_display = [
        "person",
        "email",
        "slot",
        "taken_at",
        "contingent",
        "coming_at",
        "entered_at",
    ]
    list_display_links = None
    list_filter = ["slot__forum__event", "slot__forum", "round", "contingent"]
    search_fields = ["registration__person__name", "registration__person__email"]
    autocomplete_fields = ["registration"]
    actions = ["take_back"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Place]:
        rows = Place.objects.with_slot().select_related(
            "registration__person", "contingent__slot__forum", "contingent__slot__round"
        )
        return self.own(request, rows)

    @admin.display(description=_("person"), ordering="registration__person__name")
    def person(self, place: Place) -> str:
        return str(place.registration.person)

    @admin.display(description=_("E-mail address"))
    def email(self, place: Place) -> str:
        return place.registration.person.email

    @admin.action(description=_("Take the place back"), permissions=["add"])
    def take_back(self, request: HttpRequest, queryset: QuerySet[Place]) -> HttpResponse | None:
        def act(place: Place, data: dict[str, Any]) -> None:
            place.take_away(reason=data["reason"])

        return asked(self, request, queryset, _("Take the place back"), act)

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "slot":
            slots = Slot.objects.filter(forum__event__in=own_events(request))
            kwargs["queryset"] = slots.select_related("forum__event", "round", "room")
        if db_field.name == "registration":
            people = Registration.objects.filter(event__in=own_events(request))
            kwargs["queryset"] = people.select_related("person", "event")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Place:
        return form.given

    def save_model(self, request: HttpRequest, obj: Place, form: Any, change: bool) -> None:
        """It is given already."""

    def has_change_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Place | None = None) -> bool:
        return False


@admin.register(Contingent)
class ContingentAdmin(OfOwnEvents):
    event_path = "slot__forum__event"
    fields = ["slot", "name", "code", "seats", "releases_at"]
    list_display = ["name", "slot", "code", "seats", "used", "releases_at", "released_at"]
    list_filter = ["slot__forum__event", "slot__forum"]
    list_select_related = ["slot__forum", "slot__round"]
    search_fields = ["name", "code"]
    actions = ["free"]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Contingent | None = None
    ) -> list[str]:
        """Places of one round are no other's."""
        return ["slot"] if obj else []

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        if db_field.name == "slot":
            slots = Slot.objects.filter(forum__event__in=own_events(request))
            kwargs["queryset"] = slots.select_related("forum__event", "round")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(
        self, request: HttpRequest, obj: Contingent, form: Any, change: bool
    ) -> None:
        obj.hold()

    @admin.action(description=_("Free what is left for everybody now"), permissions=["change"])
    def free(self, request: HttpRequest, queryset: QuerySet[Contingent]) -> None:
        for contingent in queryset.select_related("slot__forum"):
            contingent.free()

    def delete_model(self, request: HttpRequest, obj: Contingent) -> None:
        obj.free()
        obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Contingent]) -> None:
        for contingent in queryset.select_related("slot__forum"):
            self.delete_model(request, contingent)
