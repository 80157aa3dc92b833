from collections.abc import Iterator

import pytest
from asgiref.sync import SyncToAsync

pytest_plugins = ["tests.cast"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: Playwright's event loop would stand in the way of asyncio's."""
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The desk's writer and asyncio's thread live on; without their connections the database
    can be dropped."""
    from django.db import connections

    from chat.models.desk import desk

    yield
    for thread in (desk.writer, SyncToAsync.single_thread_executor):
        thread.submit(connections.close_all).result()
