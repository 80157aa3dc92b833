from django.urls import re_path

from tests.benchmarks.baselines.tutorial import consumers

urlpatterns = []
websocket_urlpatterns = [
    re_path(r"ws/chat/(?P<room_name>\w+)/$", consumers.ChatConsumer.as_asgi()),
    re_path(r"ws/stored/(?P<room_name>\w+)/$", consumers.StoringChatConsumer.as_asgi()),
]
