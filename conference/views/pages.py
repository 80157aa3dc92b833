from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from conference.models import Page


@login_not_required
@require_safe
def show(request: HttpRequest, slug: str) -> HttpResponse:
    """A text of the whole site, such as the imprint."""
    page = get_object_or_404(Page, slug=slug)
    return render(request, "conference/page.html", {"page": page})
