#: request | GET /a
#: assert | GET /a | status | == 200
import os, sys, requests
if len(sys.argv) < 2:
    sys.exit("usage")
base = sys.argv[1]
if not base.startswith("http"):
    sys.exit("a URL, please")
if not os.environ.get("TOKEN"):
    sys.exit("no token")
if requests.get(base + "/a").status_code != 200:
    sys.exit(1)
