from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat import clock


@login_not_required
@never_cache
@require_safe
def show(request: HttpRequest) -> JsonResponse:
    """What time it is here, in milliseconds since 1970; asks no database."""
    return JsonResponse({"now": clock.now().timestamp() * 1000})
