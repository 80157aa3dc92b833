"""Hands messages to the channel layer, as another process of a chat would.

Reads "number nanoseconds room" lines, which ``load.c`` writes, and sends what EVENTS holds
for that room: ``[["room.5", {"type": "frame", …}], …]``, with the mark filled in wherever a
value has it, and NUMBER by how many messages the room has had.
"""

import asyncio
import json
import os
import sys
from typing import Any

import django
from channels.layers import get_channel_layer

from tests.benchmarks.load import MARK


def filled(event: dict[str, Any], mark: str, number: int) -> dict[str, Any]:
    return {
        name: value.replace(MARK, mark).replace("NUMBER", str(number))
        if isinstance(value, str)
        else value
        for name, value in event.items()
    }


async def main() -> None:
    events, layer = json.loads(os.environ["EVENTS"]), get_channel_layer()
    said = [0] * len(events)
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    for group, _event in events:  # so that the connection stands before the first message
        await layer.group_send(f"{group}.warm", {"type": "warm"})
    print("ready", flush=True)
    while line := await lines.readline():
        number, due, room = map(int, line.split())
        said[room] += 1
        group, event = events[room]
        mark = f"mark-{number:08}-{due:020}"
        await layer.group_send(group, filled(event, mark, said[room]))


django.setup()
asyncio.run(main())
