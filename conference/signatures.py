"""What films and sounds begin with; a name's ending says nothing."""

import re

# At which place these bytes stand: enough to send a picture or a document back at once. The
# last word has ffmpeg.
FILMS = [
    (4, rb"ftyp|moov|mdat|wide|free|skip|pnot"),  # MP4, QuickTime, 3GP
    (0, rb"\x1aE\xdf\xa3"),  # Matroska, WebM
    (0, rb"RIFF....(AVI |AVIX)"),
    (0, rb"\x00\x00\x01[\xba\xb3]"),  # MPEG
    (0, rb"G.{187}G"),  # MPEG transport stream
    (4, rb"G.{191}G"),  # the same, from camcorders
    (0, rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11"),  # Windows Media
    (0, rb"FLV\x01"),
    (0, rb"OggS"),
    (0, rb"\x06\x0e\x2b\x34"),  # MXF
]
SOUNDS = [
    (0, rb"RIFF....WAVE"),
    (0, rb"ID3|\xff[\xe0-\xff]"),  # MP3, AAC
    (0, rb"fLaC"),
    (0, rb"FORM....AIF[FC]"),
]
PICTURES = rb"....ftyp(avif|avis|heic|heix|heif|mif1|msf1|crx )"  # in boxes like MP4's


def is_film(start: bytes, *, with_sound: bool = False) -> bool:
    """By its first bytes; whether a file of sound alone will do, too."""
    if re.match(PICTURES, start, re.DOTALL):
        return False
    known = [*FILMS, *SOUNDS] if with_sound else FILMS
    return any(re.match(what, start[at : at + 400], re.DOTALL) for at, what in known)
