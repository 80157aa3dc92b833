"""Adds a film of ten minutes to what ``crowd.py`` has made, in 1.8 Mbit/s.

python -m tests.benchmarks.film FILE, which becomes ``{"page": "/…", "master": "/…",
"plain": "/…", "minutes": 10}``.
"""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

import imageio_ffmpeg  # noqa: E402
from django.core.files.storage import default_storage  # noqa: E402
from django.urls import reverse  # noqa: E402

from chat import clock  # noqa: E402
from conference.management.commands import demo  # noqa: E402
from conference.models import Event  # noqa: E402
from conference.models.video import new_folder  # noqa: E402

MINUTES = 10
BITS = "1800k"
NOISE = "testsrc2=size=1280x720:rate=25:duration=12,noise=alls=30:allf=t"
PICTURE = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-g", "50"]
CONSTANT = ["-b:v", BITS, "-minrate", BITS, "-maxrate", BITS, "-bufsize", BITS]
HLS = ["-f", "hls", "-hls_time", "6", "-hls_playlist_type", "vod"]
FMP4 = ["-hls_segment_type", "fmp4", "-hls_fmp4_init_filename", "init.mp4"]


def main() -> dict[str, Any]:
    folder = new_folder()
    renditions = made(Path(default_storage.path(folder)))
    recording = Event.objects.get(slug=demo.REFERENCE).recordings.create(
        slug="messung",
        title="Messung",
        available_from=clock.now() - timedelta(hours=1),
        duration=timedelta(minutes=MINUTES),
    )
    video = recording.videos.create(
        uploaded_at=clock.now(),
        ready_at=clock.now(),
        progress=100,
        folder=folder,
        duration=recording.duration,
        renditions=renditions,
    )
    args = [recording.event.slug, recording.slug]
    return {
        "page": recording.get_absolute_url(),
        "master": reverse("recording_playlist", args=[*args, video.pk]),
        "plain": reverse("recording_video", args=args),
        "minutes": MINUTES,
    }


def made(folder: Path) -> list[dict[str, Any]]:
    """``film.mp4``, and its pictures and sound in segments."""
    for name in ["720", "sound"]:
        (folder / name).mkdir(parents=True)
    piece, film = folder / "piece.mp4", folder / "film.mp4"
    sound = ["-f", "lavfi", "-i", "sine=frequency=440:duration=12", "-c:a", "aac"]
    ffmpeg("-f", "lavfi", "-i", NOISE, *sound, *PICTURE, *CONSTANT, piece)
    loop = ["-stream_loop", f"{MINUTES * 5 - 1}", "-i", piece, "-c", "copy"]
    ffmpeg(*loop, "-movflags", "+faststart", film)
    piece.unlink()
    return [
        stream(film, "0:v", folder / "720")
        | {"width": 1280, "height": 720, "bandwidth": 1_800_000, "codecs": "avc1.42c01f"},
        stream(film, "0:a", folder / "sound") | {"bandwidth": 70_000, "codecs": "mp4a.40.2"},
    ]


def stream(film: Path, which: str, folder: Path) -> dict[str, Any]:
    listed = folder / "index.m3u8"
    files = [*HLS, *FMP4, "-hls_segment_filename", folder / "%05d.m4s", listed]
    ffmpeg("-i", film, "-map", which, "-c", "copy", *files)
    lines = [line for line in listed.read_text().splitlines() if line.startswith("#EXTINF:")]
    lengths = [float(line.removeprefix("#EXTINF:").rstrip(",")) for line in lines]
    return {"name": folder.name, "segments": lengths}


def ffmpeg(*arguments: str | Path) -> None:
    program = imageio_ffmpeg.get_ffmpeg_exe()
    subprocess.run([program, "-v", "error", "-nostdin", "-y", *arguments], check=True)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(main()))
