import pytest
from channels.testing import WebsocketCommunicator

from conference.asgi import application


@pytest.mark.parametrize(
    ("origin", "path"),
    [
        ("http://localhost", "/nowhere/"),  # no socket there
        ("http://localhost", "/"),
        ("https://elsewhere.example", "/"),  # another site's page
    ],
)
async def test_a_socket_without_an_address_or_from_elsewhere_is_refused(
    origin: str, path: str
) -> None:
    socket = WebsocketCommunicator(application, path, headers=[(b"origin", origin.encode())])
    assert await socket.connect() == (False, 1000)
