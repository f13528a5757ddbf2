#!/usr/bin/env python3
"""A file that is put by WebDAV comes back, and nobody else gets it."""

import argparse
import sys

import requests

FOLDER = "/remote.php/dav/files/recipe-tests"


def check_status(base):
    """The instance is installed and not in maintenance."""
    answer = requests.get(f"{base}/status.php", timeout=10)
    if answer.status_code != 200:
        return f"status.php answered {answer.status_code}"
    state = answer.json()
    if state["installed"] is not True or state["maintenance"]:
        return f"status.php says {state}"
    return None


def check_roundtrip(base, password):
    """What was put is what comes."""
    url = base + FOLDER + "/recipe-info.txt"
    auth = ("recipe-tests", password)
    put = requests.put(url, data=b"recipe-info", auth=auth, timeout=10)
    assert put.status_code in (201, 204), put.status_code
    got = requests.get(url, auth=auth, timeout=10)
    assert got.content == b"recipe-info"


def check_strangers_are_refused(base):
    """Without a password there is no file."""
    answer = requests.get("%s%s/recipe-info.txt" % (base, FOLDER), timeout=10)
    assert answer.status_code == 401, answer.status_code


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("base")
    parser.add_argument("--password", required=True)
    given = parser.parse_args()
    problem = check_status(given.base)
    if problem:
        print("FAIL", problem, file=sys.stderr)
        return 1
    try:
        check_roundtrip(given.base, given.password)
        check_strangers_are_refused(given.base)
    except AssertionError as error:
        print("FAIL", error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
