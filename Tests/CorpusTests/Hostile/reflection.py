#: unread | check_front
#: unread | getattr
#: unread | check_login
import requests
class Checks:
    def check_front(self):
        assert requests.get("https://h/").status_code == 200
    def check_login(self):
        assert requests.get("https://h/login").status_code == 200
checks = Checks()
for name in dir(checks):
    if name.startswith("check_"):
        getattr(checks, name)()
