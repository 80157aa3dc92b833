from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from conference.media import send_file
from conference.models import Event, ForumMaterial


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
def show(request: HttpRequest, event_slug: str, number: int, pk: int) -> HttpResponseBase:
    """To all who see the forum's page, which lists it."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    materials = ForumMaterial.objects.filter(forum__event=event, forum__number=number)
    material = get_object_or_404(materials, pk=pk)
    if not material.file:
        raise Http404
    return send_file(request, material.file, as_attachment=True, filename=material.filename)
