"""All addresses: German for people; chat and market bring their own."""

from django.contrib import admin
from django.urls import include, path
from django.views.i18n import set_language

from conference.views import events

urlpatterns = [
    path("", events.index, name="start"),
    path("veranstaltungen/<slug:event_slug>/", events.show, name="event"),
    path("veranstaltungen/<slug:event_slug>/markt/", include("marketplace.urls")),
    path("chat/", include("chat.urls")),
    path("sprache/", set_language, name="set_language"),
    path("verwaltung/", admin.site.urls),
]
