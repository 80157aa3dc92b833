import pytest

pytest_plugins = ["tests.cast"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's event loop would stand in the way of asyncio's."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)
