"""The content type of a file follows its kind.

Aims at the instance named in CUSTOM_HTML, which serves one file of each kind.
"""

import os

import pytest
import requests

BASE = os.environ.get("CUSTOM_HTML", "https://html.example.org").rstrip("/")

KINDS = [
    ("index.html", "text/html"),
    ("style.css", "text/css"),
    ("notes.txt", "text/plain"),
    ("data.json", "application/json"),
    ("logo.svg", "image/svg+xml"),
]


@pytest.fixture(scope="module")
def session():
    with requests.Session() as session:
        session.headers["User-Agent"] = "recipe-info"
        yield session


@pytest.mark.parametrize("name, kind", KINDS, ids=[name for name, _ in KINDS])
def test_kind(session, name, kind):
    """A file comes with the content type of its kind."""
    answer = session.get(f"{BASE}/{name}", timeout=10)
    assert answer.status_code == 200, answer.status_code
    assert answer.headers["Content-Type"].startswith(kind)


class TestUnknownKind:
    """What the server does not know is given out as bytes."""

    path = "/archive.unheard-of"

    def test_is_bytes(self, session):
        answer = session.get(BASE + self.path, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"] == "application/octet-stream"

    def test_is_not_guessed(self, session):
        answer = session.head(BASE + self.path, timeout=10)
        assert "X-Content-Type-Options" in answer.headers
