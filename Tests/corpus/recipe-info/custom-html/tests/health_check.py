#!/usr/bin/env python3
"""The front page of a custom-html instance answers 200 with a body."""

from _common import arguments, fail, get


def test_front_page_answers(domain, timeout):
    status, _, body = get(f"https://{domain}/", timeout)
    if status != 200:
        fail(f"GET / answered {status}, not 200")
    if not body.strip():
        fail("GET / answered 200 with an empty body")


def test_missing_page_is_404(domain, timeout):
    status, _, _ = get(f"https://{domain}/there-is-no-such-page", timeout)
    if status != 404:
        fail(f"GET /there-is-no-such-page answered {status}, not 404")


if __name__ == "__main__":
    given = arguments(__doc__)
    test_front_page_answers(given.domain, given.timeout)
    test_missing_page_is_404(given.domain, given.timeout)
    print("OK")
