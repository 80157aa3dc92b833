import logging
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from conference.worker import Worker


class Command(BaseCommand):
    help = "Runs tasks (mails, reminders, tidying) as they come. Start one, or several."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--queues", default="*", help="those to serve, separated by commas; all by default"
        )
        parser.add_argument(
            "--interval", type=float, default=1, help="seconds between looking for new tasks"
        )
        parser.add_argument(
            "--batch", action="store_true", help="end when there is nothing left to do"
        )

    def handle(self, *, queues: str, interval: float, batch: bool, **options: Any) -> None:
        # Being told to stop is no warning.
        logging.getLogger("django_tasks_db").setLevel(logging.ERROR)
        worker = Worker(queues=queues.split(","), interval=interval, batch=batch)
        worker.configure_signals()
        worker.run()
