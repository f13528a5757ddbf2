#!/usr/bin/env python3
"""A message that was sent can be read. usage: message.py DOMAIN TOKEN ROOM"""

import sys
import time

import requests


def main(domain, token, room):
    user = requests.Session()
    user.headers["Authorization"] = f"Bearer {token}"
    base = f"https://{domain}/_matrix/client/v3/rooms/{room}"

    sent = user.put(
        f"{base}/send/m.room.message/t{int(time.time())}",
        json={"msgtype": "m.text", "body": "recipe-tests"},
        timeout=10,
    )
    assert sent.status_code == 200
    assert sent.json()["event_id"]

    read = user.get(f"{base}/messages", params={"dir": "b"}, timeout=10)
    assert read.status_code == 200


if __name__ == "__main__":
    main(*sys.argv[1:4])
