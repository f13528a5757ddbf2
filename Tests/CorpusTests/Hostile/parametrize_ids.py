#: cases | 3
#: request | GET /a
#: request | GET /b
#: request | GET /c
#: assert | GET /a | status | == 200
#: assert | GET /b | status | == 302
#: assert | GET /c | status | == 404
import pytest, requests
@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("/a", 200, id="front"),
        pytest.param("/b", 302, id="login", marks=pytest.mark.slow),
        ("/c", 404),
    ],
    ids=str,
)
def test_pages(base, path, code):
    assert requests.get(base + path, allow_redirects=False).status_code == code
