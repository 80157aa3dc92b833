"""Below a recording's page: where it is edited."""

from django.urls import path, register_converter

from conference.views import (
    consents,
    recognitions,
    recording_edits,
    recording_films,
    recording_texts,
    uploads,
)


class Named:
    """Kinds, as addresses call them."""

    names: dict[str, str]

    def to_python(self, value: str) -> str:
        return self.names[value]

    def to_url(self, value: str) -> str:
        return next(name for name, kind in self.names.items() if kind == value)


class TextsConverter(Named):
    names = {"untertitel": "captions", "kapitel": "chapters"}
    regex = "|".join(names)


class FilmsConverter(Named):
    names = {
        "film": "film",
        "gebaerdensprache": "signed",
        "audiodeskription": "described",
        "leichte-sprache": "easy",
    }
    regex = "|".join(names)


register_converter(TextsConverter, "texts")
register_converter(FilmsConverter, "films")

urlpatterns = [
    path("", recording_edits.show, name="recording_edit"),
    path("einwilligungen/", consents.edit, name="consents"),
    path("untertitel/<slug:language>/erkennen/", recognitions.create, name="recognition"),
    path("filme/<films:kind>/", recording_films.show, name="recording_film"),
    path("filme/<films:kind>/abgeben/", recording_films.create, name="recording_film_create"),
    path("filme/<films:kind>/abbrechen/", recording_films.abandon, name="upload_end"),
    path("filme/<int:pk>/entfernen/", recording_films.delete, name="recording_film_delete"),
    path("hochladen/<films:kind>/", uploads.create, name="uploads"),
    path("hochladen/<uuid:pk>/", uploads.piece, name="upload"),
    path("<texts:kind>/", recording_texts.create, name="recording_text_upload"),
    path("<texts:kind>/<slug:language>/", recording_texts.edit, name="recording_text"),
    path(
        "<texts:kind>/<slug:language>/loeschen/",
        recording_texts.delete,
        name="recording_text_delete",
    ),
]
