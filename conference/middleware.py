from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# What no page of ours needs, and therefore nothing smuggled into one may use.
POLICY = ", ".join(
    f"{feature}=()"
    for feature in ["camera", "geolocation", "microphone", "payment", "serial", "usb"]
)


def permissions_policy(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Permissions-Policy"] = POLICY
        return response

    return middleware
