#: request | GET /login
#: request | GET /a
#: assert | GET /login | status | == 200
#: assert | GET /a | status | == 200
import pytest, requests
class TestA:
    @pytest.fixture(autouse=True)
    def setup_api(self):
        assert requests.get("https://h/login").status_code == 200
        self.path = "/a"
    def test_a(self):
        assert requests.get("https://h" + self.path).status_code == 200
