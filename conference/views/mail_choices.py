"""Whether somebody wants reminders and news; from their mails, without logging in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from conference.models import Registration


@login_not_required
@never_cache
@csrf_exempt  # mail programs post here by themselves (RFC 8058); the signature is the key
def show(request: HttpRequest, event_slug: str, token: str) -> HttpResponse:
    """A GET only shows the buttons, since scanners of mails follow links.

    A POST answers with the page itself: mail programs do not follow to another one.
    """
    try:
        registration = Registration.find_by_mail_choice(token)
    except BadSignature:
        raise Http404 from None
    if registration is None:
        messages.info(request, _("You are not registered any more, so no more mails come."))
        return redirect("event", event_slug)
    if request.method == "POST":
        registration.choose_mails(wanted="wanted" in request.POST)
    return render(
        request,
        "conference/mail_choice.html",
        {"event": registration.event, "registration": registration},
    )
