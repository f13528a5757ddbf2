#!/usr/bin/env python3
"""Tests the tests: takes each control and each verdict rule out in turn, and looks that they go red.

  mutate.py [NAME...]    all mutants, or those that are named
  mutate.py --list       their names

A mutant is a file of this folder, NAME.mutant: what it takes out, the file, the tests that must notice
(a filter of `swift test`, and the rows of Tests/faults where FAULTS is asked for), the old text, which
stands exactly once in the file, and the new one. It counts as caught only where it was built and a test
failed. Sources are put back whatever happens; files with changes that are not committed are refused.

Exit status: 0 all were caught, 1 one was not, 2 one could not be tried.
"""

import os
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent


class Mutant:
    """One change that the tests must notice."""

    def __init__(self, path):
        text = path.read_text()
        head, old, new = re.split(r"^(?:<<<<|====)\n", text.removesuffix(">>>>\n"), flags=re.M)
        self.name = path.stem
        fields = dict(line.split(": ", 1) for line in head.splitlines() if line)
        unknown = fields.keys() - {"takes out", "file", "tests", "faults"}
        if unknown:
            raise ValueError(f"{path.name}: {unknown.pop()} is not known")
        self.about = fields["takes out"]
        self.file = ROOT / fields["file"]
        self.tests = fields["tests"]
        self.faults = fields.get("faults", "")
        self.old, self.new = old, new


def build():
    return subprocess.run(
        ["swift", "build", "--build-tests", "-q"], cwd=ROOT, capture_output=True, text=True
    )


def failed_test(mutant):
    """The first test that went red, or None."""
    run = subprocess.run(
        ["swift", "test", "--skip-build", "--no-parallel", "--filter", mutant.tests],
        cwd=ROOT,
        env=os.environ | {"FAULTS": mutant.faults},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if run.returncode == 0:
        return None
    red = re.search(r"^✘ Test (.*?) recorded an issue(?: with .*?→ (\S+) (?:to|at))?", run.stdout, re.M)
    if red is None:
        return f"exit {run.returncode}"
    return red.group(1) + (f" [{red.group(2)}]" if red.group(2) else "")


def try_one(mutant):
    """(caught, what to say)"""
    kept = mutant.file.read_text()
    if kept.count(mutant.old) != 1:
        return None, f"the old text stands {kept.count(mutant.old)} times in {mutant.file.name}"
    try:
        mutant.file.write_text(kept.replace(mutant.old, mutant.new))
        built = build()
        if built.returncode != 0:
            return None, "it does not build: " + next(
                (line for line in (built.stdout + built.stderr).splitlines() if "error:" in line), ""
            )
        red = failed_test(mutant)
        return red is not None, red or "NO TEST NOTICED"
    finally:
        mutant.file.write_text(kept)


def main():
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    mutants = [Mutant(path) for path in sorted(HERE.glob("*.mutant"))]
    if "--list" in sys.argv:
        for mutant in mutants:
            print(f"{mutant.name}: {mutant.about}")
        return 0
    unknown = set(names) - {mutant.name for mutant in mutants}
    if unknown:
        print(f"there is no mutant {', '.join(sorted(unknown))}", file=sys.stderr)
        return 64
    chosen = [mutant for mutant in mutants if not names or mutant.name in names]
    files = sorted({str(mutant.file) for mutant in chosen})
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--", *files], cwd=ROOT, capture_output=True, text=True
    ).stdout
    if changed:
        print(f"commit first:\n{changed}", file=sys.stderr)
        return 2
    escaped, untried = [], []
    for mutant in chosen:
        start = time.monotonic()
        caught, words = try_one(mutant)
        sign = {True: "caught", False: "ESCAPED", None: "UNTRIED"}[caught]
        print(f"{sign:8}{time.monotonic() - start:6.0f} s  {mutant.name}: {words}", flush=True)
        if caught is False:
            escaped.append(mutant.name)
        if caught is None:
            untried.append(mutant.name)
    build()
    print(f"{len(chosen) - len(escaped) - len(untried)} of {len(chosen)} mutants were caught")
    return 1 if escaped else 2 if untried else 0


if __name__ == "__main__":
    sys.exit(main())
