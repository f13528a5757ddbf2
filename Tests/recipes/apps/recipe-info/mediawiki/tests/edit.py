#!/usr/bin/env python3
"""A page can be edited and found. usage: edit.py DOMAIN USER PASSWORD"""

import sys
import time

import requests


def main(domain, user, password):
    api = f"https://{domain}/api.php"
    wiki = requests.Session()

    tokens = wiki.get(
        api, params={"action": "query", "meta": "tokens", "type": "login", "format": "json"}, timeout=10
    )
    assert tokens.status_code == 200
    login = wiki.post(
        api,
        data={
            "action": "login",
            "format": "json",
            "lgname": user,
            "lgpassword": password,
            "lgtoken": tokens.json()["query"]["tokens"]["logintoken"],
        },
        timeout=10,
    )
    assert login.json()["login"]["result"] == "Success"

    token = wiki.get(api, params={"action": "query", "meta": "tokens", "format": "json"}, timeout=10)
    edit = wiki.post(
        api,
        data={
            "action": "edit",
            "format": "json",
            "title": f"Recipe tests {int(time.time())}",
            "text": "recipe-tests",
            "token": token.json()["query"]["tokens"]["csrftoken"],
        },
        timeout=10,
    )
    assert edit.json()["edit"]["result"] == "Success"


if __name__ == "__main__":
    main(*sys.argv[1:4])
