# Cuts scripts into their units and reads each.
#
# Units of Python are functions named `test…`, and methods named so of classes named `Test…` or made
# from `TestCase`; of shell the `@test` blocks of bats and functions named `test_…`. Without any,
# functions named `check_…` or `verify_…` are units where they are evidently separate checks: two or
# more, each spoken of exactly once, outside all of them. Whatever the script asks or asserts beside
# its units is a unit of its own with the script's name, and so is a script without any.

CASES = 64
SKIPPING = {"skip", "skipif", "xfail", "skipIf", "skipUnless", "expectedFailure"}


def unit(follower, name, about, first, last, cases=None):
    facts = {"request": [], "system": [], "assert": []}
    for (kind, *fact), line in follower.facts.items():
        facts[kind].append([*fact, line])
    return {
        "function": name, "about": about, "first": first, "last": last, "cases": cases,
        "requests": facts["request"], "systems": facts["system"], "assertions": facts["assert"],
        "unread": [[line, reason] for reason, line in follower.unread.items()],
    }


def separate(checks, mentions):
    """Checks that are spoken of once, outside all of them: (name, first line, last line)."""
    names = [name for name, _, _ in checks]
    lines = [[line for one, line in mentions if one == name] for name in names]
    if len(checks) < 2 or len(set(names)) < len(names) or any(len(one) != 1 for one in lines):
        return False
    return not any(first <= own[0] <= last for own in lines for _, first, last in checks)


def first_line(text):
    return next((line.strip() for line in text.splitlines() if line.strip()), "")


