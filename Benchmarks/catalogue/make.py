#!/usr/bin/env python3
"""Makes a catalogue of recipes with suites and a corpus, for timing `parity audit`.

usage: make.py FOLDER [RECIPES [SCRIPTS]]
"""

import pathlib
import sys

folder = pathlib.Path(sys.argv[1])
recipes = int(sys.argv[2]) if len(sys.argv) > 2 else 200
scripts = int(sys.argv[3]) if len(sys.argv) > 3 else 10

folder.mkdir(parents=True)
(folder / "parity.yml").write_text("corpus: {root: recipe-info}\n")
for number in range(recipes):
    name = f"recipe-{number:03}"
    suite = folder / "suites" / name / "functional"
    tests = folder / "recipe-info" / name / "tests"
    suite.mkdir(parents=True)
    tests.mkdir(parents=True)
    (suite.parent / "recipe.yml").write_text(f"recipe: {name}\n")
    checks = []
    for index in range(scripts):
        (tests / f"check_{index}.py").write_text(
            f'"""Script {index} of {name}."""\n\nimport sys\n\nimport requests\n\n\n'
            "def main(domain):\n"
            f'    answer = requests.get(f"https://{{domain}}/api/{index}", timeout=10)\n'
            "    assert answer.status_code == 200\n"
            f'    assert answer.json()["state"] == "ok-{index}"\n'
            '    assert answer.headers["Content-Type"].startswith("application/json")\n\n\n'
            'if __name__ == "__main__":\n    main(sys.argv[1])\n'
        )
        # One in seven recipes has left a script out.
        if index or number % 7:
            checks.append(
                f"test_{index}:\n  ports: [check_{index}.py]\n  steps:\n"
                f"    - http: {{get: /api/{index}}}\n"
                f"      expect: {{status: 200, json: {{state: ok-{index}}}}}\n"
            )
    (suite / "ports.yml").write_text("".join(checks))
