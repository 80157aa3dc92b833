"""What an MP4 file says of itself in its boxes; nothing is decoded."""

import struct
from collections.abc import Iterator
from datetime import timedelta
from typing import IO

from django.utils.translation import gettext as _


class Mp4Error(ValueError):
    """Carries a sentence for whoever uploads the file."""


def read_duration(file: IO[bytes]) -> timedelta:
    """How long the video is; raises ``Mp4Error`` for what is no whole MP4 video."""
    size = file.seek(0, 2)
    try:
        boxes = {kind: (start, end) for kind, start, end in _boxes(file, 0, size)}
        if "ftyp" not in boxes:
            raise Mp4Error(_("This is not an MP4 video, whatever its name says."))
        if "moov" not in boxes or "mdat" not in boxes:
            raise Mp4Error(_("The video is incomplete. Please export and upload it again."))
        inner = {kind: start for kind, start, _end in _boxes(file, *boxes["moov"])}
        file.seek(inner["mvhd"])
        version = file.read(4)[0]
        file.seek(16 if version else 8, 1)  # when it was made and changed
        scale, length = struct.unpack(
            ">IQ" if version else ">II", file.read(12 if version else 8)
        )
        return timedelta(seconds=length / scale)
    except (struct.error, KeyError, IndexError, ZeroDivisionError, OverflowError):
        raise Mp4Error(_("The video cannot be read. Please export it again as MP4.")) from None


def _boxes(file: IO[bytes], start: int, end: int) -> Iterator[tuple[str, int, int]]:
    """Each box's kind, with where its content starts and ends."""
    while start + 8 <= end:
        file.seek(start)
        size, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", file.read(8))[0], 16
        elif size == 0:  # up to the end
            size = end - start
        kind = name.decode("latin-1")
        if size < head or (kind in {"ftyp", "moov", "mdat"} and start + size > end):
            return
        yield kind, start + head, start + size
        start += size
