from typing import Any

from django.contrib.auth.models import Group, Permission
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Makes the group “Organisers”: its members edit everything of the events."

    def handle(self, *args: Any, **options: Any) -> None:
        group, _is_new = Group.objects.get_or_create(name="Organisers")
        group.permissions.set(
            Permission.objects.filter(content_type__app_label__in=["conference", "marketplace"])
        )
        if options["verbosity"]:
            self.stdout.write("The group “Organisers” may edit everything of the events.")
