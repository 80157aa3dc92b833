"""What time it is. The one place that knows, so that the demo can turn it."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """The platform's time, aware, in UTC; ahead of the machine's by ``CLOCK_SHIFT``."""
    return timezone.now() + settings.CLOCK_SHIFT
