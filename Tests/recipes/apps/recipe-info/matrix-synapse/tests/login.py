#!/usr/bin/env python3
"""The account of the tests can log in. usage: login.py DOMAIN USER PASSWORD"""

import sys

import requests


def main(domain, user, password):
    answer = requests.post(
        f"https://{domain}/_matrix/client/v3/login",
        json={
            "type": "m.login.password",
            "identifier": {"type": "m.id.user", "user": user},
            "password": password,
        },
        timeout=10,
    )
    if answer.status_code != 200:
        print(f"FAIL login answered {answer.status_code}", file=sys.stderr)
        return 1
    if not answer.json().get("user_id"):
        print("FAIL login tells no user_id", file=sys.stderr)
        return 1
    print("OK")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
