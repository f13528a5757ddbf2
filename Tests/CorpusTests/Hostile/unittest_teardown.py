#: request | GET /a
#: request | DELETE /a
#: assert | GET /a | status | == 200
#: assert | DELETE /a | status | == 204
import unittest, requests
class ATest(unittest.TestCase):
    def test_a(self):
        r = requests.get("https://h/a")
        self.assertEqual(r.status_code, 200)
    def tearDown(self):
        self.assertEqual(requests.delete("https://h/a").status_code, 204)
