#: request | GET /a
#: assert | GET /a | field x | is there
#: assert | GET /a | field y | is there
import sys, requests
data = requests.get("https://h/a").json()
failures = []
for key in ["x", "y"]:
    if key not in data:
        failures.append(key)
sys.exit(1 if failures else 0)
