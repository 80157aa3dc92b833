from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from conference.recording_forms import ConsentForm
from conference.views.recording_edits import find_edited


@never_cache
def edit(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    """What speakers allowed; for organisers to note, who keep the papers."""
    recording = find_edited(request, event_slug, slug)
    if not recording.event.is_run_by(request.user):
        raise PermissionDenied
    forms = [
        ConsentForm(request.POST or None, recording=recording, speaker=speaker)
        for speaker in recording.speakers.all()
    ]
    wrong = [form for form in forms if not form.is_valid()]
    if request.method == "POST" and not wrong:
        with transaction.atomic():
            for form in forms:
                form.save()
        messages.success(request, _("The consents are saved."))
        return redirect("recording_edit", event_slug, slug)
    context = {"event": recording.event, "recording": recording, "forms": forms}
    status = 422 if request.method == "POST" else 200
    return render(request, "conference/consents.html", context, status=status)
