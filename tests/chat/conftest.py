import pytest
from django.core.cache import cache

from chat.models import Room
from conference.models import Person
from marketplace.models import Stand


@pytest.fixture(autouse=True)
def _nobody_wrote_before() -> None:
    """What one test counts towards the limits is not the next one's."""
    cache.clear()


@pytest.fixture
def room(stand: Stand, jonas: Person, aylin: Person) -> Room:
    """The stand's room; ``jonas`` keeps it, ``aylin`` visits."""
    stand.room.admit(aylin)
    return stand.room
