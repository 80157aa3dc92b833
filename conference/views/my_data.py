"""My data: to take along, to get mails elsewhere, and to delete."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from chat.limits import TooMany
from chat.refusal import Refusal
from conference.forms import NewAddressForm
from conference.limits import guard
from conference.models import Person
from conference.personal_data import data_of
from conference.views.logins import check_mail, show_form


@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    person = get_object_or_404(Person, pk=request.user.pk)
    response = JsonResponse(data_of(person), json_dumps_params={"indent": 2})
    response["Content-Disposition"] = 'attachment; filename="meine-daten.json"'
    return response


@never_cache
def move(request: HttpRequest) -> HttpResponse:
    """Another e-mail address: it becomes the person's once they answer a mail to it."""
    person = get_object_or_404(Person, pk=request.user.pk)
    form = NewAddressForm(request.POST or None, person=person)
    context = {"form": form}
    if not form.is_valid():
        return show_form(request, "conference/address.html", context)
    address = form.cleaned_data["email"]
    try:
        guard(request, "mail", address)
    except TooMany as refusal:
        return show_form(request, "conference/address.html", context, refusal)
    person.ask_to_move(address)
    return check_mail(request, address)


@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    """Asks first; a POST deletes the account and all that hangs on it."""
    person, refusal = get_object_or_404(Person, pk=request.user.pk), None
    try:
        person.check_dispensable()
        if request.method == "POST":
            person.forget()
            logout(request)
            messages.success(request, _("Your account and your data are deleted."))
            return redirect("start")
    except Refusal as kept:
        refusal = kept
    status = refusal.status if refusal else 200
    return render(request, "conference/data_delete.html", {"refusal": refusal}, status=status)
