import os
import unittest

import parity


class Words(unittest.TestCase):
    def test_are_kept(self):
        """A text of a thousand words comes back word for word."""
        key = parity.http(
            "POST",
            "/api/keys",
            json={"user": "admin", "password": os.environ["ADMIN_PASSWORD"]},
            expect={"status": 201},
            capture={"key": {"jsonpath": "$.key", "secret": True}},
        ).json["key"]
        head = {"authorization": f"Bearer {key}"}
        text = " ".join(f"{parity.unique}-{number}" for number in range(1000))
        note = parity.http("POST", "/api/notes", headers=head, json={"title": "words", "text": text})
        note.expect(status=201)
        again = parity.http("GET", f"/api/notes/{note.json['id']}", headers=head)
        again.expect(status=200, json={"$.text": text})
