#: request | GET /a
#: assert | GET /a | status | == 200
#: unread | jsonschema.validate
import jsonschema, requests
SCHEMA = {"type": "object"}
def test_a(base):
    r = requests.get(base + "/a")
    assert r.status_code == 200
    jsonschema.validate(r.json(), SCHEMA)
