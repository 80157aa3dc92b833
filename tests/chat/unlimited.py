"""The house's application, where one person may write like a thousand."""

from chat import limits
from conference.asgi import application

__all__ = ["application"]

limits.POSTS = 1_000_000
