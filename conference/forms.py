from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from conference.districts import DISTRICTS
from conference.models import Event, Person, Question, TechCheck
from conference.models.person import tidy_address
from conference.models.registration import NEEDS, Said
from conference.models.video_question import MOST_WORDS


class AddressField(forms.EmailField):
    """An e-mail address, forgiving about case, spaces and scripts."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("E-mail address"),
            max_length=254,
            error_messages={
                "required": _("Please enter your e-mail address."),
                "invalid": _("Please enter a whole e-mail address, like name@example.org."),
            },
            **kwargs,
        )
        self.widget.attrs |= {"autocomplete": "email", "spellcheck": "false"}

    def to_python(self, value: Any) -> str:
        return tidy_address(super().to_python(value) or "")


class SuggestingInput(forms.TextInput):
    """Takes any text and suggests some, by a ``<datalist>`` that ``_field.html`` writes."""

    def __init__(self, suggestions: list[str], attrs: dict[str, Any] | None = None) -> None:
        self.suggestions = suggestions
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> Any:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs']['id']}_suggestions"
        return context


class AddressForm(forms.Form):
    email = AddressField()
    next = forms.CharField(required=False, widget=forms.HiddenInput)


class NewAddressForm(forms.Form):
    email = AddressField()

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["email"].label = _("New e-mail address")

    def clean_email(self) -> str:
        if self.cleaned_data["email"] == self.person.email:
            raise forms.ValidationError(_("This is your address already."))
        return self.cleaned_data["email"]


class DetailsForm(forms.ModelForm):
    """What people say about themselves; others see it beside what they write."""

    class Meta:
        model = Person
        fields = ("name", "organisation", "place", "function")
        labels = {
            "name": _("First and last name"),
            "organisation": _("Organisation"),
            "place": _("Municipality or district"),
            "function": _("Function"),
        }
        widgets = {
            "name": forms.TextInput({"autocomplete": "name"}),
            "organisation": forms.TextInput({"autocomplete": "organization"}),
            "place": SuggestingInput(DISTRICTS, {"autocomplete": "address-level2"}),
            "function": forms.TextInput({"autocomplete": "organization-title"}),
        }
        help_texts = {"function": _("For example neighbourhood manager, mayor, volunteer.")}
        error_messages = {"name": {"required": _("Please enter your name.")}}

    def clean(self) -> dict[str, Any]:
        """One line each, without the spaces that pasting leaves."""
        data = super().clean() or self.cleaned_data
        return {
            key: " ".join(value.split())
            if isinstance(value, str) and not isinstance(self[key].field.widget, forms.Textarea)
            else value
            for key, value in data.items()
        }

    @property
    def details(self) -> dict[str, str]:
        return {field: self.cleaned_data[field] for field in self.Meta.fields}


class TakingPartForm(DetailsForm):
    """Besides who they are: what they need, and what the organisers of ``event`` ask."""

    needs_sign_language = forms.BooleanField(
        label=_("I need sign language interpretation."), required=False
    )
    needs_captions = forms.BooleanField(label=_("I need captions."), required=False)
    other_needs = forms.CharField(
        label=_("What else helps you to take part?"), required=False, max_length=500
    )

    def __init__(
        self, *args: Any, event: Event, said: Said | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.asked = list(event.questions.all())
        for question in self.asked:
            self.fields[f"question_{question.pk}"] = field_for(question)
        if said:
            self.initial.update(said.needs)
            for question in self.asked:
                values = said.answers.get(question.pk, [])
                is_list = question.kind == Question.Kind.CHOICES
                self.initial[f"question_{question.pk}"] = values if is_list else "".join(values)
        self.order_fields(self.field_order)

    def questions(self) -> Iterator[forms.BoundField]:
        return (self[f"question_{question.pk}"] for question in self.asked)

    @property
    def said(self) -> Said:
        data = self.cleaned_data
        needs = {field: data[field] for field in NEEDS}
        values = {question.pk: data[f"question_{question.pk}"] for question in self.asked}
        return Said(
            needs,
            {
                pk: value if isinstance(value, list) else [value] if value else []
                for pk, value in values.items()
            },
        )


def field_for(question: Question) -> forms.Field:
    """The organisers' question, as a form asks it."""
    options: dict[str, Any] = {
        "label": question.text,
        "help_text": question.hint,
        "required": question.is_required,
        "error_messages": {"required": _("Please answer this question.")},
    }
    choices = [(option, option) for option in question.options]
    if question.kind == Question.Kind.CHOICE:
        return forms.ChoiceField(choices=[("", _("Please choose")), *choices], **options)
    if question.kind == Question.Kind.CHOICES:
        return forms.MultipleChoiceField(
            choices=choices, widget=forms.CheckboxSelectMultiple, **options
        )
    return forms.CharField(max_length=1000, widget=forms.Textarea({"rows": 3}), **options)


class RegistrationForm(TakingPartForm):
    email = AddressField(help_text=_("We send you a link there. You need no password."))
    consent = forms.BooleanField(
        label=_("I agree that my details are processed for this event."),
        error_messages={"required": _("Without your consent we may not register you.")},
    )

    field_order = ("name", "email", "organisation", "place", "function")


class OwnRegistrationForm(RegistrationForm):
    """For somebody who is logged in: the address is known and confirmed."""

    email = None  # type: ignore[assignment]


class CorrectionForm(TakingPartForm):
    class Meta(DetailsForm.Meta):
        fields = (*DetailsForm.Meta.fields, "language")  # type: ignore[assignment]
        labels = {**DetailsForm.Meta.labels, "language": _("Language of pages and mails")}


class TechCheckForm(forms.ModelForm):
    """What the person says, and what the page finds out by itself where it can."""

    sound = forms.ChoiceField(
        label=_("Do you hear the tones?"),
        choices=TechCheck.Answer.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    video = forms.ChoiceField(
        label=_("Do you see the sun wander?"),
        choices=TechCheck.Answer.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    agrees = forms.BooleanField(
        label=_("The organisers may count my result."),
        help_text=_("They see how many people will have trouble, not who."),
        required=False,
    )

    class Meta:
        model = TechCheck
        fields = ("sound", "video", "live", "browser")
        widgets = {"live": forms.HiddenInput, "browser": forms.HiddenInput}


class PasswordForm(AuthenticationForm):
    username = AddressField()

    error_messages = {
        "invalid_login": _("Address and password do not match."),
        "inactive": _("Address and password do not match."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs["autocomplete"] = "username"
        self.fields["password"].error_messages["required"] = _("Please enter your password.")


class DelayForm(forms.Form):
    minutes = forms.IntegerField(min_value=1, max_value=240)


class TimecodeField(forms.CharField):
    """A moment of a video, as players write it: ``3:12``; gives its seconds."""

    default_error_messages = {
        "invalid": _("Please enter the moment as minutes and seconds, for example 3:12.")
    }

    def clean(self, value: Any) -> Any:
        text = super().clean(value) or "0:00"
        if not re.fullmatch(r"(\d{1,2}:)?\d{1,3}:[0-5]\d", text, re.ASCII):
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        *larger, seconds = map(int, text.split(":"))
        hours, minutes = [0, *larger][-2:]
        return float(hours * 3600 + minutes * 60 + seconds)


class VideoQuestionForm(forms.Form):
    body = forms.CharField(
        label=_("Your question"),
        max_length=MOST_WORDS,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Please write your question first.")},
    )
    seconds = TimecodeField(
        label=_("At which moment of the video"),
        required=False,
        max_length=10,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Minutes and seconds, for example 3:12"),
    )
