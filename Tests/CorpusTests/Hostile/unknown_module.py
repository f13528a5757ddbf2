#: request | GET /a
#: assert | GET /a | status | == 200
#: unread | recipe_tests.login
import requests
from recipe_tests import login
def test_a(base):
    login(base)
    assert requests.get(base + "/a").status_code == 200
