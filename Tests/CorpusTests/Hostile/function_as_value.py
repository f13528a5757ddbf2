#: unread | look
from concurrent.futures import ThreadPoolExecutor
import requests
def look(path):
    assert requests.get("https://h" + path).status_code == 200
with ThreadPoolExecutor() as pool:
    list(pool.map(look, ["/a", "/b"]))
