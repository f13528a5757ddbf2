#: request | GET /a
#: assert | - | value not missing | is there
import requests
def test_keys():
    data = requests.get("https://h/a").json()
    missing = []
    for key in ["x", "y"]:
        if key not in data:
            missing.append(key)
    assert not missing
