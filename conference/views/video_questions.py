"""Questions at a moment of an impulse talk: asked, withdrawn, and dealt with by moderators."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from chat.refusal import Refusal
from conference.forms import VideoQuestionForm
from conference.models import Event, Person, VideoQuestion
from conference.templatetags.timecodes import timecode
from conference.views.recordings import find, show_recording


@require_POST
def create(request: HttpRequest, event_slug: str, slug: str) -> HttpResponse:
    recording = find(request, event_slug, slug)
    person = get_object_or_404(Person, pk=request.user.pk)
    form = VideoQuestionForm(request.POST)
    if not form.is_valid():
        return show_recording(request, recording, form)
    try:
        recording.open_to(person)
        VideoQuestion.ask(recording, person, **form.cleaned_data)
    except Refusal as refusal:
        return show_recording(request, recording, form, refusal)
    text = _("Your question at %(time)s is there. The forum's moderators read it.")
    messages.success(request, text % {"time": timecode(form.cleaned_data["seconds"])})
    return redirect(recording)


@require_POST
def delete(request: HttpRequest, event_slug: str, slug: str, pk: int) -> HttpResponse:
    recording = find(request, event_slug, slug)
    mine = recording.video_questions.filter(person=request.user.pk)
    get_object_or_404(mine, pk=pk).delete()
    messages.success(request, _("Your question is withdrawn."))
    return redirect(recording)


def moderating(act: Callable[[VideoQuestion], str]) -> Callable[..., HttpResponse]:
    """Find the question for those who run the forum; say what was done."""

    @require_POST
    @wraps(act)
    def enter(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponse:
        event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
        forum = get_object_or_404(event.forums.select_related("event"), number=number)
        if not forum.is_run_by(request.user):
            raise PermissionDenied
        questions = VideoQuestion.objects.filter(recording__forum=forum)
        messages.success(request, act(get_object_or_404(questions, pk=pk)))
        return redirect(f"{forum.get_absolute_url()}#fragen")

    return enter


@moderating
def settle(question: VideoQuestion) -> str:
    question.settle()
    return _("The question is put away.")


@moderating
def reopen(question: VideoQuestion) -> str:
    question.reopen()
    return _("The question is there again.")
