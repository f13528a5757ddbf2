#!/usr/bin/env python3
"""The wiki shows its main page, and its API answers. usage: health_check.py DOMAIN"""

import sys

import requests


def main(domain):
    page = requests.get(f"https://{domain}/index.php", params={"title": "Main_Page"}, timeout=10)
    assert page.status_code == 200
    assert "MediaWiki" in page.text

    site = requests.get(
        f"https://{domain}/api.php",
        params={"action": "query", "meta": "siteinfo", "format": "json"},
        timeout=10,
    )
    assert site.status_code == 200
    assert site.json()["query"]["general"]["sitename"]


if __name__ == "__main__":
    main(sys.argv[1])
