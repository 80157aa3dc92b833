from typing import Any

from django.conf import settings
from django.http import HttpRequest

from conference.models import Page


def site(request: HttpRequest) -> dict[str, Any]:
    """What every page's frame needs. The footer's pages are asked for when they are shown."""
    return {
        "site_name": settings.SITE_NAME,
        "is_demo": settings.DEMO,
        "footer_pages": Page.objects.only("slug", "title"),
    }
