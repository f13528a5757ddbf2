import os
import unittest
import urllib.request

BASE = os.environ["BASE_URL"]


class TestRestore(unittest.TestCase):
    def test_front_page_is_back(self):
        """The front page is there after a restore."""
        with urllib.request.urlopen(f"{BASE}/") as answer:
            self.assertEqual(answer.status, 200)
