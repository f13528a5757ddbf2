"""What the scripts of this folder share. Not a script."""

import argparse
import sys
import urllib.error
import urllib.request


def arguments(about):
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("domain", help="where the instance answers, such as html.example.org")
    parser.add_argument("--timeout", type=float, default=10.0, help="seconds for one request")
    return parser.parse_args()


def get(url, timeout):
    """Status, headers and body, also of an answer that says no."""
    request = urllib.request.Request(url, headers={"User-Agent": "recipe-info"})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read()


def fail(message):
    print(f"FAIL {message}", file=sys.stderr)
    sys.exit(1)
