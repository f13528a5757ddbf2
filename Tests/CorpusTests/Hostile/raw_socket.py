#: unread | socket.create_connection
import socket, sys
with socket.create_connection((sys.argv[1], 5432), timeout=5) as s:
    s.sendall(b"x")
    if not s.recv(1):
        sys.exit(1)
