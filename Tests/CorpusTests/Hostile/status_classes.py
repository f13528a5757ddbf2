#: request | GET /a
#: request | GET /b
#: request | GET /c
#: request | GET /d
#: assert | GET /a | status | in 200-299
#: assert | GET /b | status | in 200-299
#: assert | GET /c | status | in 200-299
#: assert | GET /d | status | in 200, 302
import requests
OK = {200, 302}
def test_it():
    assert 200 <= requests.get("https://h/a").status_code < 300
    assert requests.get("https://h/b").status_code in range(200, 300)
    assert str(requests.get("https://h/c").status_code).startswith("2")
    assert requests.get("https://h/d").status_code in OK
