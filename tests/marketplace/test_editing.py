from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from conference.models import Event, Person
from marketplace.models import Offer, Stand, StandMaterial, Topic
from tests.files import PDF, archive, picture


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def path(stand: Stand) -> str:
    return reverse("market:stand_edit", args=[stand.event.slug, stand.slug])


def form(stand: Stand, **changes: Any) -> dict[str, Any]:
    """What the page sends when nothing was changed, with these changes."""
    fields = ["title", "organisation", "place", "district", "summary", "story", "picture_text"]
    offers, materials = stand.offers.all(), stand.materials.all()
    data: dict[str, Any] = {name: getattr(stand, name) for name in fields}
    data |= {
        "topic": stand.topic_id,
        "offers-TOTAL_FORMS": len(offers) + 1,
        "offers-INITIAL_FORMS": len(offers),
        "materials-TOTAL_FORMS": len(materials) + 1,
        "materials-INITIAL_FORMS": len(materials),
    }
    for number, offer in enumerate(offers):
        data |= {f"offers-{number}-{name}": getattr(offer, name) for name in ("kind", "title")}
        data[f"offers-{number}-id"] = offer.pk
    for number, material in enumerate(materials):
        row = {"id": material.pk, "title": material.title, "url": material.url}
        data |= {f"materials-{number}-{name}": value for name, value in row.items()}
    return data | changes


# -- the door


def test_only_leads_and_organisers_edit_a_stand(
    client: Client, stand: Stand, aylin: Person, jonas: Person, katrin: Person
) -> None:
    assert client.get(path(stand)).status_code == 302
    for person, status in [(aylin, 404), (jonas, 200), (katrin, 200)]:
        client.force_login(person)
        assert client.get(path(stand)).status_code == status
    client.force_login(aylin)
    assert client.post(path(stand), form(stand, title="Gekapert")).status_code == 404
    assert Stand.objects.get().title == "Dorfladen Obertal"


def test_a_lead_of_another_stand_does_not(
    client: Client, stand: Stand, jonas: Person, aylin: Person, add: Any
) -> None:
    other = add("Nähcafé")
    other.appoint(aylin)
    client.force_login(aylin)
    assert [client.get(path(one)).status_code for one in (stand, other)] == [404, 200]


def test_leads_find_their_stands(
    client: Client, stand: Stand, jonas: Person, aylin: Person
) -> None:
    mine = reverse("market:mine", args=[stand.event.slug])
    assert client.get(mine).status_code == 302
    client.force_login(aylin)
    assert list(client.get(mine).context["stands"]) == []
    assert mine not in client.get(reverse("market:index", args=[stand.event.slug])).text
    client.force_login(jonas)
    assert list(client.get(mine).context["stands"]) == [stand]
    assert mine in client.get(reverse("market:index", args=[stand.event.slug])).text


# -- texts, offers, materials


def test_a_lead_saves_texts_offers_and_links(
    client: Client, stand: Stand, jonas: Person, offer: Offer
) -> None:
    client.force_login(jonas)
    data = form(
        stand,
        title="Dorfladen und Café",
        **{
            "offers-0-title": "Führung",
            "offers-1-kind": "advice",
            "offers-1-title": "Rat zur Gründung",
            "materials-0-title": "Satzung",
            "materials-0-url": "https://dorfladen.example.org/satzung",
        },
    )
    assert client.post(path(stand), data).status_code == 302
    saved = Stand.objects.get()
    assert saved.title == "Dorfladen und Café"
    assert [one.title for one in saved.offers.all()] == ["Führung", "Rat zur Gründung"]
    assert [(one.title, one.url) for one in saved.materials.all()] == [
        ("Satzung", "https://dorfladen.example.org/satzung")
    ]


def test_an_offer_is_taken_away(
    client: Client, stand: Stand, jonas: Person, offer: Offer
) -> None:
    client.force_login(jonas)
    client.post(path(stand), form(stand, **{"offers-0-DELETE": "on"}))
    assert Offer.objects.count() == 0


def test_a_mistake_is_told_at_its_field_and_everything_typed_is_kept(
    client: Client, stand: Stand, jonas: Person
) -> None:
    client.force_login(jonas)
    data = form(
        stand,
        title="",
        story="Neu erzählt.",
        **{"offers-0-title": "Ohne Art", "materials-0-title": "Weder noch"},
    )
    response = client.post(path(stand), data)
    assert response.status_code == 422
    assert response.context["form"].mistakes == [
        ("id_title", "Dieses Feld ist zwingend erforderlich."),
        ("id_offers-0-kind", "Dieses Feld ist zwingend erforderlich."),
        ("materials-0", "Geben Sie entweder eine Datei oder einen Link an."),
    ]
    assert ("Neu erzählt." in response.text, "Ohne Art" in response.text) == (True, True)
    assert Stand.objects.get().story == stand.story