class PythonUnits:
    def __init__(self, folder, path, reading):
        self.lines = folder.texts[path].split("\n")
        self.follower = PythonFollower(folder, path, reading)
        self.tree = folder.python(path)

    def units(self):
        follower = self.follower
        # A program's tests are what it calls itself.
        found = [] if follower.reading == "program" else self.found()
        follower.units = {node for _, node, _ in found}
        follower.is_main = True
        self.module = follower.module(follower.script, self.tree)
        follower.is_main = False
        main = unit(follower, None, first_line(ast.get_docstring(self.tree) or ""), 1, 1)
        self.fixtures = self.all_fixtures()
        self.everywhere = self.used_everywhere()
        units = [self.read(*one) for one in found]
        main["unread"] += [] if follower.is_certain else self.never_called()
        return main, units

    def found(self):
        found, checks = [], []
        for node in definitions(self.tree.body, is_function):
            if re.match("test(_|$)", node.name):
                found.append((node.name, node, None))
            elif node.name.startswith(("check_", "verify_")):
                checks.append((node.name, node, None))
        for node in definitions(self.tree.body, lambda one: isinstance(one, ast.ClassDef)):
            found += methods(Type(node, None), "")
        if found:
            # Python and pytest know the last of several with one name.
            return sorted({one[0]: one for one in found}.values(), key=lambda one: one[1].lineno)
        spans = [(name, *span(node)) for name, node, _ in checks]
        names = [(one.id, one.lineno) for one in ast.walk(self.tree) if isinstance(one, ast.Name)]
        return checks if separate(spans, names) else []

    def never_called(self):
        """Functions that look at something and that nothing was seen to call."""
        last = {one.name: one for one in definitions(self.tree.body, is_function)}
        for type in definitions(self.tree.body, lambda one: isinstance(one, ast.ClassDef)):
            last |= {f"{type.name}.{one.name}": one for one in type.body if is_function(one)}
        return [
            [span(node)[0], f"nothing was seen to call `{name}`"]
            for name, node in last.items()
            if node not in self.follower.entered and looks_at_something(node)
            and not name.startswith("pytest_") and not fixture_mark(node)
        ]

    # MARK: Fixtures

    def all_fixtures(self):
        fixtures = {}
        follower = self.follower
        paths = follower.folder.conftests(follower.script)
        modules = [follower.module(path) for path in paths if path != follower.script]
        for module in modules + [self.module]:
            for node in definitions(module.body, is_function):
                if fixture_mark(node):
                    fixtures[node.name] = Function(node, module)
        return fixtures

    def used_everywhere(self):
        """Names of fixtures that every test of the script gets."""
        names = [name for name, one in self.fixtures.items() if is_automatic(one.node)]
        for node in self.tree.body:
            if isinstance(node, ast.Assign) and last_name(node.targets[0]) == "pytestmark":
                names += used([node.value])
        return sorted(names)

    def value_of(self, name, depth=0, param=MISSING):
        """What a fixture gives, for one of its `params`; MISSING where there is none."""
        fixture = self.fixtures.get(name)
        if fixture is None or depth > 3:
            return MISSING
        values = {one.arg: self.value_of(one.arg, depth + 1) for one in fixture.node.args.args}
        known = {name: value for name, value in values.items() if value is not MISSING}
        if param is not MISSING:
            known["request"] = Object(None)
            known["request"].fields["param"] = param
        return self.enter(fixture, known)

    def enter(self, function, names=()):
        try:
            return self.follower.enter(function, Given((), names))
        except Left:
            return None

    def hook(self, names, owner=None):
        """Functions of the script that pytest or unittest calls by their names."""
        for name in names.split():
            if owner:
                found = method_named(self.follower, owner.type, name)
            else:
                found = self.module.top.names.get(name)
            if isinstance(found, Function) and not fixture_mark(found.node):
                found.owner = owner
                self.enter(found)

    # MARK: Reading one

    def read(self, name, node, type):
        follower, (first, last) = self.follower, span(node)
        follower.begin(first)
        follower.entered.add(node)
        marks = (type.node.decorator_list if type else []) + node.decorator_list
        # A mark may keep it from being run, or from failing.
        if follower.is_certain and not SKIPPING.isdisjoint(map(mark_name, marks)):
            follower.closing = PROGRAM
        try:
            count, cases = self.cases(marks, node)
            calls = follower.unit_calls.get(node, [])[:CASES]
            if not calls:
                self.hook("setUpModule setup_module setup_function setup")
                for one in self.everywhere + used(marks):
                    self.value_of(one)
            for given in calls or [None]:
                for values in cases:
                    self.follow(node, type, given, values)
            if not calls:
                self.hook("teardown_function tearDownModule teardown_module teardown")
        except RecursionError:
            count = None
            follower.note("is nested too deeply to follow")
        about = first_line(ast.get_docstring(node) or "") or comment_before(self.lines, first)
        return unit(follower, name, about, first, last, count)

    def follow(self, node, type, given, values):
        follower = self.follower
        function = Function(node, self.module)
        if type:
            type = Type(type.node, self.module)
            function.owner = make(follower, type, Given())
            self.hook("setUpClass setup_class setUp asyncSetUp setup_method setup", function.owner)
            for one in type.node.body:
                if is_function(one) and fixture_mark(one) and is_automatic(one):
                    self.enter(Function(one, self.module, function.owner))
        frame = Frame({}, self.module)
        bind(follower, function, given or Given(), frame)
        for place, one in enumerate(node.args.args):
            name = one.arg
            if name in values:
                frame.names[name] = values[name]
            elif given is None and (place or not type):
                own = [n for n in (type.node.body if type else []) if is_function(n)
                       and n.name == name and fixture_mark(n)]
                value = (self.enter(Function(own[-1], self.module, function.owner)) if own
                         else self.value_of(name))
                if value is not MISSING:
                    frame.names[name] = value
        follower.inside(node, frame, lambda: follower.run(node.body))
        self.check_result(frame)
        if type:
            names = "tearDown asyncTearDown teardown_method tearDownClass teardown_class"
            self.hook(names, function.owner)

    def check_result(self, frame):
        """What a check gives back may say whether it holds."""
        result = self.follower.result(frame)
        # `return status == 200, "message"`
        if isinstance(result, list) and result:
            result = result[0]
        if isinstance(result, Outcome):
            self.follower.check(result.claim)
        elif isinstance(result, (Atom, All, Any)):
            self.follower.check(result)
        else:
            # What is wrong, or nothing: no way to a text may be taken.
            problems = [guard for guard, value in frame.returned if isinstance(value, str)]
            if len(problems) < len(frame.returned) or all(problems):
                for guard in filter(None, problems):
                    self.follower.check(negate(guard))

    def cases(self, marks, node):
        """How many cases a unit has, and the values of its parameters in each that is followed."""
        count, cases, follower = None, [{}], self.follower
        for mark in marks:
            if last_name(getattr(mark, "func", None)) != "parametrize":
                continue
            given = follower.inside(None, self.module.top, lambda: follower.given(mark))
            names = given.get(0, "argnames")
            if isinstance(names, str):
                names = re.findall(r"\w+", names)
            names = [show(name) for name in elements(names) or []]
            rows = given.get(1, "argvalues")
            if not isinstance(rows, list):
                count = 0
                continue
            count = (1 if count is None else count) * len(rows)
            given = [self.row(names, row) for row in rows[:CASES]]
            cases = [row | case for case in cases for row in given][:CASES]
        for name in [one.arg for one in node.args.args if one.arg in self.fixtures]:
            rows = self.params(self.fixtures[name].node)
            if rows is MISSING:
                continue
            if not isinstance(rows, list):
                count = 0
                continue
            count = (1 if count is None else count) * len(rows)
            params = [self.row([name], row).get(name) for row in rows[:CASES]]
            given = [{name: self.value_of(name, param=one)} for one in params]
            cases = [row | case for case in cases for row in given][:CASES]
        if count and count > CASES:
            follower.note(f"has {count} cases, of which the first {CASES} were followed")
        return count, cases or [{}]

    def params(self, fixture):
        """What `@pytest.fixture(params=[…])` names; MISSING where it has none."""
        found = [one.value for one in getattr(fixture_mark(fixture), "keywords", [])
                 if one.arg == "params"]
        if not found:
            return MISSING
        rows = self.follower.inside(None, self.module.top, lambda: self.follower.eval(found[0]))
        return elements(rows)

    def row(self, names, row):
        is_many = isinstance(row, list) and (len(names) > 1 or len(row) == 1)
        row = row if is_many else [row]
        return dict(zip(names, row)) if len(row) == len(names) else {}


