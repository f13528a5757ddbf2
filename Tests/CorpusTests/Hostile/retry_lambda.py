#: request | GET /a
#: assert | GET /a | status | == 200
import time, requests
def retry(call, tries=5):
    for _ in range(tries):
        try:
            return call()
        except Exception:
            time.sleep(1)
    raise SystemExit("never")
assert retry(lambda: requests.get("https://h/a")).status_code == 200
