#!/usr/bin/env -S python3 -B
"""Tests the tests: takes each control and each verdict rule out in turn, and looks that they go red.

  mutate.py [NAME...]    all mutants, or those that are named
  mutate.py --list       their names, and what each takes out
  mutate.py --check      whether each still fits the sources; builds nothing
  mutate.py --mend       the same, and writes down where what moved stands now

A mutant is a file of this folder, NAME.mutant (README.md has the format). It counts as caught only where
it was built and a test failed that passes without it. Sources are put back whatever happens; files with
changes that are not committed are refused. One build holds all mutants, each in a copy of its function that
is taken where its switch is on; those that cannot be switched are built alone. As root two are tried at a
time, each with switches of its own.

Exit status: 0 all were caught, 1 one was not, 2 one could not be tried, 64 wrong usage.
"""

import concurrent.futures
import contextlib
import functools
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

from swift_source import Piece, Sources

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# A file here, by a mutant's name, switches it on.
SWITCHES = ROOT / ".build/mutants"
# Seconds that the tests of one mutant may take.
LIMIT = 300
# How many tests run at a time, as in `make test`.
WIDTH = ["--experimental-maximum-parallelization-width", "3"]
# What a test says that fails.
RED = re.compile(r"^✘ Test (.*?) recorded an issue(?: with .*?→ (\S+) (?:to|at))?", re.M)
# Tests that start no server.
PLAIN = re.compile(
    r"(Auditing|Corpus|Drafting|Evidence|Files|Formats|Git|Importing|MarkdownDocuments|Reports|Suites|XMLDocuments)Tests"
)
# Whether each process can have switches that no other sees.
IS_ROOT = os.geteuid() == 0


class Mutant:
    """One change that the tests must notice."""

    def __init__(self, path, sources):
        text = path.read_text()
        head, old, new = re.split(r"^(?:<<<<|====)\n", text.removesuffix(">>>>\n"), flags=re.M)
        self.path, self.name = path, path.stem
        fields = dict(line.split(": ", 1) for line in head.splitlines() if line)
        unknown = fields.keys() - {"takes out", "in", "tests", "faults"}
        if unknown:
            raise ValueError(f"{path.name}: {unknown.pop()} is not known")
        self.about = fields["takes out"]
        self.declaration = fields["in"]
        self.tests = fields["tests"]
        self.faults = fields.get("faults", "")
        self.old, self.new = old.strip(), new.strip()
        self.place, self.misfit = self._find(sources)

    def _find(self, sources):
        """Its place, and why it cannot be tried: one of the two is None."""
        piece = Piece(self.old)
        places = sources.places(piece, self.declaration)
        if len(places) == 1:
            return places[0], None
        if places:
            lines = ", ".join(str(place.line) for place in places)
            return None, f"its text stands {len(places)} times in {self.declaration}: lines {lines}"
        elsewhere = sources.places(piece)
        if len(elsewhere) == 1 and self._is_moved(piece, elsewhere[0]):
            return elsewhere[0], None
        why = (
            f"its text is not in {self.declaration}"
            if self.declaration in sources.bodies
            else f"there is no {self.declaration}"
        )
        near = sources.nearest(piece, self.declaration)
        if near is None:
            return None, why
        file = near.file.path.relative_to(ROOT)
        text = " ".join(near.text.split())
        return None, f"{why}; nearest, in {near.declaration} ({file}:{near.line}): {text}"

    def _is_moved(self, piece, place):
        """Whether a text found elsewhere is its own: a long one, or one under half of its name."""
        type, _, member = self.declaration.rpartition(".")
        found_type, _, found_member = (place.declaration or "").rpartition(".")
        return len(piece.words) > 6 or member == found_member or type != "" and type == found_type

    @property
    def moved_to(self):
        """The declaration that it stands in, where that is another than it names."""
        found = self.place.declaration if self.place else None
        named = found and (found == self.declaration or found.endswith("." + self.declaration))
        return None if named else found

    def mend(self, names):
        """Writes down where its declaration and its tests stand now."""
        text = self.path.read_text()
        if self.moved_to:
            text = text.replace(f"\nin: {self.declaration}\n", f"\nin: {self.moved_to}\n")
        self.tests = names.mended(self.tests)
        self.path.write_text(re.sub(r"(?m)^tests: .*$", lambda _: f"tests: {self.tests}", text))

    @property
    def file(self):
        return self.place.file.path

    def mutated(self):
        """The text of its file without what it takes out."""
        start, end = self.place.range
        text = self.place.file.text
        return text[:start] + self.new + text[end:]

    @property
    def body(self):
        """The range in its file's text between the braces of the body that it stands in, or None."""
        file = self.place.file
        braces = file.body(self.place.start)
        return braces and (file.tokens[braces[0]].end, file.tokens[braces[1]].start)


