from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import transaction
from django.forms import ModelForm, inlineformset_factory
from django.utils.translation import gettext_lazy as _

from conference.uploads import DOCUMENT_TYPES, PictureField
from marketplace.models import Offer, Stand, StandMaterial, Topic


class OfferForm(ModelForm):
    kind = forms.ChoiceField(
        label=_("kind"), choices=[("", _("Please choose")), *Offer.Kind.choices]
    )

    class Meta:
        model = Offer
        fields = ("kind", "title", "description", "audience", "when", "cost")
        widgets = {"description": forms.Textarea({"rows": 3})}


class MaterialForm(ModelForm):
    class Meta:
        model = StandMaterial
        fields = ("title", "file", "url")
        widgets = {"file": forms.FileInput({"accept": ",".join(DOCUMENT_TYPES)})}
        help_texts = {
            "file": _("PDF or office document, 20 MB at most"),
        }


OfferFormSet = inlineformset_factory(Stand, Offer, OfferForm, extra=1, max_num=12)
MaterialFormSet = inlineformset_factory(Stand, StandMaterial, MaterialForm, extra=1, max_num=12)


class StandForm(ModelForm):
    """Everything that leads say about their stand, with its offers and materials."""

    picture = PictureField(
        label=_("Picture"),
        required=False,
        help_text=_("JPEG, PNG or WebP, 10 MB at most; it is cropped to 3:2."),
    )

    topic = forms.ModelChoiceField(Topic.objects.none(), label=_("Topic"), empty_label=None)

    class Meta:
        model = Stand
        fields = (
            "title",
            "organisation",
            "place",
            "district",
            "topic",
            "summary",
            "story",
            "picture_text",
        )
        widgets = {
            "summary": forms.Textarea({"rows": 2}),
            "story": forms.Textarea({"rows": 14}),
        }
        help_texts = {
            "summary": _("What visitors read on the card, 240 characters at most."),
            "story": _("How it began, who joins in, what others can learn from it."),
            "picture_text": _("For people who cannot see it: what does the picture show?"),
        }

    def __init__(self, data: Any = None, files: Any = None, *, instance: Stand) -> None:
        super().__init__(data, files, instance=instance)
        topics = Topic.objects.filter(event=instance.event)
        self.fields["topic"].queryset = topics  # type: ignore[attr-defined]
        self.offers = OfferFormSet(data, files, instance=instance, prefix="offers")
        self.materials = MaterialFormSet(data, files, instance=instance, prefix="materials")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        has_picture = self.instance.picture or "picture" in self.files
        if has_picture and not data.get("picture_text"):
            self.add_error(
                "picture_text",
                ValidationError(_("Please say in words what the picture shows.")),
            )
        return data

    def is_valid(self) -> bool:
        # Each part is asked, so that everything that is wrong is shown at once.
        return all([super().is_valid(), self.offers.is_valid(), self.materials.is_valid()])

    @property
    def mistakes(self) -> list[tuple[str, str]]:
        """Each wrong field's id and sentence, in the page's order."""
        return [
            (
                form[name].id_for_label if name in form.fields else form.prefix or "",
                str(sentence),
            )
            for form in (self, *self.offers.forms, *self.materials.forms)
            for name, sentences in form.errors.items()
            for sentence in sentences
        ]

    @transaction.atomic
    def save(self, commit: bool = True) -> Stand:
        stand = super().save()
        if picture := self.cleaned_data.get("picture"):
            stand.hang(picture)
        self.offers.save()
        self.materials.save()
        return stand


def place_of(form: ModelForm, name: str) -> str:
    """The id of the field, or of the whole form."""
    return str(form[name].id_for_label if name in form.fields else form.prefix or "")
