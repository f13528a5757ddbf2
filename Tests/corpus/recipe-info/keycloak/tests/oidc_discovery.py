#!/usr/bin/env python3
"""A realm publishes its endpoints, and its issuer is its own address."""

import json
import sys
import urllib.request


def test_discovery_names_the_issuer(domain, realm):
    issuer = f"https://{domain}/realms/{realm}"
    url = f"{issuer}/.well-known/openid-configuration"
    with urllib.request.urlopen(url, timeout=10) as answer:
        assert answer.status == 200, answer.status
        found = json.load(answer)
    assert found["issuer"] == issuer, found["issuer"]
    for key in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        assert found[key].startswith(f"https://{domain}/"), (key, found[key])


if __name__ == "__main__":
    if len(sys.argv) != 3:
        print("usage: oidc_discovery.py DOMAIN REALM", file=sys.stderr)
        sys.exit(2)
    try:
        test_discovery_names_the_issuer(sys.argv[1], sys.argv[2])
    except (AssertionError, KeyError, OSError) as error:
        print(f"FAIL {error}", file=sys.stderr)
        sys.exit(1)
    print("OK")
