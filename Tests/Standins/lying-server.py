#!/usr/bin/env python3
"""A database that lies: speaks a protocol until it is asked, and then never ends, or wants a file.

  lying-server.py postgres|mysql|redis|clickhouse WHAT PORT

What it is sent goes to standard output. It ends with whoever started it.
"""

import socket
import struct
import sys
import threading

KIND, WHAT, PORT = sys.argv[1], sys.argv[2], int(sys.argv[3])
TEXT = b"x" * 50_000


def say(bytes):
    print(bytes, flush=True)


def postgres(client, stream):
    def message(kind, body=b""):
        return kind + struct.pack("!i", len(body) + 4) + body

    # Encryption is asked for first, and refused.
    while True:
        body = stream.read(struct.unpack("!i", stream.read(4))[0] - 4)
        if struct.unpack("!i", body[:4])[0] == 3 << 16:
            break
        client.sendall(b"N")
    client.sendall(message(b"R", struct.pack("!i", 0)) + message(b"Z", b"I"))
    say(client.recv(65_536))
    columns = message(b"T", struct.pack("!h", 1) + b"a\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0))
    parsed = message(b"1") + message(b"2")
    again = {
        "rows": message(b"D", struct.pack("!hi", 1, -1)),
        "results": columns + message(b"C", b"SELECT 0\0"),
        "errors": message(b"E", b"SERROR\0C42P01\0M" + TEXT + b"\0\0"),
        "notifications": message(b"A", struct.pack("!i", 1) + b"c\0" + TEXT + b"\0"),
    }[WHAT]
    client.sendall(parsed + (columns if WHAT == "rows" else b""))
    while True:
        client.sendall(again * max(1, len(TEXT) // len(again)))


def mysql(client, stream):
    def packet(number, body):
        return struct.pack("<I", len(body))[:3] + bytes([number % 256]) + body

    # All capabilities but compression and TLS.
    low, high = 0xF7DF, 0xFFFF
    client.sendall(
        packet(
            0,
            b"\x0a8.0.30\0" + struct.pack("<I", 5) + b"abcdefgh\0" + struct.pack("<HBHHB", low, 45, 2, high, 21)
            + bytes(10) + b"ijklmnopqrst\0mysql_native_password\0",
        )
    )
    done = b"\0\0\0\2\0\0\0"
    column = b"\3def\0\0\0\1a\1a\x0c" + struct.pack("<HIBHB", 33, 255, 253, 0, 0) + b"\0\0"
    end = b"\xfe\0\0\2\0"
    isSet = False
    while True:
        head = stream.read(4)
        if len(head) < 4:
            return
        body = stream.read(int.from_bytes(head[:3], "little"))
        say(body)
        if head[3] == 1:
            client.sendall(packet(2, done))
        elif body[0] == 0x16:
            columns = 1 if isSet else 0
            client.sendall(packet(1, b"\0" + struct.pack("<IHHBH", 1, columns, 0, 0, 0)))
            if isSet:
                client.sendall(packet(2, column) + packet(3, end))
        elif body[0] == 0x17 and not isSet:
            isSet = True
            client.sendall(packet(1, done))
        elif body[0] == 0x17 and WHAT == "infile":
            client.sendall(packet(1, b"\xfb" + b"/etc/passwd"))
        elif body[0] == 0x17:
            client.sendall(packet(1, b"\1") + packet(2, column) + packet(3, end))
            number = 4
            while True:
                client.sendall(packet(number, b"\0\4"))
                number += 1


def redis(client, stream):
    say(client.recv(65_536))
    client.sendall({"list": b"*1000000000\r\n", "line": b"+", "depth": b""}[WHAT])
    again = {"list": b"*0\r\n", "line": b"x", "depth": b"*1\r\n"}[WHAT]
    while True:
        client.sendall(again * 20_000)


def clickhouse(client, stream):
    say(client.recv(65_536))
    head = b'HTTP/1.1 200 OK\r\nX-ClickHouse-Format: JSONCompact\r\n\r\n{"meta":'
    if WHAT == "depth":
        client.sendall(head + b"[" * 2_000_000)
        return
    client.sendall(head + b'[{"name":"a","type":"String"}],"data":[')
    while True:
        client.sendall(b'["' + TEXT + b'"],')


def serve(client):
    try:
        globals()[KIND](client, client.makefile("rb"))
    except OSError:
        pass
    finally:
        client.close()


listener = socket.create_server(("127.0.0.1", PORT))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
