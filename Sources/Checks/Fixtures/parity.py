"""Steps of a check of Parity, made by a Python script: docs/scripts.md.

What is asked through this module is asked by Parity itself, recorded and graded as if it stood in a
YAML file of the suite. An expectation that does not hold raises `Failed` and fails the check.
"""
import json
import os
import socket
import sys


class Failed(AssertionError):
    """What was expected does not hold, or no answer came."""


def __getattr__(name):
    if name in ("unique", "base_url", "domain", "recipe", "run", "stage", "version"):
        return os.environ.get("PARITY_" + name.upper(), "")
    raise AttributeError(name)


class Answer:
    """What came back: `status`, `headers`, `text`, `rows`, `stdout`, `stderr`, `exit`, `content`."""

    def __init__(self, number, answer):
        self._number = number
        for name in ("status", "rows", "stdout", "stderr", "exit", "content"):
            setattr(self, name, answer.get(name))
        self.text = answer.get("body")
        self.headers = answer.get("headers") or []

    def header(self, name):
        """The first header of this name, in whatever case; None where there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def json(self):
        """The body, the standard output or the file as JSON."""
        return json.loads(next(one for one in (self.text, self.stdout, self.content) if one))

    def expect(self, **expected):
        """What must be true of it, in the words of `expect` in a suite: `status=201`, `json={…}`."""
        _ask({"do": "expect", "of": self._number, "expect": expected})
        return self


def step(**keys):
    """One step with the keys that it has in a suite: `http={…}`, `expect={…}`, `retry="10s"`."""
    if isinstance(keys.get("retry"), str):
        keys["retry"] = {"within": keys["retry"]}
    told = _ask({"do": "step", "step": {key: one for key, one in keys.items() if one is not None}})
    return Answer(told["number"], told["answer"])


def http(method, path, *, expect=None, retry=None, capture=None, **request):
    """A request to the app: `http("POST", "/api/notes", json={…})`."""
    request = {"method": method, "url": path, **request}
    return step(http=request, expect=expect, retry=retry, capture=capture)


def postgres(service, sql, params=(), *, expect=None, retry=None, capture=None):
    """A statement with `$1`, `$2` … for `params`."""
    request = {"service": service, "sql": sql, **({"params": list(params)} if params else {})}
    return step(postgres=request, expect=expect, retry=retry, capture=capture)


def mysql(service, sql, params=(), *, expect=None, retry=None, capture=None):
    """A statement of MariaDB or MySQL, with `?` for each of `params`."""
    request = {"service": service, "sql": sql, **({"params": list(params)} if params else {})}
    return step(mysql=request, expect=expect, retry=retry, capture=capture)


def clickhouse(service, query, params=None, *, expect=None, retry=None, capture=None):
    """A query with `{name:Type}` for `params`."""
    request = {"service": service, "query": query, **({"params": params} if params else {})}
    return step(clickhouse=request, expect=expect, retry=retry, capture=capture)


def execute(service, argv, *, expect=None, retry=None, capture=None, **more):
    """A command inside a service."""
    request = {"service": service, "argv": list(argv), **more}
    return step(exec=request, expect=expect, retry=retry, capture=capture)


def _place():
    frame = sys._getframe(1)
    while frame and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    return {"file": frame.f_code.co_filename, "line": frame.f_lineno} if frame else {}


def _ask(message):
    place = os.environ.get("PARITY_STEPS")
    if not place:
        raise RuntimeError("PARITY_STEPS is not set: this works in a run of Parity only")
    host, port, token = place.split(":")
    message.update(token=token, test=os.environ.get("PARITY_TEST", ""), place=_place())
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(json.dumps(message).encode() + b"\n")
        with connection.makefile("rb") as lines:
            answer = lines.readline()
    if not answer.startswith(b"ok "):
        raise Failed(answer[3:].decode(errors="replace").strip() or "Parity gave no answer")
    return json.loads(answer[3:])
