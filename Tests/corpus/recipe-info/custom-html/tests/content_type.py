#!/usr/bin/env python3
"""A custom-html instance says what it serves: HTML comes as text/html."""

from _common import arguments, fail, get


def test_html_is_served_as_html(domain, timeout):
    status, headers, _ = get(f"https://{domain}/index.html", timeout)
    if status != 200:
        fail(f"GET /index.html answered {status}, not 200")
    kind = headers.get("Content-Type", "")
    if not kind.lower().startswith("text/html"):
        fail(f"GET /index.html came as {kind!r}, not as text/html")


if __name__ == "__main__":
    given = arguments(__doc__)
    test_html_is_served_as_html(given.domain, given.timeout)
    print("OK")
