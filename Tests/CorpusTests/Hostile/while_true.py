#: request | GET /ready
#: assert | GET /ready | status | == 200
#: request | GET /a
#: assert | GET /a | status | == 200
import time, requests
while True:
    if requests.get("https://h/ready").status_code == 200:
        break
    time.sleep(1)
assert requests.get("https://h/a").status_code == 200
