#: request | GET /a
#: assert | GET /a | status | == 200
#: request | POST /b
#: assert | POST /b | status | == 201
import contextlib, requests
@contextlib.contextmanager
def session(base):
    s = requests.Session()
    try:
        yield s
    finally:
        s.close()
def test_it(base):
    with requests.Session() as one, one.get(base + "/a") as r:
        assert r.status_code == 200
    with session(base) as s:
        assert s.post(base + "/b").status_code == 201
