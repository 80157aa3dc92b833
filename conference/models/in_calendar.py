from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat import clock


class InCalendar(models.Model):
    """What people keep in their own calendars.

    ``calendar_facts`` names the fields that stand there: when one of them changes,
    ``changed_at`` rises, by a second at least, and with it the entry's sequence number.
    """

    calendar_facts: ClassVar[tuple[str, ...]]

    called_off_at = models.DateTimeField(
        _("called off at"),
        null=True,
        blank=True,
        help_text=_("It then stands as cancelled on all pages and in people's calendars."),
    )
    changed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        abstract = True

    @property
    def is_called_off(self) -> bool:
        return bool(self.called_off_at and self.called_off_at <= clock.now())

    def save(self, **kwargs: Any) -> None:
        """One query more for a row that stands."""
        fields = kwargs.get("update_fields")
        facts = [one for one in self.calendar_facts if fields is None or one in fields]
        stored: Any = self.pk and type(self)._base_manager.filter(pk=self.pk).values().first()
        if stored and any(stored[fact] != getattr(self, fact) for fact in facts):
            self.changed_at = max(clock.now(), stored["changed_at"] + timedelta(seconds=1))
            if fields is not None:
                kwargs["update_fields"] = {*fields, "changed_at"}
        super().save(**kwargs)
