"""The same checks as pytest and requests make them: one test each, one session."""

import os

import pytest
import requests

URL = os.environ["CHECKS_URL"]
COUNT = int(os.environ["CHECKS_COUNT"])


@pytest.fixture(scope="session")
def session():
    with requests.Session() as session:
        session.trust_env = False
        yield session


@pytest.mark.parametrize("number", range(COUNT))
def test_check(session, number):
    response = session.get(f"{URL}/check/{number}", timeout=30)
    assert response.status_code == 200
    answer = response.json()
    assert answer["id"] == number
    assert answer["status"] == "ok"
