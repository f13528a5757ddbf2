#!/usr/bin/env python3
"""The wiki answers, and with DokuWiki's own page. usage: health_check.py DOMAIN"""

import sys

import requests

PAGE = "/doku.php?id=wiki:welcome"


def main(domain):
    answer = requests.get(f"https://{domain}{PAGE}", timeout=10)
    if answer.status_code != 200:
        print(f"FAIL GET {PAGE} answered {answer.status_code}", file=sys.stderr)
        return 1
    if "DokuWiki" not in answer.text:
        print(f"FAIL GET {PAGE} is not a page of DokuWiki", file=sys.stderr)
        return 1
    print("OK")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
