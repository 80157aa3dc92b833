"""The consumer of part 3 of Channels' tutorial, and the same with each message stored."""

import json

from channels.generic.websocket import AsyncWebsocketConsumer


class ChatConsumer(AsyncWebsocketConsumer):
    async def connect(self):
        self.room_name = self.scope["url_route"]["kwargs"]["room_name"]
        self.room_group_name = f"chat_{self.room_name}"
        await self.channel_layer.group_add(self.room_group_name, self.channel_name)
        await self.accept()

    async def disconnect(self, close_code):
        await self.channel_layer.group_discard(self.room_group_name, self.channel_name)

    async def receive(self, text_data):
        message = json.loads(text_data)["message"]
        await self.channel_layer.group_send(
            self.room_group_name, {"type": "chat.message", "message": message}
        )

    async def chat_message(self, event):
        await self.send(text_data=json.dumps({"message": event["message"]}))


class StoringChatConsumer(ChatConsumer):
    async def receive(self, text_data):
        from tests.benchmarks.baselines.tutorial.models import Message

        message = json.loads(text_data)["message"]
        await Message.objects.acreate(room=self.room_name, body=message)
        await super().receive(text_data)
