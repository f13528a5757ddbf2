import os
import unittest
import urllib.request


class TestBoard(unittest.TestCase):
    def test_board(self):
        """The board says something."""
        with urllib.request.urlopen(os.environ["BASE_URL"] + "/board") as answer:
            self.assertTrue(answer.read())
