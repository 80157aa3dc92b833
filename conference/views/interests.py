from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.signing import BadSignature
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chat.limits import TooMany
from conference.forms import AddressForm
from conference.limits import guard
from conference.models import Event, Interest
from conference.views.logins import check_mail, show_form


@login_not_required
@never_cache
def create(request: HttpRequest, event_slug: str) -> HttpResponse:
    """Leave an address to be told; the answer is the same for every address."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    if not event.registration_is_to_come:
        return redirect("register", event.slug)
    form = AddressForm(request.POST or None)
    context = {"event": event, "form": form}
    if not form.is_valid():
        return show_form(request, "conference/interest.html", context)
    address = form.cleaned_data["email"]
    try:
        guard(request, "mail", address)
    except TooMany as refusal:
        return show_form(request, "conference/interest.html", context, refusal)
    Interest.leave(event, address, language=get_language())
    return check_mail(request, address)


@login_not_required
@never_cache
def delete(request: HttpRequest, event_slug: str, token: str) -> HttpResponse:
    """A GET only shows the button, since scanners of mails follow links."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    try:
        interest = Interest.find(token)
    except BadSignature:
        raise Http404 from None
    if request.method == "POST" and interest:
        interest.delete()
    if interest and request.method != "POST":
        return render(request, "conference/interest_end.html", {"event": event})
    messages.success(request, _("We no longer keep your address for this."))
    return redirect("event", event.slug)
