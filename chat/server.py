"""Daphne, with a shorter way for frames that go to many sockets.

Usually a frame passes asyncio, Autobahn and Twisted, which arms and disarms its selector for
each: 80 µs of it for a system call of 5. Here ``scope["extensions"]["fachtag.frames"]`` is a
``Pipe`` that hands a ready-made frame to the kernel at once, and to Twisted only what the
kernel refuses. Under plain ``daphne``, or any other server, sockets are written the usual way.

    python -m chat.server -p 8001 conference.asgi:application
"""

from __future__ import annotations

from socket import SO_SNDBUF, SOL_SOCKET
from typing import Any

from daphne import server
from daphne.cli import CommandLineInterface
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet.tcp import Connection

from chat.frame import EXTENSION

# What a connection of Twisted keeps waiting. The last two names are its own business: a test
# watches them, and without them there is no pipe.
BUFFERS = ("dataBuffer", "offset", "_tempDataBuffer", "_tempDataLen")


KERNEL_BUFFER = 64 * 1024  # bytes that the kernel keeps for a reader, who may have stalled
MOST_WAITING = 2 * 2**20  # bytes that may wait for one socket, whoever wrote them


class Server(server.Server):
    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        if scope["type"] == "websocket" and is_plain(protocol.transport):
            protocol.transport.socket.setsockopt(SOL_SOCKET, SO_SNDBUF, KERNEL_BUFFER)
            scope.setdefault("extensions", {})[EXTENSION] = Pipe(protocol)
        return super().create_application(protocol, scope)

    def timeout_checker(self) -> None:
        """Every other second: drop who makes us keep answers to pings, and reads none."""
        for protocol in [*self.connections]:
            is_socket = isinstance(protocol, WebSocketProtocol) and is_plain(protocol.transport)
            if is_socket and waiting(protocol.transport) > MOST_WAITING:
                protocol.transport.abortConnection()
        super().timeout_checker()


class CommandLine(CommandLineInterface):
    server_class = Server


class Pipe:
    """Frames to one socket, between those that Autobahn writes."""

    __slots__ = ("protocol", "send", "transport")

    def __init__(self, protocol: Any) -> None:
        self.protocol = protocol
        self.transport = protocol.transport
        self.send = protocol.transport.socket.send

    def write(self, frame: bytes) -> int:
        """Write one whole frame, if the socket is open; returns the bytes that still wait."""
        transport = self.transport
        if self.protocol.state != self.protocol.STATE_OPEN or not transport.connected:
            return 0
        if transport.dataBuffer or transport._tempDataBuffer:
            transport.write(frame)
        else:
            try:
                sent = self.send(frame)
            except BlockingIOError:
                sent = 0
            except OSError:  # gone; Twisted hears of it too, when it reads
                return 0
            if sent == len(frame):
                return 0
            transport.write(frame[sent:])
        return waiting(transport)


def waiting(transport: Any) -> int:
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


def is_plain(transport: Any) -> bool:
    """A connection without TLS, whose buffers are those that we know."""
    return isinstance(transport, Connection) and all(hasattr(transport, n) for n in BUFFERS)


if __name__ == "__main__":
    CommandLine.entrypoint()
