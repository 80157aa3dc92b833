"""The ways back that readers' browsers name."""

import pytest
from django.test import RequestFactory

from chat.paths import path_before, safe_path


@pytest.mark.parametrize(
    ("referer", "path"),
    [
        ("http://testserver/veranstaltungen/quartier/?a=1#b", "/veranstaltungen/quartier/?a=1"),
        ("http://testserver//evil.example/", ""),
        ("https://evil.example/", ""),
        ("http://[/", ""),
        ("", ""),
    ],
)
def test_the_page_before_is_one_of_ours(referer: str, path: str, rf: RequestFactory) -> None:
    assert path_before(rf.get("/", headers={"Referer": referer})) == path


@pytest.mark.parametrize("path", ["/\t//evil.example/", "/\r//evil.example/", "/\0"])
def test_what_browsers_would_read_as_another_host_is_no_path(
    path: str, rf: RequestFactory
) -> None:
    assert safe_path(rf.get("/", {"next": path})) == ""
