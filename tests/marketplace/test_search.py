import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.models import Offer, Stand, Topic
from marketplace.search import find
from tests.marketplace.conftest import Add


@pytest.mark.parametrize(
    "words",
    [
        "dorfladen",
        "DORFLADEN",
        "Buergergenossenschaft",
        "burgergenossenschaft obertal",
        "laden schloß",
        "ortenau",
        "Leben im Dorf",
        "führung",
        "  obertal   trägt ",
    ],
)
def test_spelling_and_order_do_not_matter(stand: Stand, offer: Offer, words: str) -> None:
    assert find([stand], words) == [stand]


def test_every_word_must_occur(stand: Stand, add: Add) -> None:
    other = add("Nähcafé", place="Obertal")
    assert find([stand, other], "obertal") == [stand, other]
    assert find([stand, other], "obertal nahcafe") == [other]
    assert find([stand, other], "obertal raumschiff") == []


@given(st.text(), st.text(), st.text())
def test_what_a_text_holds_is_found_in_it(before: str, word: str, after: str) -> None:
    topic = Topic(name=after)
    stand = Stand(title=f"{before} {word} {after}", topic=topic, pk=1)
    stand._prefetched_objects_cache = {"offers": Offer.objects.none()}
    assert find([stand], word) == [stand]