class TestNames:
    """What the tests are called, as far as a filter names it."""

    def __init__(self):
        self.texts = {
            folder.name: "\n".join(file.read_text() for file in folder.rglob("*.swift"))
            for folder in (ROOT / "Tests").glob("*Tests")
        }

    def mended(self, tests):
        """A filter with each suite under the one target that has it now."""
        return "|".join(map(self._mended, tests.split("|")))

    def _mended(self, filter):
        target, _, rest = filter.partition("\\.")
        suite = rest.partition("/")[0]
        others = [other for other in self.texts if suite and self.has_suite(suite, other)]
        return f"{others[0]}\\.{rest}" if target not in others and len(others) == 1 else filter

    def problem(self, mutant):
        """What in a mutant's filter names nothing."""
        for filter in mutant.tests.split("|"):
            target, _, rest = filter.partition("\\.")
            suite, _, function = rest.partition("/")
            if target not in self.texts:
                return f"there are no tests {target}"
            if suite and not self.has_suite(suite, target):
                others = [other for other in self.texts if self.has_suite(suite, other)]
                return f"{target} has no suite {suite}" + "".join(f"; {other} has" for other in others)
            if function and not re.search(rf"\bfunc `?{function}", self.texts[target]):
                return f"{target} has no test {function}"
        for row in filter_rows(mutant.faults):
            if not (ROOT / f"Tests/faults/{row}.yml").is_file():
                return f"there is no row {row}"
        return None

    def has_suite(self, suite, target):
        return re.search(rf"\b(struct|class|enum|actor) {suite}", self.texts.get(target, ""))


def filter_rows(faults):
    return [row for row in faults.split(",") if row]


def build():
    return subprocess.run(
        ["swift", "build", "--build-tests", "-q"], cwd=ROOT, capture_output=True, text=True
    )


@contextlib.contextmanager
def switched_on(name):
    """A mutant's switch for all processes, where there is a name."""
    switch = SWITCHES / (name or "none")
    if name:
        switch.touch()
    try:
        yield
    finally:
        if name:
            switch.unlink()


# Lays a folder of its own over the switches, for what it becomes and its children: SWITCHES NAME COMMAND…
OWN_SWITCHES = 'mount -t tmpfs mutants "$0" && touch "$0/$1" && shift && exec "$@"'


def red_test(tests, faults, switch=None):
    """The first test that goes red, or None; with the mutant that is named switched on."""
    # Two of `swift test` would wait for one another.
    (program,) = (ROOT / ".build/debug").glob("*.xctest")
    command = [program, "--testing-library", "swift-testing", *WIDTH, "--filter", tests]
    if switch and IS_ROOT:
        command = ["unshare", "--mount", "sh", "-c", OWN_SWITCHES, SWITCHES, switch, *command]
    # The first that is red says enough, where no server of a test would be left behind.
    stops = switch is not None and PLAIN.match(tests) is not None
    with switched_on(None if IS_ROOT else switch):
        status, output = output_of(command, os.environ | {"FAULTS": faults}, stops)
    ran = re.search(r"Test run with (\d+) test", output)
    if ran is None and status == 0 or ran and ran.group(1) == "0":
        raise ValueError(f"no test is named {tests}")
    if status == 0:
        return None
    red = RED.search(output)
    if red is None:
        # A crash is an end of its own; a program that did not come to its tests shows nothing.
        if "Test run started" not in output:
            raise ValueError(f"the tests did not start: {output[-200:].strip()}")
        return f"exit {status}"
    return red.group(1).strip('"') + (f" [{red.group(2)}]" if red.group(2) else "")


