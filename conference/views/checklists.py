from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from conference.models import Event, Recording
from conference.models.checklist import items_of, missing_of, with_checklist

# What the table can be sorted by, and how its address calls it.
ORDERS = {"datum": _("Opens"), "titel": _("Recording"), "fehlt": _("Still missing")}


@never_cache
@require_safe
def show(request: HttpRequest, event_slug: str) -> HttpResponse:
    """All recordings of the event, and what each still lacks; for those who run it."""
    event = get_object_or_404(Event.objects.visible_to(request.user), slug=event_slug)
    if not event.is_run_by(request.user):
        raise PermissionDenied
    asked = request.GET.get("sortieren", "")
    order = asked if asked in ORDERS else "datum"
    rows = rows_of(event, order)
    columns = zip(*(items for _recording, items, _missing in rows), strict=True)
    context = {
        "event": event,
        "rows": rows,
        "order": order,
        "orders": ORDERS.items(),
        "complete": sum(not missing for _recording, _items, missing in rows),
        "columns": [(column[0].label, len(rows) - missing_of(column)) for column in columns],
    }
    return render(request, "conference/checklist.html", context)


def rows_of(event: Event, order: str) -> list[tuple[Recording, list, int]]:
    recordings = with_checklist(event.recordings.select_related("event"))
    rows = [(one, items, missing_of(items)) for one in recordings if (items := items_of(one))]
    keys = {
        "datum": lambda row: (row[0].available_from, row[0].title),
        "titel": lambda row: row[0].title.casefold(),
        "fehlt": lambda row: (-row[2], row[0].available_from),
    }
    return sorted(rows, key=keys[order])
