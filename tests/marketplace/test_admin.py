from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.test import Client
from django.urls import reverse

from conference.models import Person
from marketplace.models import Offer, Stand, Topic
from tests.files import picture

PATHS = [
    reverse(f"admin:marketplace_{model._meta.model_name}_changelist")
    for model in site._registry
    if model._meta.app_label == "marketplace"
]


def path(stand: Stand) -> str:
    return reverse("admin:marketplace_stand_change", args=[stand.pk])


def form(stand: Stand, leads: list[tuple[Person, str]], **changes: Any) -> dict[str, Any]:
    fields = ["title", "slug", "organisation", "place", "district", "summary", "position"]
    data: dict[str, Any] = {name: getattr(stand, name) for name in fields}
    kept = {lead.person_id: lead.pk for lead in stand.leads.all()}
    data |= {
        "event": stand.event_id,
        "topic": stand.topic_id,
        "leads-TOTAL_FORMS": len(leads),
        "leads-INITIAL_FORMS": len(kept),
        "offers-TOTAL_FORMS": 0,
        "offers-INITIAL_FORMS": 0,
        "materials-TOTAL_FORMS": 0,
        "materials-INITIAL_FORMS": 0,
    }
    for number, (person, function) in enumerate(leads):
        data |= {
            f"leads-{number}-id": kept.get(person.pk, ""),
            f"leads-{number}-stand": stand.pk,
            f"leads-{number}-person": person.pk,
            f"leads-{number}-function": function,
        }
    return data | changes


@pytest.mark.parametrize("address", PATHS)
def test_every_list_opens_to_organisers_and_to_nobody_else(
    client: Client, address: str, katrin: Person, jonas: Person, stand: Stand
) -> None:
    client.force_login(jonas)
    assert client.get(address).status_code == 302
    client.force_login(katrin)
    assert client.get(address, {"q": "a"}).status_code == 200


def test_every_form_opens(client: Client, katrin: Person, stand: Stand, offer: Offer) -> None:
    client.force_login(katrin)
    topic = reverse("admin:marketplace_topic_change", args=[stand.topic_id])
    assert [client.get(address).status_code for address in (path(stand), topic)] == [200, 200]


def test_leads_are_appointed_and_dismissed_in_the_stands_form(
    client: Client, katrin: Person, jonas: Person, olga: Person, stand: Stand
) -> None:
    client.force_login(katrin)
    data = form(stand, [(jonas, "Vorstand"), (olga, "Kasse")], **{"leads-0-DELETE": "on"})
    assert client.post(path(stand), data).status_code == 302
    assert [(lead.person, lead.function) for lead in stand.leads.all()] == [(olga, "Kasse")]
    membership = stand.room.memberships.get()
    assert (membership.person, membership.role) == (olga, "host")
    assert stand.event.is_entered_by(olga) is True


def test_the_room_is_called_like_the_stand(
    client: Client, katrin: Person, stand: Stand
) -> None:
    client.force_login(katrin)
    client.post(path(stand), form(stand, [], title="Dorfladen und Café"))
    stand.room.refresh_from_db()
    assert stand.room.title == "Dorfladen und Café"


def test_a_picture_goes_the_same_way_as_the_leads(
    client: Client, katrin: Person, stand: Stand, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(katrin)
    without_words = client.post(path(stand), form(stand, [], new_picture=picture()))
    assert "Bitte beschreiben Sie in Worten, was das Bild zeigt." in without_words.text
    data = form(stand, [], new_picture=picture(), picture_text="Rot und blau")
    assert client.post(path(stand), data).status_code == 302
    assert Stand.objects.get().card.width == 600


def test_a_topic_of_another_event_is_refused(
    client: Client, katrin: Person, stand: Stand
) -> None:
    event = stand.event
    event.pk, event.slug, event.room_id = None, "anderer", None
    event.save()
    topic = Topic.objects.create(event=event, slug="dorf", name="Dorf")
    stand.refresh_from_db()
    client.force_login(katrin)
    response = client.post(path(stand), form(stand, [], topic=topic.pk))
    assert "Dieses Thema gehört zu einer anderen Veranstaltung." in response.text


def test_stands_are_published_and_withdrawn_together(
    client: Client, katrin: Person, stand: Stand
) -> None:
    client.force_login(katrin)
    address = reverse("admin:marketplace_stand_changelist")
    for action, is_published in [("withdraw", False), ("publish", True)]:
        client.post(address, {"action": action, "_selected_action": [stand.pk]})
        assert Stand.objects.get().is_published is is_published
