"""What organisers see of the rooms: who wrote what, and what was hidden by whom."""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chat.models import EarlierBody, Membership, Message, Report, Room, Sanction
from chat.refusal import Refusal

if TYPE_CHECKING:
    from conference.models import Person


class ToRead(admin.ModelAdmin):
    """Rooms are made by what they belong to, and messages by those who talk.

    Each sees what is in the rooms that they run. ``room_path`` leads from a row to its room.
    """

    room_path = "room"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(self.in_rooms(run_rooms(request)))

    def in_rooms(self, rooms: QuerySet[Room]) -> Q:
        return Q(**{f"{self.room_path}__in": rooms})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def run_rooms(request: HttpRequest) -> QuerySet[Room]:
    return cast("Person", request.user).run_rooms


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    fields = ["person", "role", "admitted_at"]
    readonly_fields = ["person", "role", "admitted_at"]
    ordering = ["role", "person__name"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        return super().get_queryset(request).select_related("person")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Room)
class RoomAdmin(ToRead):
    room_path = "pk"
    list_display = ["title", "message_count", "member_count"]
    search_fields = ["title"]
    ordering = ["title"]
    fields = ["title"]
    readonly_fields = ["title"]
    inlines = [MembershipInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        return (
            super()
            .get_queryset(request)
            .filter(is_direct=False)
            .annotate(
                members=Count("memberships", distinct=True),
                said=Count("messages", distinct=True),
            )
        )

    @admin.display(description=_("messages"), ordering="said")
    def message_count(self, room: Any) -> int:
        return room.said

    @admin.display(description=_("admitted"), ordering="members")
    def member_count(self, room: Any) -> int:
        return room.members


SHOWN: list[str] = [
    *("room", "number", "author", "role", "body", "posted_at", "edited_at", "deleted_at"),
    *("hidden_at", "hidden_by"),
]


class EarlierBodyInline(admin.TabularInline):
    model = EarlierBody
    extra = 0
    fields = ["body", "replaced_at"]
    readonly_fields = ["body", "replaced_at"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(ToRead):
    list_display = ["posted_at", "author", "excerpt", "room", "hidden_at", "hidden_by"]
    list_display_links = ["posted_at", "excerpt"]
    list_filter = [
        ("hidden_at", admin.EmptyFieldListFilter),
        ("deleted_at", admin.EmptyFieldListFilter),
        "posted_at",
    ]
    list_select_related = ["author", "room", "hidden_by"]
    search_fields = ["body", "author__name", "author__email", "room__title"]
    search_help_text = _("Searches in messages, authors and rooms.")
    date_hierarchy = "posted_at"
    ordering = ["-posted_at"]
    actions = ["hide", "reveal"]
    fields = [*SHOWN]
    readonly_fields = [*SHOWN]
    inlines = [EarlierBodyInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """What two people write to each other is theirs; reports show what they show."""
        return super().get_queryset(request).filter(room__is_direct=False)

    @admin.display(description=_("message"))
    def excerpt(self, message: Message) -> str:
        return Truncator(message.body).words(20) or str(_("(deleted)"))

    @admin.action(description=_("Hide from everyone"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        count = 0
        for message in queryset.select_related("room"):
            try:
                message.hide(cast("Person", request.user))
                count += 1
            except Refusal:
                continue  # it is deleted: there is nothing to hide
        text = ngettext("%d message is hidden.", "%d messages are hidden.", count)
        self.message_user(request, text % count, messages.SUCCESS)

    @admin.action(description=_("Show again"), permissions=["change"])
    def reveal(self, request: HttpRequest, queryset: QuerySet[Message]) -> None:
        for message in queryset.select_related("room"):
            message.reveal(cast("Person", request.user))
        text = ngettext("%d message is shown.", "%d messages are shown.", len(queryset))
        self.message_user(request, text % len(queryset), messages.SUCCESS)


REPORTED: list[str] = [
    *("message", "author", "text", "reason", "reported_by", "reported_at"),
    *("settled_at", "settled_by"),
]
IMPOSED: list[str] = [
    *("room", "person", "kind", "reason", "imposed_at", "imposed_by", "ends_at"),
    *("lifted_at", "lifted_by"),
]


@admin.register(Report)
class ReportAdmin(ToRead):
    """With those of what two wrote to each other who met in these rooms."""

    list_display = [
        *("reported_at", "room", "author", "body", "reason", "reported_by", "settled_by"),
    ]
    list_filter = [("settled_at", admin.EmptyFieldListFilter), "reported_at"]
    list_select_related = ["message__room", "message__author", "reported_by", "settled_by"]
    search_fields = ["reason", "message__body", "message__author__name"]
    ordering = ["-reported_at"]
    actions = ["hide", "keep"]
    fields = [*REPORTED]
    readonly_fields = [*REPORTED]

    def in_rooms(self, rooms: QuerySet[Room]) -> Q:
        return Q(message__room__in=rooms) | Q(message__room__talk__met_in__in=rooms)

    @admin.display(description=_("chat room"))
    def room(self, report: Report) -> str:
        return str(report.message.room)

    @admin.display(description=_("author"))
    def author(self, report: Report) -> str:
        return str(report.message.author or "–")

    @admin.display(description=_("message"))
    def body(self, report: Report) -> str:
        return Truncator(report.message.body).words(20) or str(_("(deleted)"))

    @admin.display(description=_("message"))
    def text(self, report: Report) -> str:
        return report.message.body or str(_("(deleted)"))

    @admin.action(description=_("Hide the message from everyone"), permissions=["change"])
    def hide(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        for report in queryset.select_related("message__room"):
            with suppress(Refusal):  # it is deleted: there is nothing to hide
                report.message.hide(cast("Person", request.user))
        self.message_user(request, gettext("The messages are hidden."), messages.SUCCESS)

    @admin.action(description=_("Let the message stand"), permissions=["change"])
    def keep(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        for report in queryset.select_related("message__room"):
            report.message.keep(cast("Person", request.user))
        self.message_user(request, gettext("The messages stay."), messages.SUCCESS)


@admin.register(Sanction)
class SanctionAdmin(ToRead):
    list_display = [
        *("imposed_at", "room", "person", "kind", "ends_at", "imposed_by", "lifted_at"),
    ]
    list_filter = ["kind", "imposed_at", ("lifted_at", admin.EmptyFieldListFilter)]
    list_select_related = ["room", "person", "imposed_by"]
    search_fields = ["person__name", "room__title", "reason"]
    actions = ["lift"]
    fields = [*IMPOSED]
    readonly_fields = [*IMPOSED]

    @admin.action(description=_("Lift the measure"), permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> None:
        count = 0
        for sanction in (
            Sanction.objects.in_force().filter(pk__in=queryset).select_related("room", "person")
        ):
            with suppress(Refusal):
                sanction.lift(cast("Person", request.user))
                count += 1
        text = ngettext("%d measure is lifted.", "%d measures are lifted.", count)
        self.message_user(request, text % count, messages.SUCCESS)
