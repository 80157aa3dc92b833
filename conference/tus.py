"""What headers of the tus protocol (1.0.0, https://tus.io/protocols/resumable-upload) say."""

import re
from base64 import b64decode
from binascii import Error
from contextlib import suppress
from pathlib import PurePosixPath

from django.utils.translation import gettext_lazy as _

from chat.refusal import Refusal

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"


class BadHeader(Refusal):
    status = 400


def number(header: str | None) -> int:
    """A length or an offset; raises ``BadHeader``."""
    if header is None or not re.fullmatch("[0-9]{1,15}", header):
        raise BadHeader(_("The upload was cut short on its way. Please try again."))
    return int(header)


def metadata(header: str | None) -> dict[str, str]:
    """Of ``key base64,key base64``; what cannot be read is left out."""
    pairs = {}
    for part in (header or "").split(","):
        key, _space, value = part.strip().partition(" ")
        with suppress(Error, ValueError):
            pairs[key] = b64decode(value, validate=True).decode()
    pairs.pop("", None)
    return pairs


def filename(text: str) -> str:
    """The name alone, for people to read; at most 200 letters, without control characters."""
    name = PurePosixPath(text.replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[:200]
