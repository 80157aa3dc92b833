import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conference.playlists import Rendition, master_playlist, media_playlist

LENGTHS = [6.0, 6.0, 2.4]
HIGH: Rendition = {
    "name": "720",
    "width": 1280,
    "height": 720,
    "bandwidth": 1_800_000,
    "codecs": "avc1.64001f",
    "segments": LENGTHS,
}
LOW: Rendition = {
    "name": "360",
    "width": 640,
    "height": 360,
    "bandwidth": 600_000,
    "codecs": "avc1.64001e",
    "segments": LENGTHS,
}
SOUND: Rendition = {
    "name": "sound",
    "bandwidth": 128_000,
    "codecs": "mp4a.40.2",
    "segments": [6.01, 5.99, 2.4],
}


def test_the_master_names_heights_with_their_sound_and_the_sound_alone() -> None:
    text = master_playlist([LOW, HIGH, SOUND], language="de", sound_name="Deutsch")
    assert text.splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Deutsch",LANGUAGE="de",DEFAULT=YES,'
        'AUTOSELECT=YES,URI="sound.m3u8"',
        '#EXT-X-STREAM-INF:BANDWIDTH=728000,RESOLUTION=640x360,CODECS="avc1.64001e,mp4a.40.2",'
        'AUDIO="sound"',
        "360.m3u8",
        "#EXT-X-STREAM-INF:BANDWIDTH=1928000,RESOLUTION=1280x720,"
        'CODECS="avc1.64001f,mp4a.40.2",AUDIO="sound"',
        "720.m3u8",
        '#EXT-X-STREAM-INF:BANDWIDTH=128000,CODECS="mp4a.40.2",AUDIO="sound"',
        "sound.m3u8",
    ]


def test_a_silent_film_has_no_group_of_sounds() -> None:
    assert master_playlist([HIGH], language="de").splitlines()[3:] == [
        '#EXT-X-STREAM-INF:BANDWIDTH=1800000,RESOLUTION=1280x720,CODECS="avc1.64001f"',
        "720.m3u8",
    ]


@pytest.mark.parametrize(
    ("bandwidths", "order"),
    [
        ([300_000, 1_400_000, 5_000_000], [1_400_000, 300_000, 5_000_000]),
        ([2_000_000, 9_000_000], [2_000_000, 9_000_000]),
        ([1_500_000], [1_500_000]),
    ],
)
def test_players_begin_with_what_most_lines_bear(
    bandwidths: list[int], order: list[int]
) -> None:
    text = master_playlist([HIGH | {"bandwidth": one} for one in bandwidths], language="de")
    assert [int(found) for found in re.findall(r"BANDWIDTH=(\d+)", text)] == order


def test_a_name_cannot_break_out_of_its_quotes() -> None:
    text = master_playlist([SOUND], language="de", sound_name='a"\r\n#EXT-X-ENDLIST,b')
    assert 'NAME="a#EXT-X-ENDLIST,b"' in text.splitlines()[3]


def test_a_media_playlist_lists_every_segment_with_its_address() -> None:
    assert media_playlist(HIGH, "/da/{}".format).splitlines() == [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        "#EXT-X-TARGETDURATION:6",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        '#EXT-X-MAP:URI="/da/init.mp4"',
        "#EXTINF:6.000000,",
        "/da/00000.m4s",
        "#EXTINF:6.000000,",
        "/da/00001.m4s",
        "#EXTINF:2.400000,",
        "/da/00002.m4s",
        "#EXT-X-ENDLIST",
    ]


@pytest.mark.parametrize(
    ("until", "files"),
    [(-3, 0), (0, 0), (0.1, 1), (6, 1), (6.1, 2), (12, 2), (12.1, 3), (14.4, 3), (99, 3)],
)
def test_nobody_learns_of_what_is_not_released(until: float, files: int) -> None:
    lines = media_playlist(HIGH, str, until=until).splitlines()
    assert [line for line in lines if line.endswith(".m4s")] == [
        f"{number:05}.m4s" for number in range(files)
    ]
    assert lines[3] == "#EXT-X-PLAYLIST-TYPE:EVENT"
    assert ("#EXT-X-ENDLIST" in lines) == (files == 3)


lengths = st.lists(st.floats(0.01, 30), min_size=1, max_size=40)


@given(lengths, st.lists(st.floats(-10, 1500), min_size=2, max_size=5))
def test_what_was_released_stays_released(lengths: list[float], moments: list[float]) -> None:
    rendition = HIGH | {"segments": lengths}
    texts = [media_playlist(rendition, str, until=moment) for moment in sorted(moments)]
    for before, after in pairwise(texts):
        assert after.startswith(before.removesuffix("#EXT-X-ENDLIST\n"))


@given(lengths)
def test_no_segment_is_longer_than_the_playlist_says(lengths: list[float]) -> None:
    text = media_playlist(HIGH | {"segments": lengths}, str)
    longest = int(re.search(r"TARGETDURATION:(\d+)", text)[1])
    told = [float(found) for found in re.findall(r"EXTINF:([\d.]+),", text)]
    assert len(told) == len(lengths)
    assert max(told) <= longest
