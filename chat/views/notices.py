from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import notices
from chat.views.doors import Entered


@never_cache
@require_safe
def index(request: Entered) -> HttpResponse:
    """Where the person is named or answered, in all their rooms."""
    me = request.user.pk
    context = {"notices": notices.newest(me), "direct": notices.count_direct(me)}
    return render(request, "chat/notices.html", context)
