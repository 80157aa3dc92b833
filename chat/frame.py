from functools import cached_property

EXTENSION = (
    "fachtag.frames"  # of a socket's scope, where the server has ``chat.server``'s pipes
)


class Frame:
    """What goes to many sockets: lines of JSON, packed for the wire once."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def data(self) -> bytes:
        """As one WebSocket frame of a server: final, text, not masked (RFC 6455, 5.2)."""
        payload = self.text.encode()
        length = len(payload)
        if length < 126:
            return bytes([0x81, length]) + payload
        if length < 65_536:
            return b"\x81\x7e" + length.to_bytes(2) + payload
        return b"\x81\x7f" + length.to_bytes(8) + payload
