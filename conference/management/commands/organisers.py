from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand
from django.db.models import Q

ROOM_RIGHTS = ["view_room", "view_membership", "view_message", "change_message"]


class Command(BaseCommand):
    help = "Makes the group “Organisers”: its members edit everything of the events."

    def handle(self, *args: Any, **options: Any) -> None:
        group, _is_new = Group.objects.get_or_create(name="Organisers")
        events = Q(content_type__app_label__in=["conference", "marketplace"])
        rooms = Q(content_type__app_label="chat", codename__in=ROOM_RIGHTS)
        group.permissions.set(Permission.objects.filter(events | rooms))
        if options["verbosity"]:
            self.stdout.write("The group “Organisers” may edit everything of the events.")
