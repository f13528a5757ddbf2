#: request | GET /a
#: assert | GET /a | status | != 500
import sys, requests
r = requests.get("https://h/a")
if r.status_code == 200:
    print("well")
elif r.status_code == 500:
    sys.exit(1)