def span(node):
    """The first and the last line of a function, from its first decorator on."""
    return min([node.lineno] + [one.lineno for one in node.decorator_list]), node.end_lineno


def methods(type, prefix):
    node = type.node
    if not node.name.startswith("Test") and not type.is_case:
        return
    name = f"{prefix}{node.name}::"
    for one in node.body:
        if is_function(one) and one.name.startswith("test"):
            yield name + one.name, one, type
        elif isinstance(one, ast.ClassDef):
            yield from methods(Type(one, None), name)


def mark_name(mark):
    return last_name(getattr(mark, "func", mark))


def fixture_mark(node):
    """The `@pytest.fixture` before a function."""
    marks = [one for one in node.decorator_list if mark_name(one) == "fixture"]
    return marks[0] if marks else None


def is_automatic(node):
    keywords = getattr(fixture_mark(node), "keywords", [])
    return any(one.arg == "autouse" and getattr(one.value, "value", 0) is True for one in keywords)


def used(marks):
    """What `@pytest.mark.usefixtures("a", "b")` names."""
    marks = [inner for one in marks for inner in (one.elts if isinstance(one, ast.List) else [one])]
    return [getattr(name, "value", "") for one in marks if isinstance(one, ast.Call)
            and last_name(one.func) == "usefixtures" for name in one.args]


# MARK: Comments


def comment_before(lines, line):
    """The first line of the comment that ends just before a line."""
    found = ""
    for place in range(line - 2, -1, -1):
        one = lines[place].strip()
        if one[:1] != "#" or one[:2] == "#!":
            break
        found = one.lstrip("#").strip() or found
    return found


def first_comment(text):
    """The first line of the comment at the top, after `#!`."""
    for line in text[:8192].splitlines():
        if line.startswith(("#!", "# -*-")) or not line.strip():
            continue
        if line.strip()[0] != "#":
            return ""
        if line.strip().lstrip("#").strip():
            return line.strip().lstrip("#").strip()
    return ""
