#: request | GET /a
#: assert | GET /a | status | in {…}
import requests, os
ALLOWED = [int(x) for x in os.environ["ALLOWED"].split(",")]
def test_it():
    assert requests.get("https://h/a").status_code in ALLOWED
