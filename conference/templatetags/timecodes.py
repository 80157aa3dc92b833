from datetime import timedelta

from django import template

register = template.Library()


@register.filter
def timecode(length: float | timedelta) -> str:
    """Seconds, or a length, as players write them: ``3:05``, ``1:03:05``."""
    seconds = int(length.total_seconds() if isinstance(length, timedelta) else length)
    minutes, hours = seconds // 60 % 60, seconds // 3600
    return (
        f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"
    )
