from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from chat.limits import TooMany
from conference.forms import CorrectionForm, OwnRegistrationForm, RegistrationForm
from conference.holdings import Holdings
from conference.limits import guard
from conference.models import Event, Person, Registration
from conference.views.logins import check_mail, remember_language, show_form


@login_not_required
@never_cache
def create(request: HttpRequest, event_slug: str) -> HttpResponse:
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    person = request.user
    if isinstance(person, Person) and event.registrations.confirmed().filter(person=person):
        return redirect("registration", event.slug)
    if not event.takes_registrations:
        status = 409 if request.method == "POST" else 200
        return render(
            request, "conference/registration_closed.html", {"event": event}, status=status
        )
    if isinstance(person, Person):
        return _take(request, event, person)
    return _request(request, event)


def _request(request: HttpRequest, event: Event) -> HttpResponse:
    """A stranger: the answer is the same whether or not the address is known."""
    form = RegistrationForm(request.POST or None, event=event)
    context = {"event": event, "form": form}
    if form.is_valid():
        details = form.details | {"language": get_language()}
        address = form.cleaned_data["email"]
        try:
            guard(request, "mail", address)
        except TooMany as refusal:
            return show_form(request, "conference/register.html", context, refusal)
        Registration.request(event, address, form.said, **details)
        return check_mail(request, address)
    return show_form(request, "conference/register.html", context)


def _take(request: HttpRequest, event: Event, person: Person) -> HttpResponse:
    """Somebody who is logged in: their address is confirmed."""
    details = model_to_dict(person)
    form = OwnRegistrationForm(request.POST or None, event=event, initial=details)
    if form.is_valid():
        person.correct(**form.details)
        Registration.take(event, person, form.said)
        messages.success(request, _("You are registered."))
        return redirect("registration", event.slug)
    return show_form(request, "conference/register.html", {"event": event, "form": form})


@never_cache
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    """My event: what I am here, my place, my programme and calendar, my data."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    person = get_object_or_404(Person, pk=request.user.pk)
    registration = event.registrations.confirmed().filter(person=person).first()
    if registration is None:
        return redirect("register", event.slug)
    event.settle_places()
    details, said = model_to_dict(person), registration.said
    form = CorrectionForm(request.POST or None, event=event, said=said, initial=details)
    if form.is_valid():
        person.correct(**form.details)
        registration.say(form.said)
        messages.success(request, _("Your details are saved."))
        return remember_language(redirect("registration", event.slug), person)
    context = {
        "event": event,
        "registration": registration,
        "form": form,
        "roles": event.roles_of(person),
        "marked": event.sessions.marked_by(person).select_related("event"),
        "subscription": settings.SITE_URL + person.calendar_path,
        "mine": Holdings.of(event, person),
    }
    return show_form(request, "conference/registration.html", context)


@never_cache
def delete(request: HttpRequest, event_slug: str) -> HttpResponse:
    """Asks first; a POST cancels."""
    registration = get_object_or_404(
        Registration.objects.select_related("event", "person"),
        person=request.user.pk,
        event__slug=event_slug,
    )
    event = registration.event
    if request.method == "POST":
        registration.cancel()
        messages.success(request, _("You are no longer registered."))
        return redirect("event", event.slug)
    return render(request, "conference/registration_cancel.html", {"event": event})
