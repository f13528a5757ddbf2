#: request | GET /login
#: request | GET /a
#: assert | GET /login | status | == 200
#: assert | GET /a | status | == 200
import pytest, requests
@pytest.fixture
def logged_in():
    assert requests.get("https://h/login").status_code == 200
@pytest.mark.usefixtures("logged_in")
def test_a():
    assert requests.get("https://h/a").status_code == 200
