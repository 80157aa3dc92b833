from django.urls import path

from chat.views import (
    exports,
    findings,
    hidings,
    keeping,
    members,
    messages,
    notices,
    pins,
    reactions,
    reports,
    sanctions,
)

app_name = "chat"
urlpatterns = [
    path("suche/", findings.index, name="search"),
    path("hinweise/", notices.index, name="notices"),
    path("<int:room_pk>/", messages.index, name="room"),
    path("<int:room_pk>/nachrichten/", messages.create, name="post"),
    path("<int:room_pk>/nachrichten/<int:number>/", messages.show, name="message"),
    path("<int:room_pk>/nachrichten/<int:number>/bearbeiten/", messages.edit, name="edit"),
    path("<int:room_pk>/nachrichten/<int:number>/loeschen/", messages.delete, name="delete"),
    path("<int:room_pk>/nachrichten/<int:number>/ausblenden/", hidings.create, name="hide"),
    path("<int:room_pk>/nachrichten/<int:number>/einblenden/", hidings.delete, name="reveal"),
    path("<int:room_pk>/nachrichten/<int:number>/anheften/", pins.create, name="pin"),
    path("<int:room_pk>/nachrichten/<int:number>/abnehmen/", pins.delete, name="unpin"),
    path(
        "<int:room_pk>/nachrichten/<int:number>/reaktionen/", reactions.index, name="reactions"
    ),
    path("<int:room_pk>/nachrichten/<int:number>/melden/", reports.create, name="report"),
    path("<int:room_pk>/nachrichten/<int:number>/stehen-lassen/", reports.settle, name="keep"),
    path("<int:room_pk>/meldungen/", reports.index, name="reports"),
    path("<int:room_pk>/mitschrift.csv", exports.table, name="export_csv"),
    path("<int:room_pk>/mitschrift.txt", exports.text, name="export_text"),
    path("<int:room_pk>/leiten/", keeping.show, name="keeping"),
    path("<int:room_pk>/tempo/", keeping.slow_down, name="slow_down"),
    path("<int:room_pk>/pause/", keeping.pause, name="pause"),
    path("<int:room_pk>/pause/beenden/", keeping.resume, name="resume"),
    path("<int:room_pk>/personen/", members.index, name="members"),
    path("<int:room_pk>/personen/<int:person_pk>/", sanctions.index, name="person"),
    path("<int:room_pk>/personen/<int:person_pk>/stummschalten/", sanctions.mute, name="mute"),
    path("<int:room_pk>/personen/<int:person_pk>/ausschliessen/", sanctions.ban, name="ban"),
    path("<int:room_pk>/massnahmen/<int:pk>/aufheben/", sanctions.lift, name="lift"),
]
