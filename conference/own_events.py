"""The administration's doors between events: organisers of one see nothing of the others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.db.models import QuerySet
from django.http import HttpRequest

from conference.models import Event, Person


def own_events(request: HttpRequest) -> QuerySet[Event]:
    """Those that the person runs."""
    person = request.user
    assert isinstance(person, Person)  # noqa: S101 - ``admin_view`` has let them in
    return Event.objects.run_by(person)


class OwnFilter(admin.RelatedFieldListFilter):
    """Names what is of the person's own events, and no draft of others."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        model = field.remote_field.model
        there = model_admin.admin_site._registry[model]
        rows = there.own(request, model._default_manager.all())
        ordering = self.field_admin_ordering(field, request, model_admin)
        own = {"pk__in": rows.values("pk")}
        return field.get_choices(include_blank=False, limit_choices_to=own, ordering=ordering)


class OfOwnEvents(admin.ModelAdmin):
    """Rows of the person's own events, and in forms only what belongs to these."""

    event_path = "event"  # from a row to its event

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.own(request, super().get_queryset(request))

    def own(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        if request.user.is_superuser:
            return rows
        return rows.filter(**{f"{self.event_path}__in": own_events(request).values("pk")})

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        return [
            (one, OwnFilter) if isinstance(one, str) and self._is_of_events(one) else one
            for one in super().get_list_filter(request)
        ]

    def _is_of_events(self, path: str) -> bool:
        remote = get_fields_from_path(self.model, path)[-1].remote_field
        return remote is not None and isinstance(
            self.admin_site._registry.get(remote.model), OfOwnEvents
        )

    def formfield_for_foreignkey(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelChoiceField | None:
        return super().formfield_for_foreignkey(
            db_field, request, **self._choosing(db_field, request, kwargs)
        )

    def formfield_for_manytomany(
        self, db_field: Any, request: HttpRequest, **kwargs: Any
    ) -> forms.ModelMultipleChoiceField | None:
        return super().formfield_for_manytomany(
            db_field, request, **self._choosing(db_field, request, kwargs)
        )

    def _choosing(
        self, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        model = db_field.remote_field.model
        there = self.admin_site._registry.get(model)
        if "queryset" not in kwargs and isinstance(there, OfOwnEvents):
            kwargs["queryset"] = there.own(request, model._default_manager.all())
        return kwargs
