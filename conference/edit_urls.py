"""Below a recording's page: where it is edited."""

from django.urls import path, register_converter

from conference.views import consents, recognitions, recording_edits, recording_texts


class TextsConverter:
    """Kinds of texts, as addresses call them."""

    names = {"untertitel": "captions", "kapitel": "chapters"}
    regex = "|".join(names)

    def to_python(self, value: str) -> str:
        return self.names[value]

    def to_url(self, value: str) -> str:
        return next(name for name, kind in self.names.items() if kind == value)


register_converter(TextsConverter, "texts")

urlpatterns = [
    path("", recording_edits.show, name="recording_edit"),
    path("einwilligungen/", consents.edit, name="consents"),
    path("untertitel/<slug:language>/erkennen/", recognitions.create, name="recognition"),
    path("<texts:kind>/", recording_texts.create, name="recording_text_upload"),
    path("<texts:kind>/<slug:language>/", recording_texts.edit, name="recording_text"),
    path(
        "<texts:kind>/<slug:language>/loeschen/",
        recording_texts.delete,
        name="recording_text_delete",
    ),
]
