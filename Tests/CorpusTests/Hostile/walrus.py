#: request | GET /health
#: assert | GET /health | status | == 200
import sys, requests
if (status := requests.get("https://h/health").status_code) != 200:
    sys.exit(f"status {status}")
