from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from chat.limits import TooMany
from chat.paths import safe_path
from conference.forms import AddressForm, PasswordForm
from conference.limits import guard
from conference.models import LoginLink, Person
from conference.models.login import LinkUseless
from conference.models.person import tidy_address


@login_not_required
@never_cache
def create(request: HttpRequest) -> HttpResponse:
    """Asks for an address and mails a link; the answer is the same for every address."""
    if request.method == "GET" and isinstance(request.user, Person):
        return redirect(safe_path(request) or home_of(request.user))
    path = safe_path(request)
    form = AddressForm(request.POST or None, initial={"next": path})
    context = {"form": form, "next": path}
    if not form.is_valid():
        return show_form(request, "conference/login.html", context)
    address = form.cleaned_data["email"]
    try:
        guard(request, "mail", address)
    except TooMany as refusal:
        return show_form(request, "conference/login.html", context, refusal)
    LoginLink.request(address, next_path=path, language=get_language())
    return check_mail(request, address)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def with_password(request: HttpRequest) -> HttpResponse:
    """For organisers; Django's form answers the same to every wrong pair."""
    path = safe_path(request)
    try:
        if request.method == "POST":
            guard(request, "password", tidy_address(request.POST.get("username", "")))
    except TooMany as refusal:
        # Not bound to what was sent: no password is looked at any more.
        context = {"form": PasswordForm(), "next": path}
        return show_form(request, "conference/login_password.html", context, refusal)
    form = PasswordForm(request, request.POST or None)
    if form.is_valid():
        return enter(request, form.get_user(), path)
    context = {"form": form, "next": path}
    return show_form(request, "conference/login_password.html", context)


@login_not_required
@never_cache
def link(request: HttpRequest, token: str) -> HttpResponse:
    """A GET only shows the button, since scanners of mails follow links; a POST enters."""
    link = LoginLink.find(token)
    try:
        if link is None:
            raise LinkUseless(_("We do not know this link. Perhaps its end is missing."))
        if request.method == "POST":
            return enter(request, link.use(), link.next_path)
        link.check_usable()
    except LinkUseless as refusal:
        if link and link.person == request.user:
            return redirect(link.next_path or home_of(link.person))
        path = link.next_path if link else ""
        context = {"refusal": refusal, "form": AddressForm(initial={"next": path})}
        return render(request, "conference/link_useless.html", context, status=refusal.status)
    return render(request, "conference/login_link.html", {"link": link})


@login_not_required
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Says where to look, the same to everybody."""
    mailed = request.session.pop("mailed", None)
    return render(request, "conference/check_mail.html", {"mailed": mailed})


def enter(request: HttpRequest, person: Person, path: str = "") -> HttpResponse:
    """Log the person in, under a new session key, and go there; by default to their event."""
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session.pop("mailed", None)
    return remember_language(redirect(path or home_of(person)), person)


def home_of(person: Person) -> str:
    if registration := person.next_registration:
        return registration.event.entrance_path
    return reverse("start")


def check_mail(request: HttpRequest, address: str) -> HttpResponse:
    """The page that says so, with the address to check for slips and the way back."""
    request.session["mailed"] = {"address": address, "back": request.get_full_path()}
    return redirect("check_mail")


def remember_language(response: HttpResponse, person: Person) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        person.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        samesite="Lax",
        secure=settings.LANGUAGE_COOKIE_SECURE,
    )
    return response


def show_form(
    request: HttpRequest, template: str, context: dict[str, Any], refusal: TooMany | None = None
) -> HttpResponse:
    """The page with ``context["form"]``; its status says whether something is wrong with it."""
    status = refusal.status if refusal else 422 if context["form"].errors else 200
    response = render(request, template, context | {"refusal": refusal}, status=status)
    if refusal:
        response["Retry-After"] = str(refusal.seconds)
    return response
