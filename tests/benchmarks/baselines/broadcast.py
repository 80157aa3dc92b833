"""``websockets.broadcast()`` without a framework: what one says goes to all in the room.

python broadcast.py PORT
"""

import asyncio
import logging
import sys
from collections import defaultdict

from websockets.asyncio.server import ServerConnection, broadcast, serve

rooms: defaultdict[str, set[ServerConnection]] = defaultdict(set)


async def chat(connection: ServerConnection) -> None:
    room = rooms[connection.request.path]
    room.add(connection)
    try:
        async for message in connection:
            broadcast(room, message)
    finally:
        room.remove(connection)


async def main(port: int) -> None:
    # Compression would cost it two to three times as much; nobody here compresses.
    async with serve(chat, "127.0.0.1", port, compression=None, backlog=1024) as server:
        await server.serve_forever()


logging.disable()  # it tells of each socket that goes without a word
asyncio.run(main(int(sys.argv[1])))
