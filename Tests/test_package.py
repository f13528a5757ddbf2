#!/usr/bin/env -S python3 -B
"""Holds what .ci/package says of the commit, and that the image that it writes is one."""

import gzip
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tarfile
import tempfile
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent / ".ci/package"
WHO = {f"GIT_{who}_{what}": "a@b.test" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = pathlib.Path(folder.name)


class CommitTests(Case):
    def git(self, *words):
        done = subprocess.run(
            ["git", "-C", self.root, *words], env=os.environ | WHO, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def tree(self, below="."):
        scripts = self.root / below / ".ci/package"
        scripts.mkdir(parents=True)
        shutil.copy(SCRIPTS / "commit", scripts)
        (self.root / below / "Package.swift").write_text("1\n")
        return scripts.parent.parent

    def said(self, tree):
        done = subprocess.run([tree / ".ci/package/commit"], check=True, capture_output=True, text=True)
        self.assertEqual(done.stderr, "")
        return done.stdout.strip()

    def test_a_clone_has_its_commit_and_says_what_is_not_committed_of_the_program(self):
        tree = self.tree()
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "one")
        commit = self.git("rev-parse", "--short=7", "HEAD")
        self.assertEqual(self.said(tree), commit)
        (tree / "reports").mkdir()
        (tree / "reports/new").write_text("1\n")
        self.assertEqual(self.said(tree), commit)
        (tree / "Sources").mkdir()
        (tree / "Sources/new.swift").write_text("1\n")
        self.assertEqual(self.said(tree), commit + ".dirty")

    def test_an_archive_has_none_also_below_the_top_of_another_repository(self):
        self.assertEqual(self.said(self.tree("here")), "")
        self.git("init", "-q")
        self.git("add", ".")
        self.git("commit", "-q", "-m", "another's")
        self.assertEqual(self.said(self.root / "here"), "")


class ImageTests(Case):
    def image(self, name):
        layer = self.root / "layer.tar"
        if not layer.exists():
            (self.root / "file").write_text("content\n")
            with tarfile.open(layer, "w") as tar:
                tar.add(self.root / "file", "usr/bin/parity")
        path = self.root / name
        words = [layer, path, "2026-11-30T20:20:22Z", "amd64", "0.1.0+1.gabc1234-1"]
        subprocess.run([SCRIPTS / "oci.py", *words], check=True)
        return path

    def test_every_part_is_what_its_digest_says_and_old_engines_find_it(self):
        with tarfile.open(self.image("image.tar")) as tar:
            files = {member.name: tar.extractfile(member).read() for member in tar}

        def blob(descriptor):
            data = files["blobs/" + descriptor["digest"].replace(":", "/")]
            self.assertEqual(descriptor["digest"], "sha256:" + hashlib.sha256(data).hexdigest())
            self.assertEqual(descriptor["size"], len(data))
            return data

        (entry,) = json.loads(files["index.json"])["manifests"]
        manifest = json.loads(blob(entry))
        config = json.loads(blob(manifest["config"]))
        (layer,) = manifest["layers"]
        plain = gzip.decompress(blob(layer))
        self.assertEqual(plain, (self.root / "layer.tar").read_bytes())
        self.assertEqual(config["rootfs"]["diff_ids"], ["sha256:" + hashlib.sha256(plain).hexdigest()])
        self.assertEqual((config["config"]["Entrypoint"], config["config"]["WorkingDir"]), (["parity"], "/project"))
        (old,) = json.loads(files["manifest.json"])
        self.assertEqual(files[old["Config"]], blob(manifest["config"]))
        self.assertEqual([files[name] for name in old["Layers"]], [blob(layer)])
        self.assertEqual(old["RepoTags"], ["parity:0.1.0-1.gabc1234-1", "parity:latest"])

    def test_the_same_layer_makes_the_same_image(self):
        self.assertEqual(self.image("one.tar").read_bytes(), self.image("two.tar").read_bytes())


if __name__ == "__main__":
    unittest.main()
