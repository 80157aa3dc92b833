from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from conference import segments
from conference.media import InStorage, send_file


@login_not_required
@require_safe
def show(request: HttpRequest, expires: str, signature: str, name: str) -> HttpResponseBase:
    """To whoever has the address, without asking the database: a playlist gave it away.

    Behind nginx this is nginx's to answer; see docs/nginx.conf.
    """
    try:
        segments.check(int(expires), signature, name)
    except segments.NotSigned:
        return HttpResponse(status=403, headers={"Cache-Control": "no-store"})
    response = send_file(request, InStorage(name), content_type="video/mp4")
    response["Cache-Control"] = segments.cache_control(int(expires))
    return response
