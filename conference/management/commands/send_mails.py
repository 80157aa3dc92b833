from typing import Any

from django.core.management.base import BaseCommand

from conference.models import Interest, Mail


class Command(BaseCommand):
    help = "Sends the mails that are due, and those that wait after trouble. For cron."

    def handle(self, *args: Any, **options: Any) -> None:
        Interest.objects.tell()
        sent = sum(mail.send() for mail in Mail.objects.waiting().order_by("created_at"))
        left = Mail.objects.filter(sent_at=None).exclude(text="").count()
        self.stdout.write(f"{sent} sent, {left} left")
