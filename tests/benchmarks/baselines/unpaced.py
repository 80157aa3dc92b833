"""Fachtag with a frame for each message, however busy a room is."""
# ruff: noqa: I001 - the first import sets Django up

from conference.asgi import application
from chat import hub

hub.PACE = 0

__all__ = ["application"]
