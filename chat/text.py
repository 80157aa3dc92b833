"""What people write: tidied when it comes in, turned into safe HTML when it goes out."""

import re
import unicodedata

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt

# Lone surrogates and control characters: no database stores them, no reader sees them.
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
SCHEMES = ("https://", "http://", "mailto:")
links = LinkifyIt()
LIKE_A_LINK = re.compile(r"[:@]|www\.", re.IGNORECASE)  # few texts need a thorough look
# “Bürger”, “Buerger” and “Burger” are one to somebody who searches.
SPELLINGS = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})


def tidy(text: str) -> str:
    """With plain line ends, at most one empty line in a row, nothing around it."""
    text = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)
    text = re.sub(r"\n(?:[^\S\n]*\n){2,}", "\n\n", INVISIBLE.sub("", text)).strip()
    return text if any(sign.isprintable() and not sign.isspace() for sign in text) else ""


def to_html(text: str, mentions: dict[str, str] | None = None) -> SafeString:
    """The text with its links clickable, and nothing else of it HTML.

    Whom it ``mentions`` (names by ``chat.mentions.key``) stands out.
    """
    html, end = "", 0
    for link in (links.match(text) if LIKE_A_LINK.search(text) else None) or []:
        # “Hallo.Es” is a missing space rather than an address in Spain.
        is_meant = link.schema or link.raw.lower().startswith("www.")
        if is_meant and link.url.lower().startswith(SCHEMES):
            html += with_marks(text[end : link.index], mentions or {})
            html += format_html(
                '<a href="{}" target="_blank" rel="noopener noreferrer nofollow ugc">{}</a>',
                link.url,
                link.raw,
            )
            end = link.last_index
    html += with_marks(text[end:], mentions or {})
    return mark_safe(html)  # noqa: S308 - escaped piece by piece


def with_marks(text: str, mentions: dict[str, str]) -> str:
    """Escaped, with the names in it marked: the longest that fits."""
    keys = {name: key for key, name in mentions.items()}
    names = "|".join(map(re.escape, sorted(keys, key=len, reverse=True)))
    pieces = re.split(rf"@({names})(?!\w)", text) if names else [text]
    return "".join(
        format_html('<mark class="mention" data-person="{}">@{}</mark>', keys[piece][1:], piece)
        if at % 2
        else escape(piece)
        for at, piece in enumerate(pieces)
    )


def fold(text: str) -> str:
    """What remains when spelling does not matter."""
    text = re.sub(r"([aou])e", r"\1", text.casefold().translate(SPELLINGS))
    bare = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in bare if not unicodedata.combining(sign))
