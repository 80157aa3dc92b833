from django.apps import AppConfig
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class MarketplaceConfig(AppConfig):
    name = "marketplace"
    verbose_name = _("Market of possibilities")

    def ready(self) -> None:
        from conference.models.mailing import AUDIENCES, Audience

        AUDIENCES["leads"] = Audience(
            _("Project leads of the stands"),
            lambda mailing: Q(person__leads__stand__event=mailing.event),
        )
