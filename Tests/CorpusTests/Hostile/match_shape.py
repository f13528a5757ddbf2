#: request | GET /health
#: unread | match
import sys, requests
match requests.get("https://h/health").json():
    case {"status": "ok", "version": str()}:
        print("well")
    case _:
        sys.exit(1)
