from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.refusal import Refusal
from conference.models import Recognition
from conference.views.recording_edits import find_edited


@require_POST
def create(request: HttpRequest, event_slug: str, slug: str, language: str) -> HttpResponse:
    """Have a machine write captions, as a draft."""
    recording = find_edited(request, event_slug, slug)
    if language not in dict(settings.LANGUAGES):
        raise Http404
    try:
        Recognition.ask(recording, language)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("A machine is listening now. The draft appears here."))
    return redirect("recording_edit", event_slug, slug)
