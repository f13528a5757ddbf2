#: request | GET /secret
#: assert | GET /secret | status | >= 400
import pytest, requests
def test_refused():
    with pytest.raises(requests.HTTPError):
        requests.get("https://h/secret").raise_for_status()
