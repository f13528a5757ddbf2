#: request | PUT /a
#: assert | PUT /a | status | in 200-201
import requests
args = {"method": "PUT", "url": "https://h/a"}
def test_it():
    assert requests.request(**args).status_code in (200, 201)
