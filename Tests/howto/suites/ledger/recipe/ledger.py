"""A ledger over HTTP: POST /entries {"text": …}, GET /entries/<id>. Its rows are in MariaDB."""

import http.server
import json
import os
import subprocess
import sys

CLIENT = [
    "mariadb", "--no-defaults", "--protocol=tcp", "--default-character-set=utf8mb4", "--batch",
    "--skip-column-names", "--host=" + os.environ["DB_HOST"], "--port=" + os.environ["DB_PORT"],
    "--user=" + os.environ["DB_USER"], os.environ["DB_NAME"],
]


def ask(sql):
    """The lines of what the statements return; texts go in and come out as hexadecimal digits."""
    environment = {**os.environ, "MYSQL_PWD": os.environ["DB_PASSWORD"]}
    done = subprocess.run(CLIENT, input=sql.encode(), env=environment, capture_output=True)
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    return done.stdout.decode().splitlines()


class Ledger(http.server.BaseHTTPRequestHandler):
    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        try:
            if self.path == "/health":
                self.answer(200, {"entries": int(ask("SELECT COUNT(*) FROM entries")[0])})
            elif self.path.startswith("/entries/") and self.path[9:].isdigit():
                lines = ask(f"SELECT HEX(text) FROM entries WHERE id = {int(self.path[9:])}")
                text = bytes.fromhex(lines[0]).decode() if lines else None
                self.answer(200 if lines else 404, {"text": text})
            else:
                self.answer(404, {"error": "no such page"})
        except RuntimeError as error:
            self.answer(500, {"error": str(error)})

    def do_POST(self):
        try:
            length = int(self.headers.get("Content-Length", 0))
            text = json.loads(self.rfile.read(length))["text"].encode().hex()
            lines = ask(
                f"INSERT INTO entries (text) VALUES (CONVERT(X'{text}' USING utf8mb4));"
                "SELECT LAST_INSERT_ID()"
            )
            self.answer(201, {"id": int(lines[0])})
        except RuntimeError as error:
            self.answer(500, {"error": str(error)})


ask(
    """
    CREATE TABLE IF NOT EXISTS entries (id INT AUTO_INCREMENT PRIMARY KEY,
      text VARCHAR(500) CHARACTER SET utf8mb4 NOT NULL, at TIMESTAMP DEFAULT CURRENT_TIMESTAMP);
    CREATE OR REPLACE VIEW latest AS SELECT MAX(id) AS id FROM entries;
    CREATE EVENT IF NOT EXISTS nightly ON SCHEDULE EVERY 1 DAY DO DELETE FROM entries WHERE text = '';
    """
)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Ledger).serve_forever()
