from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from chat import presence
from conference.models import Interest, Mail, Registration, Upload, Video


class Command(BaseCommand):
    help = "Deletes what is kept no longer: mails, unconfirmed registrations, replaced films."

    def handle(self, *args: Any, **options: Any) -> None:
        Mail.objects.tidy()
        Registration.objects.tidy()
        Interest.objects.tidy()
        Upload.objects.tidy()
        Video.objects.tidy()
        presence.tidy()
        call_command("clearsessions")
        call_command(
            "prune_db_task_results", min_age_days=1, failed_min_age_days=14, verbosity=0
        )
