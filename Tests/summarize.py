#!/usr/bin/env -S python3 -B
"""Runs tests and prints what failed, what was skipped and a line a suite: summarize.py NAME COMMAND…

What failed is said again at the end, because a CI may show the last lines only.

`swift test` prints a line for every case of every test, 190,000 of them for one target. All of it goes to
.build/test-logs/NAME.log. The exit status is the command's.
"""

import pathlib
import re
import subprocess
import sys
import time

LOGS = pathlib.Path(__file__).resolve().parent.parent / ".build/test-logs"
# Lines of the test library begin with a sign; those without one go on with the last that has.
SIGNS = "◇✔✘➜↳⚠"
KEPT = re.compile(r"✘|⚠|✔ Suite|✔ Test run|➜ Test run")
SKIPPED = re.compile(r"➜ (Suite|Test) (.*?) skipped(?:: \"(.*)\")?")
ISSUE = re.compile(r"✘ .* recorded an issue ")
# How many issues are repeated at the end, and how many characters of each.
ISSUES, ISSUE_LENGTH = 10, 400
# What tests print themselves, and what the tools around them have to say.
PLAIN = re.compile(r"skipped |error:|warning:|Fatal error|\*\*\* |Crash|Thread \d+ .*crashed")


class Summary:
    def __init__(self, write):
        self.write = write
        self.is_kept = self.goes_on = self.has_failed = False
        self.skipped = {}
        self.issues = []

    def add(self, line):
        """Takes the next line; one without a sign is kept where it goes on with a failure."""
        if line[0] == "↳":
            pass  # a detail of the line before
        elif line[0] in SIGNS:
            self.is_kept = KEPT.match(line) is not None
            self.goes_on = line[0] in "✘⚠"
            self.has_failed |= line[0] == "✘"
            if ISSUE.match(line):
                self.issues.append(line.rstrip("\n")[:ISSUE_LENGTH] + "\n")
            skipped = SKIPPED.match(line)
            if skipped:
                self.skipped.setdefault(skipped.group(3), []).append(skipped.group(2))
        elif PLAIN.match(line):
            self.is_kept = self.goes_on = True
        else:
            self.is_kept &= self.goes_on
        if self.is_kept:
            self.write(line)

    def close(self):
        for line in self.issues[:ISSUES]:
            self.write(line)
        if len(self.issues) > ISSUES:
            self.write(f"✘ and {len(self.issues) - ISSUES} more\n")
        for reason, names in self.skipped.items():
            self.write(f"➜ {len(names)} not run: {reason or 'disabled'}\n")


def main():
    if len(sys.argv) < 3:
        print("usage: summarize.py NAME COMMAND…", file=sys.stderr)
        return 64
    name, command = sys.argv[1], sys.argv[2:]
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    summary = Summary(lambda line: print(line, end="", flush=True))
    begin = time.monotonic()
    with log.open("w") as file:
        run = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        for line in run.stdout:
            file.write(line)
            summary.add(line)
        status = run.wait()
    summary.close()
    if status and not summary.has_failed:
        print("".join(log.read_text(errors="replace").splitlines(keepends=True)[-40:]), end="")
    print(f"{name}: {time.monotonic() - begin:.0f} s, {log.relative_to(LOGS.parent.parent)}")
    return status if status >= 0 else 128 - status


if __name__ == "__main__":
    sys.exit(main())
