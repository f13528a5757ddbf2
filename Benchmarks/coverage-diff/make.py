#!/usr/bin/env python3
"""Writes two catalogues of coverage: make.py FOLDER [checks] [recipes].

`a` is the older one, `same` is equal to it, `few` has one changed check in every file, and `all` has
another assertion in every check.
"""

import json
import os
import sys

folder = sys.argv[1]
total = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
recipes = int(sys.argv[3]) if len(sys.argv) > 3 else 100


def check(number, status):
    return {
        "about": "A page view posted to the public endpoint is stored under the name that was sent.",
        "body": "%016x" % number,
        "control": {"kind": "decoy", "result": {"result": "failed"}},
        "evidence": [
            {
                "act": "POST /api/event/%d" % number,
                "assertions": [
                    {"predicate": {"==": status}, "subject": "status"},
                    {"predicate": {"exists": False}, "subject": {"header": "x-dropped"}},
                ],
            },
            {
                "act": "clickhouse events_db: SELECT name, pathname, hostname FROM events_v2 WHERE pathname",
                "assertions": [
                    {"predicate": {">=": 1}, "subject": "rows"},
                    {
                        "predicate": {"subset": {"name": "pageview", "pathname": "/{{unique}}"}},
                        "subject": "row",
                    },
                ],
            },
        ],
        "id": "functional/event_tracking::test_%d" % number,
        "isHealth": False,
        "kind": "functional",
        "outcome": {"outcome": "passed"},
        "place": {"column": 1, "file": "functional/event_tracking.yml", "line": number + 1},
        "ports": [],
        "stage": "functional",
        "strength": "state",
    }


def model(recipe, count, status):
    checks = [check(n, status(n)) for n in range(count)]
    claims = [
        {
            "about": c["about"],
            "checks": [c["id"]],
            "id": "P3/" + c["id"],
            "part": "P3",
            "verdict": {"verdict": "proven"},
        }
        for c in checks
    ]
    return {
        "checks": checks,
        "claims": claims,
        "corpus": {
            "isSample": False, "path": "c", "recipes": 1, "root": "c", "scripts": [],
            "state": "noEntry", "tree": "t",
        },
        "deferrals": [],
        "driver": "local",
        "findings": [],
        "gate": {"accepts": [200], "path": "/", "requires": [], "within": 60},
        "level": 4,
        "policy": {"functionalChecks": 2},
        "recipe": recipe,
        "rungs": [],
        "schema": 3,
        "standins": [],
        "stores": [],
        "suiteTree": "s",
        "target": {"tree": "t", "version": "1.0.0+v1"},
    }


for name, status in [
    ("a", lambda n: 202),
    ("same", lambda n: 202),
    ("few", lambda n: 500 if n == 7 else 202),
    ("all", lambda n: 204),
]:
    for index in range(recipes):
        recipe = "recipe-%03d" % index
        os.makedirs(f"{folder}/{name}/{recipe}", exist_ok=True)
        with open(f"{folder}/{name}/{recipe}/coverage.json", "w") as file:
            # As the tool writes it: indented, keys sorted.
            json.dump(
                model(recipe, total // recipes, status), file, indent=2, sort_keys=True,
                separators=(",", " : "),
            )
