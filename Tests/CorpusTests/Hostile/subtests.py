#: request | GET /a
#: request | GET /b
#: assert | GET /a | status | == 200
#: assert | GET /b | status | == 200
import unittest, requests
class PageTestCase(unittest.TestCase):
    def test_pages(self):
        for path in ("/a", "/b"):
            with self.subTest(path=path):
                self.assertEqual(requests.get("https://h" + path).status_code, 200)
