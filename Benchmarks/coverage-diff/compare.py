#!/usr/bin/env python3
"""The like in Python: json.load and a comparison of dictionaries by id, recipe by recipe."""

import json
import os
import sys

old, new = sys.argv[1:]
changes = 0
for recipe in sorted(set(os.listdir(old)) | set(os.listdir(new))):
    models = []
    for side in (old, new):
        with open(f"{side}/{recipe}/coverage.json") as file:
            model = json.load(file)
        models.append(({c["id"]: c for c in model["checks"]}, {c["id"]: c for c in model["claims"]}))
    for a, b in zip(*models):
        for key in sorted(a.keys() | b.keys()):
            if a.get(key) != b.get(key):
                changes += 1
print(changes, "changes")
