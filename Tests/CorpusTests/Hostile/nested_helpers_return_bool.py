#: request | GET /a
#: assert | GET /a | status | == 200
#: assert | GET /a | body | contains "well"
import sys, requests
def looks_well(r):
    if r.status_code != 200:
        return False
    if "well" not in r.text:
        return False
    return True
def check(base):
    return looks_well(requests.get(base + "/a"))
if not check(sys.argv[1]):
    print("no")
    sys.exit(1)
