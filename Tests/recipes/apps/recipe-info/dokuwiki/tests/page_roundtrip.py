#!/usr/bin/env python3
"""A page that is saved can be read by anybody. usage: page_roundtrip.py DOMAIN USER PASSWORD"""

import re
import sys
import time

import requests


def main(domain, user, password):
    base = f"https://{domain}"
    page = f"ci:t{int(time.time())}"
    wiki = requests.Session()

    login = wiki.post(
        f"{base}/doku.php?id=wiki:welcome",
        data={"do": "login", "u": user, "p": password},
        timeout=10,
    )
    assert login.status_code == 200
    form = wiki.get(f"{base}/doku.php?id={page}&do=edit", timeout=10)
    assert form.status_code == 200
    token = re.search(r'name="sectok" value="(\w+)"', form.text).group(1)

    saved = wiki.post(
        f"{base}/doku.php?id={page}&do=edit",
        data={"sectok": token, "id": page, "wikitext": "recipe-tests", "do[save]": "1"},
        timeout=10,
    )
    assert saved.status_code == 200
    shown = requests.get(f"{base}/doku.php?id={page}", timeout=10)
    assert shown.status_code == 200


if __name__ == "__main__":
    main(*sys.argv[1:4])
