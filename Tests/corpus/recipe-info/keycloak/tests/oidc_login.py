#!/usr/bin/env python3
"""A user gets a token with a password, and is refused with a wrong one."""

import argparse
import json
import pathlib
import sys
import urllib.error
import urllib.parse
import urllib.request

SECRETS = pathlib.Path(__file__).parent / "testsecrets"


def token(domain, realm, client, password):
    url = f"https://{domain}/realms/{realm}/protocol/openid-connect/token"
    form = {
        "grant_type": "password",
        "client_id": client,
        "username": "recipe-tests",
        "password": password,
    }
    body = urllib.parse.urlencode(form).encode()
    try:
        with urllib.request.urlopen(url, data=body, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as answer:
        return answer.code, json.load(answer)


def test_login(given, password):
    status, answer = token(given.domain, given.realm, given.client, password)
    assert status == 200, f"token endpoint answered {status}"
    assert answer["token_type"].lower() == "bearer", answer["token_type"]
    assert answer["access_token"], "no access token"


def test_wrong_password_is_refused(given, password):
    status, answer = token(given.domain, given.realm, given.client, password + "x")
    assert status == 401, f"token endpoint answered {status} to a wrong password"
    assert answer["error"] == "invalid_grant", answer


def test_app_sends_to_the_realm(given):
    with urllib.request.urlopen(given.app, timeout=10) as answer:
        assert answer.geturl().startswith(f"https://{given.domain}/"), answer.geturl()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("domain")
    parser.add_argument("realm")
    parser.add_argument("--client", default="recipe-tests")
    parser.add_argument("--app", help="address of an app behind the login")
    given = parser.parse_args()
    try:
        password = (SECRETS / "keycloak").read_text().strip()
        test_login(given, password)
        test_wrong_password_is_refused(given, password)
        if given.app:
            test_app_sends_to_the_realm(given)
    except (AssertionError, KeyError, OSError) as error:
        print(f"FAIL {error}", file=sys.stderr)
        sys.exit(1)
    print("OK")
