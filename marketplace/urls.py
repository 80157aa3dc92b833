from django.urls import path

from marketplace.views import market, materials, stands

app_name = "market"
urlpatterns = [
    path("", market.index, name="index"),
    path("meine-staende/", stands.mine, name="mine"),
    path("<slug:slug>/", stands.show, name="stand"),
    path("<slug:slug>/bearbeiten/", stands.edit, name="stand_edit"),
    path("<slug:slug>/material/<int:pk>/", materials.show, name="material"),
]
