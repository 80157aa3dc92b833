"""What need not happen while somebody waits, and what is due every minute and every night.

Tasks take ids and call a verb. A worker (``conference.worker``) runs them; whatever it was
doing when it was killed is done again, so verbs may be said twice.
"""

import logging
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.core.management import call_command
from django.tasks import task

from conference.models import Consent, Event, Interest, Mail, Mailing, Recognition, Video
from conference.models.calling_off import tell_called_off
from conference.models.mail import deliver
from conference.models.reminder import remind
from conference.storage import clear_folder

logger = logging.getLogger(__name__)


@task(priority=10)
def send_mail(mail_pk: int) -> bool:
    """Before mails to many: somebody waits for it."""
    return any(mail.send() for mail in Mail.objects.filter(pk=mail_pk))


@task
def send_mails() -> int:
    """What goes to many, and what did not get through; as many as the mail server may bear."""
    due = Mail.objects.due().select_related("event", "person").order_by("next_try_at", "pk")
    return deliver(due[: settings.MAILS_PER_MINUTE])


# Films take minutes and hours: they have a worker of their own, so that no mail waits for them.
FILMS = "films"


@task(queue_name=FILMS)
def process_video(video_pk: int) -> None:
    for video in Video.objects.filter(pk=video_pk).select_related("recording__event"):
        video.process()


@task(queue_name=FILMS)
def recognise(recognition_pk: int) -> None:
    rows = Recognition.objects.filter(pk=recognition_pk, failed_at=None)
    for recognition in rows.select_related("recording__event"):
        recognition.run()


@task
def clear_folders(folders: list[str]) -> None:
    for folder in folders:
        clear_folder(folder)


@task(priority=50)
def each_minute() -> None:
    """What is due now. Trouble with one thing holds up none of the others."""
    chores: list[Callable[[], object]] = [
        Event.objects.settle_places,
        partial(Interest.objects.tell, settings.MAILS_PER_MINUTE),
        partial(tell_called_off, settings.MAILS_PER_MINUTE),
        partial(remind, settings.MAILS_PER_MINUTE),
        partial(Mailing.objects.write_on, settings.MAILS_PER_MINUTE),
        send_mails.enqueue,
    ]
    for chore in chores:
        try:
            chore()
        except Exception:
            logger.exception("%s failed; it is tried again in a minute.", chore)


@task
def each_night() -> None:
    Consent.objects.warn()
    call_command("tidy", verbosity=0)
