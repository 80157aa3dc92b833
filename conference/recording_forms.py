"""What people hand in about a recording, beside its films."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conference import vtt
from conference.models import Consent, Recording, Speaker
from conference.models.text_track import LARGEST


class TextFileForm(forms.Form):
    """Captions or chapters as a file; what is in it is judged by ``TextForm``."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    file = forms.FileField(
        label=_("File"),
        help_text=_("WebVTT or SRT, 1 MB at most"),
        widget=forms.FileInput({"accept": ".vtt,.srt,text/vtt"}),
        error_messages={"empty": _("This file is empty.")},
    )

    def clean_file(self) -> vtt.Decoded:
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(_("A text with times has at most 1 MB."))
        try:
            return vtt.decode(file.read())
        except vtt.VttError as error:
            raise forms.ValidationError(str(error)) from None


class TextForm(forms.Form):
    """A text with times; ``version`` is the one that somebody began to edit."""

    body = forms.CharField(
        label=_("Text with times"),
        max_length=LARGEST,
        strip=False,
        widget=forms.Textarea({"rows": 24, "spellcheck": "true", "dir": "auto"}),
        error_messages={"required": _("There is no text in it.")},
    )
    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    is_checked = forms.BooleanField(
        label=_("I have listened, and corrected what was wrong."), required=False
    )

    line = 0  # the one that is wrong, once it is known

    def clean_body(self) -> str:
        try:
            return vtt.as_vtt(self.cleaned_data["body"])
        except vtt.VttError as error:
            self.line = error.line
            raise forms.ValidationError(str(error)) from None

    @property
    def cues(self) -> list[vtt.Cue]:
        return vtt.parse(self.cleaned_data["body"])

    def shown(self, version: int) -> dict[str, Any]:
        """The same text once more, made of this version."""
        return {"body": self["body"].value(), "version": version}


class ConsentForm(forms.Form):
    """What a speaker allowed, as organisers note it; without its first day it is none."""

    given_on = forms.DateField(
        label=_("Given on"),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    ends_on = forms.DateField(
        label=_("Holds until, this day included"),
        help_text=_("Empty: without an end."),
        required=False,
        widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("For example where the signed form is kept."),
        max_length=200,
        required=False,
    )

    def __init__(
        self, data: Any = None, *, recording: Recording, speaker: Speaker, **kwargs: Any
    ) -> None:
        self.recording, self.speaker = recording, speaker
        consent = next(
            (c for c in recording.consents.all() if c.speaker_id == speaker.pk), None
        )
        if consent:
            names = ("given_on", "ends_on", "note")
            kwargs["initial"] = {name: getattr(consent, name) for name in names}
        super().__init__(data, prefix=f"speaker-{speaker.pk}", **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        given_on, ends_on = data.get("given_on"), data.get("ends_on")
        if ends_on and not given_on and "given_on" not in self.errors:
            self.add_error("given_on", _("Please say since when it holds."))
        if given_on and ends_on and ends_on < given_on:
            self.add_error("ends_on", _("The last day must not be before the first."))
        return data

    def save(self) -> None:
        if self.cleaned_data["given_on"]:
            Consent.give(self.recording, self.speaker, **self.cleaned_data)
        else:
            self.recording.consents.filter(speaker=self.speaker).delete()
