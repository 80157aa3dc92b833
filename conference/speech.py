"""Speech recognition on this machine: optional, and without the internet.

``SPEECH_ENGINE`` names a function such as ``listen``; ``SPEECH_MODEL`` is the directory of its
model. What it hears is a draft, until somebody has checked it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib.util import find_spec
from pathlib import Path
from textwrap import wrap
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from conference import ffmpeg
from conference.vtt import Cue

# As broadcasters have it: two lines, and no longer than can be read.
LINE = 40  # letters
LONGEST = 7.0  # seconds
PAUSE = 1.5  # seconds after which a new text begins
SOUND = ("-vn", "-ac", "1", "-ar", "16000", "-f", "f32le")  # as Whisper's models hear it
SENTENCE_ENDS = (".", "!", "?", "…")


class Word(NamedTuple):
    """``start`` and ``end`` in seconds."""

    start: float
    end: float
    text: str


class SpeechError(Exception):
    """Carries a sentence for whoever asked for captions."""


def is_there() -> bool:
    """Whether somebody has put a model where ``SPEECH_MODEL`` says."""
    return bool(settings.SPEECH_MODEL) and Path(settings.SPEECH_MODEL).is_dir()


def hear(film: Path, language: str) -> list[Cue]:
    """What is said in it, as captions; takes minutes. Raises ``SpeechError``."""
    engine: Callable[[Path, str], Iterable[Word]] = import_string(settings.SPEECH_ENGINE)
    cues = list(cues_of(engine(film, language)))
    if not cues:
        raise SpeechError(_("No speech was heard in the film."))
    return cues


def listen(film: Path, language: str) -> Iterator[Word]:
    """By faster-whisper, with a Whisper model in CTranslate2's format."""
    if find_spec("faster_whisper") is None:
        raise SpeechError(_("The speech recognition is not installed completely."))
    import numpy  # not everybody has these two
    from faster_whisper import WhisperModel

    # Not by its own reader of films, which hangs on another library's version.
    sound = film.with_suffix(".f32")
    try:
        ffmpeg.run("-i", film, *SOUND, sound)
    except ffmpeg.FfmpegError as error:
        raise SpeechError(str(error)) from None
    model = WhisperModel(
        str(settings.SPEECH_MODEL), device="cpu", compute_type="int8", local_files_only=True
    )
    if not model.model.is_multilingual and language != "en":
        raise SpeechError(_("The speech model here knows English only."))
    segments, _info = model.transcribe(
        numpy.fromfile(sound, "float32"),
        language=language,
        word_timestamps=True,
        vad_filter=True,
    )
    for segment in segments:
        for word in segment.words or []:
            yield Word(float(word.start), float(word.end), word.word.strip())


def cues_of(words: Iterable[Word]) -> Iterator[Cue]:
    """Texts of two lines at most, which end with a sentence where they can."""
    said: list[Word] = []
    for word in words:
        if said and not _fits(said, word):
            yield _cue(said)
            said = []
        said.append(word)
    if said:
        yield _cue(said)


def _fits(said: list[Word], word: Word) -> bool:
    text = " ".join(one.text for one in [*said, word])
    return (
        len(wrap(text, LINE)) <= 2
        and word.end - said[0].start <= LONGEST
        and word.start - said[-1].end <= PAUSE
        and not said[-1].text.endswith(SENTENCE_ENDS)
    )


def _cue(said: list[Word]) -> Cue:
    text = "\n".join(wrap(" ".join(word.text for word in said), LINE))
    start = said[0].start
    return Cue(start, max(said[-1].end, start + 0.5), text)