def output_of(command, environment, stops_at_red):
    """How it ended and what it printed, without colours; no more than the first red test, where it stops there."""
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as run:
        late = threading.Timer(LIMIT, run.kill)
        late.start()
        lines = []
        for line in run.stdout:
            lines.append(re.sub(r"\x1b\[[\d;]*m", "", line))
            if stops_at_red and RED.match(lines[-1]):
                run.kill()
        run.wait()
        if not late.is_alive():
            raise subprocess.TimeoutExpired(command, LIMIT)
        late.cancel()
    return run.returncode, "".join(lines)


# Asks whether a mutant is switched on: whether its file is there. By libc's own name, since no module is
# imported by every file; one that nothing else here calls, since a second type of it would not be built.
SWITCH = """
@_silgen_name("eaccess")
private func mutantIsOff(_ path: UnsafePointer<CChar>, _ mode: Int32) -> Int32
"""


def switched(text, mutants):
    """A file's text in which each mutant has a copy of the body that it stands in, taken when it is on."""
    by_body = {}
    for mutant in mutants:
        by_body.setdefault(mutant.body, []).append(mutant)
    for (start, end), standing in sorted(by_body.items(), reverse=True):
        branches = ""
        for mutant in standing:
            first, last = mutant.place.range
            changed = text[start:first] + mutant.new + text[last:end]
            branches += f'if mutantIsOff("{SWITCHES / mutant.name}", 0) == 0 {{{changed}}} else '
        text = text[:start] + branches + "{" + text[start:end] + "}" + text[end:]
    return text + SWITCH


@contextlib.contextmanager
def in_place(texts):
    """Files with other texts, which are put back whatever happens."""
    kept = {file: file.read_text() for file in texts}
    try:
        for file, text in texts.items():
            file.write_text(text)
        yield
    finally:
        for file, text in kept.items():
            file.write_text(text)


def unbuilt(output, texts):
    """The mutants in whose copies a compiler found errors, each with one of them."""
    wrong = {}
    for path, line, error in re.findall(r"^(/.*?):(\d+):\d+: error: (.*)", output, re.M):
        before = texts.get(pathlib.Path(path), "").split("\n")[: int(line)]
        names = re.findall(rf'mutantIsOff\("{re.escape(str(SWITCHES))}/([\w-]+)"', "\n".join(before))
        if names:
            wrong.setdefault(names[-1], error)
    return wrong


def try_together(mutants):
    """Yields what came of each mutant, and those left that must be built alone, in one build with switches."""
    alone = [mutant for mutant in mutants if mutant.body is None]
    together = [mutant for mutant in mutants if mutant.body is not None]
    SWITCHES.mkdir(parents=True, exist_ok=True)
    while together:
        by_file = {}
        for mutant in together:
            by_file.setdefault(mutant.file, []).append(mutant)
        texts = {
            file: switched(standing[0].place.file.text, standing) for file, standing in by_file.items()
        }
        with in_place(texts):
            built = build()
        if built.returncode == 0:
            with concurrent.futures.ThreadPoolExecutor(2 if IS_ROOT else 1) as pool:
                for mutant, result in zip(together, pool.map(judgement_switched, together)):
                    # A process without the right to see the switch acts as without the mutant.
                    if result[0] is False:
                        alone.append(mutant)
                    else:
                        yield (mutant, *result)
            break
        wrong = unbuilt(built.stdout + built.stderr, texts)
        if not wrong:
            raise SystemExit(built.stdout + built.stderr)
        for name, error in wrong.items():
            print(f"alone    {name}: {error}", file=sys.stderr, flush=True)
        alone += [mutant for mutant in together if mutant.name in wrong]
        together = [mutant for mutant in together if mutant.name not in wrong]
    # What was built acts as without any as long as no switch is on.
    red = {mutant: red_without(mutant) for mutant in alone}
    for mutant in alone:
        yield (mutant, None, red[mutant]) if red[mutant] else (mutant, *try_alone(mutant))


def try_alone(mutant):
    """Whether a mutant was caught in a build of its own (None: it could not be tried), and what to say."""
    with in_place({mutant.file: mutant.mutated()}):
        built = build()
        if built.returncode == 0:
            return judgement(mutant)
    lines = (built.stdout + built.stderr).splitlines()
    return None, next((line for line in lines if "error:" in line), "no build")


