from django.urls import URLPattern, path

from chat.consumers import live

websocket_urlpatterns: list[URLPattern] = [
    path("live/", live),  # type: ignore[arg-type]
]
