#!/usr/bin/env python3
"""Removes the same 50 secrets from the same log with Parity and with Python's re, and compares.

Usage: compare.py [--megabytes N] PATH-OF-redaction-benchmark

Python is measured twice: with an alternation of the values only, and with one of every form that
Python's own writers give them (which is what Parity removes). A secret lies across each edge of the
64 KB pieces in which Parity reads. Exits with 1 if Parity leaves one of those forms in place, or takes
more than a fifth of the time of the values only.
"""

import argparse
import base64
import html
import json
import pathlib
import random
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

BAR = 5.0
PIECE = 64 << 10


def secrets(rng):
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    plain = ["".join(rng.choices(letters, k=rng.randint(12, 40))) for _ in range(35)]
    marks = letters + "&<>\"'/+% \\=ö"
    odd = ["k" + "".join(rng.choices(marks, k=rng.randint(12, 30))) + "k" for _ in range(15)]
    return plain + odd


def base64_cores(value):
    """The characters of base64 that the value alone determines, at each of its three places."""
    raw = value.encode()
    for before in range(3):
        text = base64.b64encode(b"\0" * before + raw + b"\0\0\0").decode()
        core = text[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        yield core
        yield core.replace("+", "-").replace("/", "_")


def forms(value):
    yield value
    yield urllib.parse.quote(value, safe="")
    yield urllib.parse.quote_plus(value)
    yield urllib.parse.quote(value, safe="").lower() if value.islower() else value
    yield json.dumps(value)[1:-1]
    yield json.dumps(value, ensure_ascii=False)[1:-1]
    yield html.escape(value)
    yield from base64_cores(value)


def log(rng, values, size):
    words = "GET POST request handled in ms worker cache session page view user agent started".split()
    every = [form for value in values for form in forms(value)]
    lines, length = [], 0
    while length < min(size, 4 << 20):
        kind = rng.randrange(5)
        if kind == 0:
            line = '10.%d.0.%d - - [06/May/2024:10:%02d:%02d +0000] "GET /api/%s?page=%d HTTP/1.1" 200 %d' % (
                rng.randrange(256), rng.randrange(256), rng.randrange(60), rng.randrange(60),
                rng.choice(words), rng.randrange(1000), rng.randrange(100000))
        elif kind == 1:
            line = json.dumps({"level": "info", "message": " ".join(rng.choices(words, k=8)),
                               "id": "%032x" % rng.getrandbits(128), "path": "/é/" + rng.choice(words)})
        elif kind == 2:
            line = "2024-05-06T10:00:00Z " + " ".join(rng.choices(words, k=12))
        elif kind == 3:
            line = "blob=" + base64.b64encode(rng.randbytes(60)).decode()
        else:
            line = "url=" + urllib.parse.quote("https://example.test/?q=" + " ".join(rng.choices(words, k=4)), safe="")
        if rng.randrange(200) == 0:
            line += " token=" + rng.choice(every)
        lines.append(line + "\n")
        length += len(line) + 1
    block = "".join(lines).encode()
    data = bytearray((block * (size // len(block) + 1))[:size])
    for edge in range(PIECE, size - 100, PIECE):
        form = rng.choice(every).encode()
        start = edge - rng.randrange(1, len(form))
        data[start - 1 : start + len(form) + 1] = b" " + form + b" "
    return bytes(data[:size])


def alternation(texts):
    ordered = sorted({text.encode() for text in texts}, key=lambda text: (-len(text), text))
    return re.compile(b"|".join(map(re.escape, ordered)))


def measured(pattern, data):
    start = time.perf_counter()
    pattern.sub(b"[secret]", data)
    return time.perf_counter() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("binary")
    options = parser.parse_args()
    rng = random.Random(20240506)
    values = secrets(rng)
    data = log(rng, values, options.megabytes * 1_000_000)
    every = alternation(form for value in values for form in forms(value))
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "log").write_bytes(data)
        (folder / "secrets").write_text(json.dumps(values))
        result = subprocess.run(
            [options.binary, folder / "log", folder / "secrets", folder / "output"],
            check=True, capture_output=True)
        report = json.loads(result.stdout)
        left = every.findall((folder / "output").read_bytes())
    found = len(every.findall(data))
    seconds = report["microseconds"] / 1e6
    plain = measured(alternation(values), data)
    rows = [
        ("parity, all forms", seconds),
        ("python re, values only", plain),
        ("python re, all forms", measured(every, data)),
    ]
    print(f"{len(data) / 1e6:.0f} MB, {len(values)} secrets, {found} occurrences;"
          f" set-up {report['set_up_microseconds'] / 1000:.1f} ms")
    for name, taken in rows:
        print(f"{name:24} {taken:8.3f} s {len(data) / 1e6 / taken:8.1f} MB/s"
              f" {taken / seconds:7.1f} times parity's time")
    print(f"left in place: {len(left)}")
    if left or plain < BAR * seconds:
        sys.exit(1)


if __name__ == "__main__":
    main()
