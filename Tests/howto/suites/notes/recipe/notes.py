#!/usr/bin/env python3
"""Notes of several users, as many small apps are: sessions in cookies, tokens in forms, uploads.

What is kept stands in a folder; sessions and tokens are in memory, and gone with the process.
FAULT names one thing that it does wrong.
"""
import html, json, os, pathlib, secrets, sys
from email import message_from_bytes
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

DATA = pathlib.Path(sys.argv[2])
FAULT = os.environ.get("FAULT", "")
SESSIONS, TOKENS = {}, set()


def read(name):
    path = DATA / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def write(name, value):
    (DATA / f"{name}.json").write_text(json.dumps(value))


def form(name, action, fields, kind=""):
    token = secrets.token_hex(16)
    if FAULT != "tokens-expire":
        TOKENS.add(token)
    host = "http://sign-in.example.org" if FAULT == "action-elsewhere" and name == "login" else ""
    return (f'<form id="{name}" method="post" action="{host}{action}"{kind}>'
            f'<input type="hidden" name="token" value="{token}">{fields}</form>')


def user_form(name):
    return form(name, f"/{name}", '<input name="user"><input name="password" type="password">'
                '<button>Go</button>')


class App(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def answer(self, status, body="", headers=(), kind="text/html; charset=utf-8"):
        data = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def page(self, body, status=200):
        self.answer(status, f"<!doctype html><title>Notes</title><body>{body}</body>")

    def user(self):
        cookie = SimpleCookie(self.headers.get("Cookie", "")).get("session")
        return SESSIONS.get(cookie.value) if cookie else None

    def json(self, status, value):
        self.answer(status, json.dumps(value), kind="application/json")

    def api(self, body=None):
        """Under /api a key in the head stands for its user; there are no forms and no cookies."""
        if self.path == "/api/keys" and body:
            known = read("users") | {"admin": os.environ.get("ADMIN_PASSWORD", "")}
            if not body.get("password") or known.get(body.get("user")) != body["password"]:
                return self.json(403, {"error": "wrong password"})
            key = secrets.token_hex(16)
            write("keys", read("keys") | {key: body["user"]})
            return self.json(201, {"key": key})
        user = read("keys").get(self.headers.get("Authorization", "").removeprefix("Bearer "))
        if user is None:
            return self.json(401, {"error": "no such key"})
        notes = read("notes")
        if self.path == "/api/notes" and body:
            id = secrets.token_hex(4)
            write("notes", notes | {id: {"text": "", "kind": "plain"} | body | {"user": user}})
            return self.json(201, {"id": id})
        note = notes.get(self.path.removeprefix("/api/notes/"))
        if note is None or note["user"] != user:
            return self.json(404, {"error": "no such note"})
        self.json(200, {name: note[name] for name in ("title", "text", "user")})

    def do_GET(self):
        if self.path.startswith("/api/"):
            return self.api()
        if self.path in ("/login", "/register"):
            return self.page(user_form(self.path[1:]))
        user = self.user()
        if user is None:
            return self.answer(302, headers=[("Location", "/login")])
        if self.path == "/":
            shown = "".join(f'<li><a href="/notes/{key}">{html.escape(note["title"])}</a></li>'
                            for key, note in read("notes").items() if note["user"] == user)
            return self.page(
                f"<p>Signed in as <b id=user>{html.escape(user)}</b></p><ul id=notes>{shown}</ul>"
                + form("new", "/notes", '<input name="title"><textarea name="text">\n</textarea>'
                       '<select name="kind"><option>plain<option value="md">Markdown</select>'
                       '<label><input type="checkbox" name="pinned" value="yes">Pin</label>'
                       '<button name="do" value="save">Save</button>'
                       '<button name="do" value="preview">Preview</button>')
                + form("upload", "/files", '<input type="file" name="file"><button>Send</button>',
                       ' enctype="multipart/form-data"'))
        if self.path.startswith("/notes/"):
            key = self.path[7:]
            note = read("notes").get(key)
            if FAULT == "keeps-nothing":
                note = {"title": key[::-1], "text": "", "kind": "plain", "user": user}
            if note and (note["user"] == user or FAULT == "shows-others"):
                return self.page(f'<h1>{html.escape(note["title"])}</h1>'
                                 f'<pre id=text>{html.escape(note["text"])}</pre>'
                                 f'<p id=kind>{html.escape(note["kind"])}</p>')
        if self.path.startswith("/files/"):
            path = DATA / "files" / pathlib.Path(self.path).name
            if path.exists():
                return self.answer(200, path.read_bytes(), kind="application/octet-stream")
        self.page("<p>Not found</p>", 404)

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path.startswith("/api/"):
            return self.api(json.loads(body))
        kind = self.headers.get("Content-Type", "")
        fields, files = {}, {}
        if kind.startswith("multipart/"):
            message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
            for part in message.get_payload():
                name = part.get_param("name", header="content-disposition")
                if part.get_filename():
                    files[name] = (part.get_filename(), part.get_payload(decode=True))
                else:
                    fields[name] = part.get_payload(decode=True).decode()
        else:
            fields = {key: values[-1] for key, values in parse_qs(body.decode(), True).items()}
        if fields.get("token") not in TOKENS:
            return self.page("<p class=error>The form is too old.</p>" + user_form("login"))
        TOKENS.discard(fields["token"])
        users = read("users")
        if self.path == "/register":
            write("users", users | {fields["user"]: fields["password"]})
            return self.answer(303, headers=[("Location", "/login")])
        if self.path == "/login":
            known = users | {"admin": os.environ.get("ADMIN_PASSWORD", "")}
            if known.get(fields["user"]) != fields["password"] or FAULT == "login-again":
                return self.page("<p class=error>Wrong password.</p>" + user_form("login"))
            session = secrets.token_hex(16)
            SESSIONS[session] = fields["user"]
            return self.answer(302, headers=[
                ("Set-Cookie", f"session={session}; Path=/; HttpOnly"),
                ("Set-Cookie", "language=en; Path=/"), ("Location", "/")])
        user = self.user()
        if user is None:
            return self.answer(302, headers=[("Location", "/login")])
        if self.path == "/notes" and fields.get("do") == "save":
            notes = read("notes")
            key = secrets.token_hex(4)
            if FAULT == "keeps-nothing":
                key = fields["title"][::-1]
            else:
                write("notes", notes | {key: fields | {"user": user}})
            return self.answer(303, headers=[("Location", f"/notes/{key}")])
        if self.path == "/files":
            name, content = files["file"]
            (DATA / "files").mkdir(exist_ok=True)
            if FAULT == "cuts-uploads":
                content = content[:len(content) // 2]
            (DATA / "files" / pathlib.Path(name).name).write_bytes(content)
            return self.answer(303, headers=[("Location", "/")])
        self.page("<p>Preview</p>")


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), App).serve_forever()
