#: request | GET /a
#: request | GET /b
#: assert | GET /a | status | == 200
#: assert | GET /b | status | == 200
from concurrent.futures import ThreadPoolExecutor
import requests
def look(path):
    assert requests.get("https://h" + path).status_code == 200
with ThreadPoolExecutor() as pool:
    list(pool.map(look, ["/a", "/b"]))
