#: request | GET /a
#: request | GET /b
#: assert | GET /a | status | == 200
#: assert | GET /b | status | == 200
import os, requests
paths = ["/a"]
if os.environ.get("FULL"):
    paths.append("/b")
for path in paths:
    assert requests.get("https://h" + path).status_code == 200
