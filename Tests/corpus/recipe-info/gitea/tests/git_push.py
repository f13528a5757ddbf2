#!/usr/bin/env python3
"""A commit that is pushed over HTTPS is the head of the branch in the API."""

import json
import os
import subprocess
import sys
import tempfile
import urllib.request

BASE = os.environ["GITEA"]
REPOSITORY = "recipe-tests/push"


def git(*words, folder):
    return subprocess.check_output(["git", "-C", folder, *words], text=True).strip()


def main():
    with tempfile.TemporaryDirectory() as folder:
        git("clone", f"{BASE}/{REPOSITORY}.git", folder, folder=folder)
        git("commit", "--allow-empty", "-m", "recipe-info", folder=folder)
        git("push", "origin", "main", folder=folder)
        head = git("rev-parse", "HEAD", folder=folder)
    with urllib.request.urlopen(f"{BASE}/api/v1/repos/{REPOSITORY}/branches/main") as answer:
        branch = json.load(answer)
    if branch["commit"]["id"] != head:
        sys.exit(f"FAIL the branch is at {branch['commit']['id']}, not at {head}")


if __name__ == "__main__":
    main()
