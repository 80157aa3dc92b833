import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> None:
    """What one test counts towards the limits is not the next one's."""
    cache.clear()
