#!/usr/bin/env -S python3 -B
"""Holds that a summary keeps what failed, says it again at the end, and keeps what was not run, and the line that CI counts by."""

import unittest

from summarize import Summary

OUTPUT = """\
[0/1] Planning build
◇ Test run started.
◇ Test "two
lines" started.
➜ Suite SwarmTests skipped: "no engine"
➜ Test "a row" skipped: "no engine"
✘ Test "a" recorded an issue at A.swift:1:2: Expectation failed: (text → "one
two")
↳ a comment
of two lines
✔ Test "b" passed after 0.001 seconds.
↳ a detail of what passed
skipped world/half: no such program
✔ Suite BTests passed after 0.002 seconds.
printed by a test
✘ Test run with 2 tests in 2 suites failed after 0.003 seconds with 1 issue.
"""
KEPT = """\
✘ Test "a" recorded an issue at A.swift:1:2: Expectation failed: (text → "one
two")
↳ a comment
of two lines
skipped world/half: no such program
✔ Suite BTests passed after 0.002 seconds.
✘ Test run with 2 tests in 2 suites failed after 0.003 seconds with 1 issue.
✘ Test "a" recorded an issue at A.swift:1:2: Expectation failed: (text → "one
➜ 2 not run: no engine
"""


class SummaryTests(unittest.TestCase):
    def test_what_is_kept(self):
        lines = []
        summary = Summary(lines.append)
        for line in OUTPUT.splitlines(keepends=True):
            summary.add(line)
        summary.close()
        self.assertEqual("".join(lines), KEPT)
        self.assertTrue(summary.has_failed)


if __name__ == "__main__":
    unittest.main()
