"""What organisers see of the rooms: who wrote what, and what was hidden by whom."""

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat.models import Membership, Message, Room
from chat.refusal import Refusal

if TYPE_CHECKING:
    from conference.models import Person


class ToRead(admin.ModelAdmin):
    """Rooms are made by what they belong to, and messages by those who talk."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


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
