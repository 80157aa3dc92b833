from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from conference.views.logins import show_form


@never_cache
@sensitive_post_parameters("new_password1", "new_password2")
def update(request: HttpRequest) -> HttpResponse:
    """For those who work in the administration: a password beside the links from mails."""
    if not request.user.is_staff:
        raise PermissionDenied
    form = SetPasswordForm(request.user, request.POST or None)
    if form.is_valid():
        form.save()
        update_session_auth_hash(request, form.user)  # ends the other sessions, not this one
        messages.success(request, _("Your password is set."))
        return redirect("admin:index")
    return show_form(request, "conference/password.html", {"form": form})
