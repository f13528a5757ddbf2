#: request | GET /a
#: assert | GET /a | field installed | counts as true
#: assert | GET /a | field maintenance | does not count as true
#: assert | GET /a | field version | is there
#: assert | GET /a | field error | is not there
#: assert | GET /a | field token | != None
#: assert | GET /a | body | counts as true
import requests
def test_it():
    r = requests.get("https://h/a")
    data = r.json()
    assert data["installed"]
    assert not data["maintenance"]
    assert "version" in data
    assert "error" not in data
    assert data["token"] is not None
    assert r.text
