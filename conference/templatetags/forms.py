"""One field of a form in KERN's markup: ``{% load forms %}{% field form.name %}``."""

from typing import Any

from django import template
from django.forms import BoundField, CheckboxInput, CheckboxSelectMultiple, RadioSelect, Select

register = template.Library()

KINDS = [
    (CheckboxSelectMultiple, "checks"),
    (RadioSelect, "radios"),
    (CheckboxInput, "checkbox"),
    (Select, "select"),
]
BLOCKS = {
    "checks": "kern-form-check__checkbox",
    "checkbox": "kern-form-check__checkbox",
    "radios": "kern-form-check__radio",
}


@register.inclusion_tag("_field.html")
def field(bound: BoundField, lang: str = "") -> dict[str, Any]:
    """Label, hint and error above the input, tied to it; checkboxes before their label.

    ``lang`` is that of the words, where it need not be the page's.
    """
    kind = next(
        (kind for widget, kind in KINDS if isinstance(bound.field.widget, widget)), "input"
    )
    block = BLOCKS.get(kind, f"kern-form-input__{kind}")
    css = f"{block} {block}--error" if bound.errors else block
    return {
        "field": bound,
        "lang": lang,
        "kind": kind,
        "css": css,
        "suggestions": getattr(bound.field.widget, "suggestions", []),
        "widget": bound.as_widget(attrs={"class": css}),
    }
