from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def safe_path(request: HttpRequest) -> str:
    """The path of ours that ``next`` names, or nothing."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    return path if is_ours(path) else ""


def path_before(request: HttpRequest) -> str:
    """The path of ours from which the person came, or nothing."""
    try:
        referer = urlsplit(request.headers.get("Referer", ""))
    except ValueError:
        return ""
    query = f"?{referer.query}" if referer.query else ""
    path = f"{referer.path}{query}"
    return path if referer.netloc == request.get_host() and is_ours(path) else ""


def is_ours(path: str) -> bool:
    """Browsers drop tabs and line ends, and see another host behind what remains."""
    return (
        path.startswith("/")
        and path.isprintable()
        and len(path) <= 500
        and url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    )
