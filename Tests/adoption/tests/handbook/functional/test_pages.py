import os
import unittest
import urllib.request

BASE = os.environ["BASE_URL"]


class TestPages(unittest.TestCase):
    def test_front_page(self):
        """The front page is HTML."""
        with urllib.request.urlopen(f"{BASE}/") as answer:
            self.assertEqual(answer.status, 200)
            self.assertEqual(answer.headers.get_content_type(), "text/html")

    @unittest.skip("the search index is built at night")
    def test_search(self):
        """A page is found by a word of it."""
