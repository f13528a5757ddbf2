#: request | GET /health
#: unread | match
import sys, requests
r = requests.get("https://h/health")
match r.status_code:
    case 200 | 204:
        print("well")
    case 302:
        print("login")
    case _:
        sys.exit(1)
