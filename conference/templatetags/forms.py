"""One field of a form in KERN's markup: ``{% load forms %}{% field form.name %}``."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, Select

register = template.Library()


@register.inclusion_tag("_field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """Label, hint and error above the input, tied to it; checkboxes before their label."""
    widget = bound.field.widget
    kind = (
        "checkbox"
        if isinstance(widget, CheckboxInput)
        else "select"
        if isinstance(widget, Select)
        else "input"
    )
    block = "kern-form-check__checkbox" if kind == "checkbox" else f"kern-form-input__{kind}"
    css = f"{block} {block}--error" if bound.errors else block
    return {"field": bound, "kind": kind, "widget": bound.as_widget(attrs={"class": css})}
