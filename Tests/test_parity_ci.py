#!/usr/bin/env -S python3 -B
"""Holds what docs/ci/parity-ci.sh runs in which CI, and that it exits last with the worst of it."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parent.parent / "docs/ci/parity-ci.sh"
# Stands in for the tool: writes down what it was asked, and exits as the test says.
TOOL = """#!/bin/sh
echo "$*" >>"$ASKED"
case "$1" in
  verify) exit "${VERIFY:-0}" ;;
  run) mkdir -p reports/notes && echo x >reports/notes/junit.xml; exit "${RUN:-0}" ;;
  diff) while [ "$1" != --output ]; do shift; done; echo comment >"$2"; exit "${DIFF:-0}" ;;
esac
"""


class ParityCITests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)
        (self.root / "parity").write_text(TOOL)
        (self.root / "parity").chmod(0o755)
        origin = self.root / "origin"
        self.git("init", "-q", "-b", "main", origin)
        for number in range(3):
            self.git("-C", origin, "commit", "-q", "--allow-empty", "-m", f"main {number}")
        self.fork = self.git("-C", origin, "rev-parse", "HEAD")
        self.git("-C", origin, "checkout", "-q", "-b", "change")
        self.git("-C", origin, "commit", "-q", "--allow-empty", "-m", "change")
        self.git("-C", origin, "checkout", "-q", "main")
        self.git("-C", origin, "commit", "-q", "--allow-empty", "-m", "main goes on")
        self.work = self.root / "work"
        # As a CI clones: one branch, one commit.
        self.git("clone", "-q", "--depth", "1", "--single-branch", "-b", "change", f"file://{origin}", self.work)

    def git(self, *words):
        names = {f"GIT_{who}_{what}": "a@b.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return subprocess.run(
            ["git", *map(str, words)], env=os.environ | names, check=True, capture_output=True, text=True
        ).stdout.strip()

    def run_ci(self, *words, **variables):
        asked = self.root / "asked"
        asked.unlink(missing_ok=True)
        known = {"PATH": os.environ["PATH"], "HOME": str(self.root), "ASKED": str(asked)}
        known |= {"PARITY": str(self.root / "parity")} | variables
        status = subprocess.run(
            [SCRIPT, *words], cwd=self.work, env=known, capture_output=True, text=True
        ).returncode
        return status, asked.read_text().splitlines() if asked.exists() else []

    def diff(self):
        return f"diff {self.fork} --format markdown --limit 60000 --output reports/comment.md"

    def test_a_push_is_compared_with_nothing(self):
        self.assertEqual(self.run_ci("notes"), (0, ["verify", "run --junit jenkins notes"]))
        self.assertFalse((self.work / "reports/comment.md").exists())

    def test_a_change_is_compared_with_where_it_branched_off(self):
        cis = {
            "github": dict(GITHUB_ACTIONS="true", GITHUB_BASE_REF="main"),
            "gitlab": dict(GITLAB_CI="true", CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main"),
            "jenkins": dict(CI="woodpecker", CI_PIPELINE_EVENT="pull_request", CI_COMMIT_TARGET_BRANCH="main"),
        }
        for flavour, variables in cis.items():
            found = self.run_ci(**variables)
            self.assertEqual(found, (0, ["verify", f"run --junit {flavour}", self.diff()]))
        drone = dict(DRONE="true", DRONE_BUILD_EVENT="pull_request", DRONE_TARGET_BRANCH="main")
        self.assertEqual(self.run_ci(**drone)[1][-1], self.diff())
        self.assertEqual((self.work / "reports/comment.md").read_text(), "comment\n")
        push = dict(DRONE="true", DRONE_BUILD_EVENT="push", DRONE_TARGET_BRANCH="main")
        self.assertEqual(len(self.run_ci(**push)[1]), 2)

    def test_no_comment_comes_from_the_change_itself(self):
        comment = self.work / "reports/comment.md"
        comment.parent.mkdir()
        secret = self.root / "secret"
        secret.write_text("root's")
        for make in (lambda: comment.symlink_to(secret), lambda: comment.write_text("all proven"), comment.mkdir):
            make()
            self.assertEqual(self.run_ci(PARITY_BASE="nowhere")[0], 2)
            self.assertFalse(comment.exists() or comment.is_symlink())
        self.assertEqual(secret.read_text(), "root's")
        shutil.rmtree(comment.parent)
        comment.parent.symlink_to(self.root)
        self.assertEqual(self.run_ci(PARITY_BASE="main"), (64, []))

    def test_the_worst_is_said_last(self):
        base = dict(PARITY_BASE="main")
        for statuses, worst in [
            (dict(VERIFY="1"), 1), (dict(DIFF="1"), 1), (dict(RUN="2", DIFF="1"), 2), (dict(RUN="1"), 1),
            (dict(VERIFY="65", RUN="2"), 65), (dict(RUN="137"), 137),
        ]:
            status, asked = self.run_ci(**base, **statuses)
            self.assertEqual((status, len(asked)), (worst, 3), statuses)

    def test_what_cannot_be_compared_or_run_is_no_success(self):
        self.assertEqual(self.run_ci(PARITY_BASE="nowhere")[0], 2)
        self.assertEqual(self.run_ci(PARITY="no-such-program"), (64, []))


if __name__ == "__main__":
    unittest.main()
