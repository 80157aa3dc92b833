from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from conference.media import send_file
from conference.models import Event
from marketplace.models import Stand


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
def show(request: HttpRequest, event_slug: str, slug: str, pk: int) -> HttpResponseBase:
    """A file to take along, for whoever may see the stand."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    stand = get_object_or_404(Stand.objects.visible_to(request.user), event=event, slug=slug)
    material = get_object_or_404(stand.materials.exclude(file=""), pk=pk)
    return send_file(request, material.file, filename=material.filename)
