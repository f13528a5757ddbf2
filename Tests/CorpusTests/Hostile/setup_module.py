#: request | GET /ready
#: request | GET /a
#: assert | GET /ready | status | == 200
#: assert | GET /a | status | == 200
import requests
def setup_module(module):
    assert requests.get("https://h/ready").status_code == 200
def test_a():
    assert requests.get("https://h/a").status_code == 200
