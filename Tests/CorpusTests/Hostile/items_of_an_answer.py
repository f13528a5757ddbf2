#: request | GET /a
#: assert | GET /a | field items[*].name | counts as true
import requests
for item in requests.get("https://h/a").json()["items"]:
    assert item["name"]
