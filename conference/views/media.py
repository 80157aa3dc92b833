from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from conference.media import InStorage, send_file


@login_not_required
@require_safe
@cache_control(public=True, max_age=86_400)
def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """For everyone; the address admits nothing but pictures (see ``conference.urls``)."""
    return send_file(request, InStorage(name))
