from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.text import tidy, to_html


class Tags(HTMLParser):
    """All elements with their attributes, and the text around them."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


PIECES = st.sampled_from(
    ["<b>", "</li>", "<script>", '"', "'", "&", "&lt;", "https://", "www.", "example.org", ".",
     "javascript:", "data:", "mailto:", "a@example.org", " ", "\n", "ä", "🎉", "//", "?x=<y>"]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=5), max_size=20).map("".join))
def test_users_write_no_html_but_links(text: str) -> None:
    text = tidy(text)
    found = Tags(to_html(text))
    assert found.text == text
    for tag, attributes in found.tags:
        assert (tag, sorted(attributes)) == ("a", ["href", "rel", "target"])
        assert (attributes["href"] or "").lower().startswith(("http://", "https://", "mailto:"))


@given(st.text())
def test_tidied_text_is_tidy(text: str) -> None:
    once = tidy(text)
    assert (tidy(once), once.strip()) == (once, once)
    once.encode()


@pytest.mark.parametrize(
    ("text", "link"),
    [
        ("Siehe https://example.org/a?b=1&c=2.", "https://example.org/a?b=1&c=2"),
        ("www.example.org", "http://www.example.org"),
        ("An fachtag@example.org!", "mailto:fachtag@example.org"),
        ("Hallo.Es war schön", None),
        ("javascript:alert(1)", None),
        ("ftp://example.org", None),
        ("//example.org", None),
    ],
)
def test_addresses_are_links(text: str, link: str | None) -> None:
    assert [tag[1]["href"] for tag in Tags(to_html(text)).tags] == ([link] if link else [])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Guten Tag \r\n\r\n\r\n\r\n zusammen\x00 ", "Guten Tag \n\n zusammen"),
        ("\u200b\n", ""),
        ("a\ud800b", "ab"),
    ],
)
def test_what_is_typed_is_tidied(typed: str, kept: str) -> None:
    assert tidy(typed) == kept
