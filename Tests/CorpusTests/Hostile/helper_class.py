#: request | POST /api/login
#: request | GET /api/user
#: assert | POST /api/login | status | == 200
#: assert | GET /api/user | field login | == "admin"
import requests
class Api:
    prefix = "/api"
    def __init__(self, base):
        self.base = base
        self.s = requests.Session()
    def url(self, path):
        return f"{self.base}{self.prefix}{path}"
    def login(self):
        r = self.s.post(self.url("/login"), json={"u": "x"})
        assert r.status_code == 200
        return self
    @property
    def user(self):
        return self.s.get(self.url("/user")).json()
def test_user(base):
    api = Api(base).login()
    assert api.user["login"] == "admin"
