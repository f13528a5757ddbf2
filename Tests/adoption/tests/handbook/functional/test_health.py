import os
import unittest
import urllib.request

BASE = os.environ["BASE_URL"]


class TestHealth(unittest.TestCase):
    def test_health(self):
        """The health address answers 200."""
        with urllib.request.urlopen(f"{BASE}/healthz") as answer:
            self.assertEqual(answer.status, 200)