def test_a_topic_of_another_event_is_refused(
    client: Client, stand: Stand, jonas: Person, event: Event
) -> None:
    other = Event.objects.create(
        slug="anderer", title="Anderer", starts_at=event.starts_at, ends_at=event.ends_at
    )
    topic = Topic.objects.create(event=other, slug="dorf", name="Dorf")
    client.force_login(jonas)
    assert client.post(path(stand), form(stand, topic=topic.pk)).status_code == 422


def test_a_file_to_take_along_is_kept_and_handed_out(
    client: Client, stand: Stand, jonas: Person
) -> None:
    client.force_login(jonas)
    file = SimpleUploadedFile("x.pdf", PDF)
    new = {"materials-0-title": "Unser Weg", "materials-0-file": file}
    assert client.post(path(stand), form(stand, **new)).status_code == 302
    material = StandMaterial.objects.get()
    client.logout()
    response = client.get(material.get_absolute_url())
    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="unser-weg.pdf"'


def test_files_are_for_those_who_may_see_the_stand(
    client: Client, stand: Stand, jonas: Person
) -> None:
    material = StandMaterial(stand=stand, title="Unser Weg")
    material.file.save("x.pdf", ContentFile(PDF))
    Stand.objects.update(published_at=None)
    assert client.get(material.get_absolute_url()).status_code == 404
    client.force_login(jonas)
    assert client.get(material.get_absolute_url()).status_code == 200


def test_a_wrong_file_is_refused_where_it_was_chosen(
    client: Client, stand: Stand, jonas: Person
) -> None:
    client.force_login(jonas)
    file = archive("fotos.zip", "foto.jpg")
    new = {"materials-0-title": "Fotos", "materials-0-file": file}
    response = client.post(path(stand), form(stand, **new))
    assert response.status_code == 422
    ((field, sentence),) = response.context["form"].mistakes
    assert (field, sentence[:40]) == (
        "id_materials-0-file",
        "Bitte wählen Sie ein PDF oder ein Office",
    )
    assert "Bitte wählen Sie sie noch einmal aus." in response.text


# -- the picture


def test_a_picture_is_cropped_scaled_and_replaces_the_one_before(
    client: Client,
    stand: Stand,
    jonas: Person,
    media: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    client.force_login(jonas)
    for kind in ("PNG", "JPEG"):
        data = form(stand, picture=picture(kind), picture_text="Rot und blau")
        with django_capture_on_commit_callbacks(execute=True):
            assert client.post(path(stand), data).status_code == 302
    saved = Stand.objects.get()
    sizes = [(one.width, one.height) for one in (saved.picture, saved.card)]
    assert sizes == [(1200, 800), (600, 400)]
    assert len(list((media / "stands").iterdir())) == 2


def test_a_picture_needs_its_words(client: Client, stand: Stand, jonas: Person) -> None:
    client.force_login(jonas)
    response = client.post(path(stand), form(stand, picture=picture()))
    assert response.context["form"].mistakes == [
        ("id_picture_text", "Bitte beschreiben Sie in Worten, was das Bild zeigt.")
    ]
    assert Stand.objects.get().picture.name == ""


def test_what_is_no_picture_is_refused_and_the_old_one_stays(
    client: Client, stand: Stand, jonas: Person
) -> None:
    client.force_login(jonas)
    client.post(path(stand), form(stand, picture=picture(), picture_text="Rot und blau"))
    before = Stand.objects.get().picture.name
    response = client.post(
        path(stand),
        form(stand, picture=SimpleUploadedFile("a.jpg", PDF), picture_text="Etwas anderes"),
    )
    assert response.context["form"].mistakes == [
        (
            "id_picture",
            "Diese Datei ist kein Bild, das wir lesen können. "
            "Bitte wählen Sie ein JPEG, PNG oder WebP.",
        )
    ]
    assert Stand.objects.get().picture.name == before


def test_the_checklist_names_what_is_missing(stand: Stand, offer: Offer, jonas: Person) -> None:
    assert stand.missing == ["Ein Bild", "Ein Material oder ein Link zum Mitnehmen"]


def test_a_story_has_an_end(client: Client, stand: Stand, jonas: Person) -> None:
    client.force_login(jonas)
    assert client.post(path(stand), form(stand, story="x" * 20_001)).status_code == 422
    assert client.post(path(stand), form(stand, story="x" * 20_000)).status_code == 302
