#: request | GET /api/v1/version
#: assert | GET /api/v1/version | field version | is there
import requests
class Base(requests.Session):
    def __init__(self, base):
        super().__init__()
        self.base = base
def test_version():
    api = Base("https://h/api/v1")
    assert "version" in api.get(api.base + "/version").json()
