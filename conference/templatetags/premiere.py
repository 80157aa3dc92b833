import json
from typing import Any

from django import template

register = template.Library()


@register.filter
def as_json(facts: dict[str, Any]) -> str:
    """For a data attribute; the template escapes it."""
    return json.dumps(facts)
