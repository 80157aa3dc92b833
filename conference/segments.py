"""Signed addresses of single files, for some time, which nginx can check as well.

A playlist is written for one person, after asking the recording's door. Its addresses open by
themselves, without a session or a query: each names one file, ends, and says nothing of any
other. All who ask within a window get the same ones, so that caches share them.

The signature is the one that nginx's ``secure_link_md5`` makes. It knows no other digest;
what breaks MD5, finding two texts with one digest, is no use here, where nobody chooses the
texts.
"""

from __future__ import annotations

import re
import time
from base64 import urlsafe_b64encode
from hashlib import md5

from django.conf import settings
from django.core.files.storage import default_storage
from django.utils.crypto import constant_time_compare

# Seconds. A film of an hour plays to its end with the addresses it began with.
WINDOW = 1000
WINDOWS = 4
# What may be signed at all: the files of one film's renditions, as the storage names them.
NAME = r"recordings/[0-9a-f]{32}/[a-z0-9]{1,20}/(?:init\.mp4|[0-9]{5}\.m4s)"
# docs/nginx.conf has nginx look at the same.
ADDRESS = (
    rf"segmente/(?P<expires>[0-9]{{10}})/(?P<signature>[A-Za-z0-9_-]{{22}})/(?P<name>{NAME})"
)


class NotSigned(ValueError):  # noqa: N818 - a wrong or an old address
    """This address opens nothing, or nothing any more."""


def address_in(folder: str, file: str) -> str:
    """Where a player gets it: here, or at the object store, which checks its own signature."""
    name = f"{folder}/{file}"
    if sign := getattr(default_storage, "signed_address", None):
        return str(sign(name, "video/mp4"))
    return address_of(name)


def address_of(name: str) -> str:
    """The path under which the file can be had until its end; raises ``NotSigned``."""
    if not re.fullmatch(NAME, name):
        raise NotSigned(name)
    expires = end()
    return f"/segmente/{expires}/{signature_of(expires, name)}/{name}"


def end() -> int:
    """The last second, since 1970, of what is signed now: in 67 to 83 minutes.

    By the machine's clock, also where the demo's is turned: nginx knows no other.
    """
    return (int(time.time()) // WINDOW + WINDOWS + 1) * WINDOW - 1


def check(expires: int, signature: str, name: str) -> None:
    """Raises ``NotSigned``."""
    if not constant_time_compare(signature, signature_of(expires, name)):
        raise NotSigned(name)
    if expires < int(time.time()):
        raise NotSigned(name)


def cache_control(expires: int) -> str:
    """Caches on the way keep a file while at least a window is left, so none outlives its end.

    Who has the file already may keep it.
    """
    is_last = expires // WINDOW == int(time.time()) // WINDOW
    return f"{'private' if is_last else 'public'}, max-age={WINDOW}, immutable"


def signature_of(expires: int, name: str) -> str:
    key = settings.SEGMENT_KEY
    digest = md5(f"{key} {expires} {name} {key}".encode(), usedforsecurity=False).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")
