"""What people hand in about a recording, beside its films."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from conference import vtt
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
