#: request | GET /a
#: assert | GET /a | status | == 200
import sys, requests
from dataclasses import dataclass
@dataclass
class Answer:
    status: int
    text: str
def fetch(path):
    r = requests.get("https://h" + path)
    return Answer(r.status_code, r.text)
answer = fetch("/a")
if answer.status != 200:
    sys.exit(1)