def judgement_switched(mutant):
    """Whether a mutant was caught by its switch (None: nothing could be said), and what to say."""
    caught, words = judgement(mutant, mutant.name)
    red = red_without(mutant) if caught else None
    return (None, red) if red else (caught, words)


def judgement(mutant, switch=None):
    try:
        red = red_test(mutant.tests, mutant.faults, switch)
        return red is not None, red or "NO TEST NOTICED"
    except subprocess.TimeoutExpired:
        return None, f"its tests did not end within {LIMIT} s"
    except ValueError as problem:
        return None, str(problem)


@functools.cache
def red_of(tests, faults):
    return red_test(tests, faults)


def red_without(mutant):
    """That its tests are red without it, and so could notice nothing; None where they are green."""
    try:
        red = red_of(mutant.tests, mutant.faults)
        return red and f"red without it: {red}"
    except (subprocess.TimeoutExpired, ValueError) as problem:
        return str(problem)


def check(mutants, mends):
    """Of the list itself; as fast as reading the sources."""
    names = TestNames()
    wrong = 0
    for mutant in mutants:
        if mends:
            mutant.mend(names)
        problem = mutant.misfit or names.problem(mutant)
        if problem:
            wrong += 1
            print(f"Tests/mutations/{mutant.name}.mutant: {problem}", file=sys.stderr)
        elif mutant.moved_to and not mends:
            print(
                f"Tests/mutations/{mutant.name}.mutant: not in {mutant.declaration} but in"
                f" {mutant.moved_to}, which --mend writes down",
                file=sys.stderr,
            )
    if not wrong:
        print(f"{len(mutants)} mutants fit the sources")
    return 2 if wrong else 0


def main():
    # `finally` puts the source back also here.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    names = [name for name in sys.argv[1:] if not name.startswith("-")]
    options = set(sys.argv[1:]) - set(names)
    if options == {"--help"}:
        print(__doc__.strip())
        return 0
    if options - {"--list", "--check", "--mend"}:
        print(__doc__.strip(), file=sys.stderr)
        return 64
    sources = Sources(ROOT / "Sources")
    mutants = [Mutant(path, sources) for path in sorted(HERE.glob("*.mutant"))]
    if "--list" in sys.argv:
        for mutant in mutants:
            print(f"{mutant.name}: {mutant.about}")
        return 0
    unknown = set(names) - {mutant.name for mutant in mutants}
    if unknown:
        print(f"there is no mutant {', '.join(sorted(unknown))}", file=sys.stderr)
        return 64
    chosen = [mutant for mutant in mutants if not names or mutant.name in names]
    if "--check" in sys.argv or "--mend" in sys.argv:
        return check(chosen, mends="--mend" in sys.argv)
    files = sorted({str(mutant.file) for mutant in chosen if mutant.place})
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--", *files], cwd=ROOT, capture_output=True, text=True
    ).stdout
    if changed:
        print(f"commit first:\n{changed}", file=sys.stderr)
        return 2
    begin = time.monotonic()
    built = build()
    if built.returncode != 0:
        print(built.stdout + built.stderr, file=sys.stderr)
        return 2
    escaped, untried = [], []
    for mutant in chosen:
        if mutant.misfit:
            print(f"UNTRIED  {mutant.name}: {mutant.misfit}", flush=True)
            untried.append(mutant.name)
    fitting = [mutant for mutant in chosen if not mutant.misfit]
    for mutant, caught, words in try_together(fitting):
        sign = {True: "caught", False: "ESCAPED", None: "UNTRIED"}[caught]
        print(f"{sign:8} {mutant.name}: {words}", flush=True)
        if caught is False:
            escaped.append(mutant.name)
        if caught is None:
            untried.append(mutant.name)
    build()
    minutes = (time.monotonic() - begin) / 60
    caught = len(chosen) - len(escaped) - len(untried)
    print(f"{caught} of {len(chosen)} mutants were caught in {minutes:.0f} min")
    return 1 if escaped else 2 if untried else 0


if __name__ == "__main__":
    sys.exit(main())
