"""The demo's outbox: mails lie in files instead of going out."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conference.views.demo import only_in_demo

END = b"\n" + b"-" * 79 + b"\n"


@only_in_demo
def index(request: HttpRequest) -> HttpResponse:
    """The mails, the newest first, with their texts."""
    files = sorted(Path(settings.OUTBOX).glob("*.log"), key=_written, reverse=True)
    page = Paginator(files, 20).get_page(request.GET.get("seite"))
    mails = [mail for file in page for mail in _mails_in(file)]
    return render(request, "conference/outbox.html", {"page": page, "mails": mails})


def _written(file: Path) -> tuple[int, str]:
    return file.stat().st_mtime_ns, file.name


def _mails_in(file: Path) -> list[dict[str, object]]:
    mails = []
    for source in filter(None, file.read_bytes().split(END)):
        message = message_from_bytes(source, EmailMessage, policy=policy.default)
        body = message.get_body(("plain",))
        mails.append(
            {
                "to": message["to"],
                "subject": message["subject"],
                "at": message["date"].datetime,
                "text": body.get_content() if body else "",
            }
        )
    return mails
