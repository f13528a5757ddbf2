#: request | GET /a
#: assert | GET /a | status | == 200
import functools, requests
get = functools.partial(requests.get, timeout=5)
def test_a(base):
    assert get(base + "/a").status_code == 200
