"""The house's application on a channel layer that loses, repeats and delays what it carries."""

import asyncio
import logging
import random
from typing import Any

from channels_redis.pubsub import RedisPubSubChannelLayer
from django.conf import settings

from tests.chat.unlimited import application

__all__ = ["application"]

logging.disable(logging.CRITICAL)  # what fails here is meant to
settings.STORAGES["staticfiles"]["BACKEND"] = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"  # nobody collected them
)
settings.CHANNEL_LAYERS["default"]["BACKEND"] = f"{__name__}.Layer"


class Layer(RedisPubSubChannelLayer):
    async def receive(self, channel: str) -> Any:
        """Of each ten frames this process never hears one, another one late or twice."""
        while True:
            event = await self._get_layer().receive(channel)
            luck = random.random() if event["type"] == "frame" else 1
            if 0.1 < luck < 0.2:
                after = 3 * random.random()
                asyncio.get_running_loop().call_later(after, self.again, channel, event)
            if luck > 0.15:
                return event

    def again(self, channel: str, event: Any) -> None:
        if queue := self._get_layer().channels.get(channel):
            queue.put_nowait(self.serialize(event))
