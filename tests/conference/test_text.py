import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.templatetags.text import markdown

TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "br", "hr", "ul", "ol", "li", "blockquote"),
    *("pre", "code", "em", "strong", "s", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
PIECES = st.one_of(
    st.sampled_from(
        [
            *("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<b>", "<!-- -->"),
            *("[x](javascript:alert(1))", "[x](\tJaVaScRiPt:a)", "![x](https://example.org/x)"),
            *("<javascript:a>", "<https://example.org>", "[x]: javascript:a", "[x]", "&#106;"),
            *(
                "# ",
                "- ",
                "1. ",
                "> ",
                "```",
                "`",
                "*",
                "|",
                "\n",
                "\n\n",
                '"',
                "'",
                "[",
                "](",
                ")",
            ),
        ]
    ),
    st.text(max_size=8),
)


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("Ein **Tag** für *alle*", "<p>Ein <strong>Tag</strong> für <em>alle</em></p>\n"),
        ("- eins\n- zwei", "<ul>\n<li>eins</li>\n<li>zwei</li>\n</ul>\n"),
        ("# Eins\n### Zwei\n## Drei", "<h2>Eins</h2>\n<h3>Zwei</h3>\n<h3>Drei</h3>\n"),
        ("#### Tief\n# Hoch", "<h2>Tief</h2>\n<h2>Hoch</h2>\n"),
        ("[Plan](/plan)", '<p><a href="/plan">Plan</a></p>\n'),
        (
            "[Post](mailto:a@example.org)",
            '<p><a href="mailto:a@example.org">Post</a></p>\n',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](data:text/html,x)", "<p>[x](data:text/html,x)</p>\n"),
        ("<script>x</script>", "<p>&lt;script&gt;x&lt;/script&gt;</p>\n"),
        ("", ""),
    ],
)
def test_markdown_becomes_html(source: str, html: str) -> None:
    assert markdown(source) == html


def test_headings_start_where_the_page_needs_them() -> None:
    assert markdown("# Eins\n## Zwei", 4) == "<h4>Eins</h4>\n<h5>Zwei</h5>\n"
    assert markdown("# a\n## b\n### c", 5) == "<h5>a</h5>\n<h6>b</h6>\n<h6>c</h6>\n"


@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_but_our_own_tags_and_safe_links_come_through(source: str) -> None:
    html = markdown(source)
    tags = re.findall(r"<(/?)([^\s>/]*)([^>]*)>", html)
    assert {name for _slash, name, _rest in tags} <= TAGS
    assert html.count("<") == len(tags)
    for _slash, _name, rest in tags:
        attributes = re.findall(r'\s([a-z]+)="([^"]*)"', rest)
        assert {name for name, _value in attributes} <= {"href", "title", "class", "start"}
        for name, value in attributes:
            assert name != "href" or not re.match(
                r"\s*(javascript|data|vbscript|file)\s*:", value
            )
