from django.urls import path

from chat.views import hidings, messages

app_name = "chat"
urlpatterns = [
    path("<int:room_pk>/", messages.index, name="room"),
    path("<int:room_pk>/nachrichten/", messages.create, name="post"),
    path("<int:room_pk>/nachrichten/<int:number>/", messages.show, name="message"),
    path("<int:room_pk>/nachrichten/<int:number>/bearbeiten/", messages.edit, name="edit"),
    path("<int:room_pk>/nachrichten/<int:number>/loeschen/", messages.delete, name="delete"),
    path("<int:room_pk>/nachrichten/<int:number>/ausblenden/", hidings.create, name="hide"),
    path("<int:room_pk>/nachrichten/<int:number>/einblenden/", hidings.delete, name="reveal"),
]
