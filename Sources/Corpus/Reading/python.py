# Follows a Python program a small way without running it.

# Libraries, by the whole names of what makes requests, sends statements and runs commands.
METHODS = set("get post put patch delete head options".split())
REQUESTERS = {"requests", "requests.api", "httpx", "urllib3"}
CLIENTS = set(
    "requests.Session requests.session httpx.Client httpx.AsyncClient aiohttp.ClientSession"
    " urllib3.PoolManager http.client.HTTPConnection http.client.HTTPSConnection"
    " urllib.request.build_opener httplib2.Http".split()
)
DATABASES = set(
    "psycopg2.connect psycopg.connect sqlite3.connect pymysql.connect mysql.connector.connect"
    " asyncpg.connect clickhouse_driver.Client clickhouse_connect.get_client"
    " MySQLdb.connect".split()
)
COMMANDS = set(
    "subprocess.run subprocess.call subprocess.check_call subprocess.check_output subprocess.Popen"
    " subprocess.getoutput subprocess.getstatusoutput os.system os.popen pexpect.spawn pexpect.run"
    " sh.Command".split()
)
FAILING = set("fail die abort bail pytest.fail".split())
LEAVING = set("sys.exit exit quit os._exit".split())
# Parameters and fixtures that stand for a client.
CLIENT_NAMES = set("client session http api browser sess web http_client api_client".split())
# Fixtures of pytest itself, and what scripts call their own bookkeeping.
HARMLESS_NAMES = set(
    "tmp_path tmpdir tmp_path_factory monkeypatch capsys capfd caplog request record_property"
    " recwarn subtests pytestconfig self cls args argv options opts parser log logger".split()
)
# Modules whose functions reach for nothing that an older script could be about, beside those of
# Python itself; and those of Python that do.
HARMLESS_MODULES = sys.stdlib_module_names | set(
    "bs4 colorama dateutil dotenv faker jwt lxml pyotp pytest rich tenacity yaml environ"
    " ElementTree requests httpx aiohttp urllib3 psycopg2 psycopg httplib2".split()
)
REACHING_MODULES = set(
    "socket smtplib ftplib imaplib poplib telnetlib nntplib xmlrpc socketserver webbrowser".split()
)
BUILTINS = set(dir(builtins))
# Methods of texts, lists, files and the like.
HARMLESS_METHODS = {name for one in (str, bytes, list, dict, set, int) for name in dir(one)} | set(
    "add_argument add_parser add_subparsers addfinalizer as_posix as_uri close critical debug"
    " delenv digest error exception exists expanduser flush getoption group groupdict groups"
    " hexdigest info is_dir is_file is_set isoformat joinpath log mkdir parse_args read read_bytes"
    " read_text readline readlines resolve rglob glob seek set set_defaults setenv setLevel"
    " strftime timestamp total_seconds unlink warning with_suffix write write_bytes write_text"
    " total sleep subTest setUp tearDown skipTest addCleanup id".split()
)

# What attributes and methods of an answer show.
SHOWN = {
    "status": "status status_code code statuscode getcode",
    "body": "text content body data read",
    "address": "url geturl",
    "header set-cookie": "cookies",
    "JSON": "json",
}
SHOWN = {name: subject for subject, names in SHOWN.items() for name in names.split()}
RANGES = {
    "ok": (100, 399), "is_success": (200, 299), "is_redirect": (300, 399),
    "is_permanent_redirect": (300, 399), "is_error": (400, 599),
}
SIGNS = {
    "Add": "+", "Sub": "-", "Mult": "*", "Div": "/", "FloorDiv": "//", "Mod": "%", "Pow": "**",
    "BitOr": "|", "BitAnd": "&", "BitXor": "^", "LShift": "<<", "RShift": ">>", "MatMult": "@",
    "Eq": "==", "NotEq": "!=", "Lt": "<", "LtE": "<=", "Gt": ">", "GtE": ">=", "Is": "==",
    "IsNot": "!=", "In": "in", "NotIn": "not in",
}
HTTP_ERRORS = set(
    "HTTPError URLError OSError IOError Exception BaseException RequestException"
    " HTTPStatusError".split()
)
MISSING = object()


def sign(operator):
    return SIGNS.get(type(operator).__name__, "?")


def last_name(node):
    """`failures` of `self.failures`."""
    return getattr(node, "id", None) or getattr(node, "attr", None) or ""


def root(node):
    """The name that it begins with: `page` of `page.locator("x").first`."""
    while not isinstance(node, ast.Name):
        node = getattr(node, "value", None) or getattr(node, "func", None)
        if not isinstance(node, ast.AST):
            return None
    return node.id


def mentions(node, names):
    return any(last_name(one) in names for one in ast.walk(node))


def is_function(node):
    return isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))


def definitions(statements, wanted):
    """Functions, or classes, in a list of statements, also under an `if` or a `try`."""
    for node in statements:
        if wanted(node):
            yield node
        elif isinstance(node, (ast.If, ast.Try, ast.With)):
            inner = [getattr(node, name, []) for name in ("body", "orelse", "finalbody")]
            inner += [handler.body for handler in getattr(node, "handlers", [])]
            for body in inner:
                yield from definitions(body, wanted)


def looks_at_something(node):
    """Whether anything is asserted or asked in a function."""
    for one in ast.walk(node):
        if isinstance(one, (ast.Assert, ast.Raise)):
            return True
        if isinstance(one, ast.Call):
            name = last_name(one.func)
            if name in METHODS - {"get"} | {"urlopen", "check_call", "check_output", "execute"}:
                return True
            if root(one.func) in ("requests", "httpx"):
                return True
    return False


class Module:
    def __init__(self, path, tree):
        self.path, self.body = path, tree.body
        self.top = Frame({}, self)


class Function:
    """A function or a lambda, with the names around one that stands in another."""

    def __init__(self, node, module, owner=None, around=()):
        self.node, self.module, self.owner, self.around = node, module, owner, dict(around)
        self.name = getattr(node, "name", "lambda")


class Type:
    def __init__(self, node, module):
        self.node, self.module = node, module

    @property
    def is_case(self):
        return any(last_name(base).endswith("TestCase") for base in self.node.bases)


class Object:
    def __init__(self, type):
        self.type, self.fields = type, {}


class Given:
    """What a call is given, by place and by name."""

    def __init__(self, places=(), names=()):
        self.places, self.names = list(places), dict(names)

    @property
    def all(self):
        return self.places + [self.names[name] for name in sorted(self.names)]

    def get(self, place, name="", preset=MISSING):
        if name in self.names:
            return self.names[name]
        return self.places[place] if place < len(self.places) else preset

    def text(self, place, name):
        value = self.get(place, name)
        return HOLE if value is MISSING else show(value)


class PythonFollower(Follower):
    def __init__(self, folder, script, reading):
        super().__init__(folder, script, reading)
        self.modules = {}
        self.unit_calls = {}

    # MARK: Modules

    def module(self, path, tree=None):
        """The module at a path beside the script, read once; None where there is none."""
        if path in self.modules or path is None:
            return self.modules.get(path)
        tree = tree or self.folder.python(path)
        if isinstance(tree, tuple):
            self.note(f"{path} line {tree[0]}: {tree[1]}")
            tree = ast.Module(body=[])
        module = self.modules[path] = Module(path, tree)
        is_script = path == self.script
        is_program = is_script and self.reading != "tests"
        module.top.names["__name__"] = "__main__" if is_program else path
        if is_script:
            self.inside(None, module.top, lambda: self.run(module.body))
            return module
        # What a helper does while it is imported is not what the script asks.
        kept = self.facts, self.steps, self.is_main, self.closing
        self.facts, self.steps, self.is_main = {}, self.STEPS, False
        self.inside(None, module.top, lambda: self.run(module.body))
        self.facts, self.steps, self.is_main, self.closing = kept
        return module

    def at(self, node):
        if self.frame.module.path == self.script:
            self.line = getattr(node, "lineno", self.line)

    # MARK: Statements

    def statement(self, node):
        self.at(node)
        method = getattr(self, "s_" + type(node).__name__.removeprefix("Async"), None)
        if method:
            return method(node) or NEXT
        self.note(f"a `{type(node).__name__.lower()}` is not followed")
        self.perhaps(lambda: [self.eval(one) for one in ast.iter_child_nodes(node)
                              if isinstance(one, ast.expr)])
        return NEXT

    def s_Pass(self, node):
        return NEXT

    s_Global = s_Nonlocal = s_Delete = s_Pass

    def s_Expr(self, node):
        call = node.value
        if isinstance(call, ast.Call):
            name, given = last_name(call.func), call.args[:1]
            target = getattr(call.func, "value", None)
            if name == "append" and given:
                if last_name(target) in FAILURE_NAMES:
                    self.frame.noted = True
                values = self.frame.names.get(getattr(target, "id", None))
                if isinstance(values, list) and len(values) < self.ELEMENTS:
                    self.frame.names[target.id] = values + [self.eval(given[0])]
                    return
            elif name in ("print", "error", "critical") and given:
                pieces = getattr(given[0], "values", given)
                text = getattr(pieces[0], "value", None) if pieces else None
                if isinstance(text, str) and text.startswith(FAILURE_TEXTS):
                    self.frame.noted = True
        self.eval(call)

    def s_Assign(self, node):
        if node.value is None:
            return
        value = self.eval(node.value)
        targets = getattr(node, "targets", None) or [node.target]
        if isinstance(node.value, ast.Constant) and isinstance(value, int):
            if self.notes_failure(last_name(targets[0]), value):
                self.frame.noted = True
        for target in targets:
            self.assign(value, target)

    s_AnnAssign = s_Assign

    def s_AugAssign(self, node):
        if last_name(node.target) in FAILURE_NAMES:
            self.frame.noted = True
        value = self.combine(sign(node.op), self.eval(node.target), self.eval(node.value))
        self.assign(value, node.target)

    def s_Return(self, node):
        return self.returns(self.eval(node.value) if node.value else None)

    def s_Raise(self, node):
        if node.exc is None:
            return FAILS
        self.eval(node.exc)
        if isinstance(node.exc, ast.Call) and last_name(node.exc.func) == "SystemExit":
            return self.leave(self.eval(node.exc.args[0]) if node.exc.args else None)
        return FAILS

    def s_Assert(self, node):
        claim = self.truth(node.test)
        if isinstance(node.test, ast.Constant) and isinstance(claim, bool):
            return NEXT if claim else FAILS
        self.check_written(claim, "assert " + written(node.test))

    def s_Break(self, node):
        return BREAKS

    def s_Continue(self, node):
        return CONTINUES

    def s_If(self, node, prior=()):
        test = self.truth(node.test)
        # Only what asks who runs it is settled; everything else may go both ways.
        if isinstance(test, bool) and mentions(node.test, {"__name__"}):
            return self.run(node.body if test else node.orelse)

        def otherwise():
            if len(node.orelse) == 1 and isinstance(node.orelse[0], ast.If):
                return self.s_If(node.orelse[0], (*prior, test))
            return self.run(node.orelse)

        return self.decide(test, lambda: self.run(node.body), otherwise, prior)

    def s_While(self, node):
        self.while_loop(self.truth(node.test), lambda: self.run(node.body))
        return self.after(node)

    def s_For(self, node):
        # A loop that only counts.
        is_range = isinstance(node.iter, ast.Call) and last_name(node.iter.func) == "range"
        source = Unknown("range") if is_range else self.eval(node.iter)
        values = elements(source)
        self.for_loop(
            [element(source)] if values is None else values,
            is_range or values is not None,
            lambda value: self.assign(value, node.target),
            lambda: self.run(node.body),
        )
        return self.after(node)

    def after(self, node):
        """The `else` of a loop, which is reached where no way out was taken."""
        flow = self.run(node.orelse)
        if flow != FAILS or not self.exits:
            return flow
        self.check(any_of(self.exits))
        self.exits = []

    def s_With(self, node):
        for entry in node.items:
            call = entry.context_expr
            if last_name(getattr(call, "func", None)) in ("raises", "assertRaises"):
                # Something must go wrong in it.
                self.frame.raised.append([])
                self.run(node.body)
                raised = self.frame.raised.pop()
                is_http = call.args and mentions(call.args[0], HTTP_ERRORS) and raised
                return self.check(negate(All(raised)) if is_http else Unknown(call), True)
            value = self.eval(call)
            if entry.optional_vars:
                self.assign(value, entry.optional_vars)
        return self.run(node.body)

    def s_Try(self, node):
        frame, before = self.frame, self.last_request
        catching = [one for one in node.handlers if not one.type or mentions(one.type, HTTP_ERRORS)]
        if catching:
            frame.raised.append([])
        # What goes wrong in it may be passed over.
        is_lenient = any(passes_over(one.body[-1]) for one in node.handlers)
        is_swallowed = any(mentions_assertions(one) and is_idle(one.body) for one in node.handlers)
        self.swallowed += is_swallowed
        try:
            flow = self.perhaps(lambda: self.run(node.body)) if is_lenient else self.run(node.body)
        finally:
            self.swallowed -= is_swallowed
        raised = frame.raised.pop() if catching else []
        if flow == NEXT and node.orelse:
            flow = self.run(node.orelse)
            # What had to be refused was not.
            if flow == FAILS or self.gives_bad(flow):
                for one in raised:
                    self.check(negate(one))
        after = left = frame.names
        for handler in node.handlers:
            frame.names = dict(after)
            if handler.name:
                # Only an HTTP error carries an answer, that to the last request.
                is_answer = handler.type and mentions(handler.type, {"HTTPError"})
                is_answer = is_answer and self.last_request is not before
                value = Answer(self.last_request) if is_answer else Unknown(handler.name)
                frame.names[handler.name] = value
            noted, frame.noted = frame.noted, False
            handled = self.perhaps(lambda: self.run(handler.body))
            fails, frame.noted = handled == FAILS or frame.noted, noted
            if handled == NEXT:
                flow, left = NEXT, both(left, frame.names)
            if handler in catching and (fails or self.gives_bad(handled)):
                for one in raised:
                    self.check(one)
        frame.names = left
        last = self.run(node.finalbody)
        return flow if last == NEXT else last

    s_TryStar = s_Try

    def s_FunctionDef(self, node):
        frame = self.frame
        around = () if frame is frame.module.top else frame.names
        frame.names[node.name] = Function(node, frame.module, around=around)

    def s_ClassDef(self, node):
        self.frame.names[node.name] = Type(node, self.frame.module)

    def s_Import(self, node):
        for entry in node.names:
            name = entry.asname or entry.name.partition(".")[0]
            path = self.folder.module(entry.name, self.frame.module.path)
            whole = entry.name if entry.asname else name
            self.frame.names[name] = self.module(path) or Library(whole)

    def s_ImportFrom(self, node):
        place = "." * node.level + (node.module or "")
        here = self.frame.module.path
        module = self.module(self.folder.module(place, here))
        names = module.top.names if module else {}
        for entry in node.names:
            inner = place + ("" if place.endswith(".") else ".") + entry.name
            if entry.name == "*" and module:
                public = {name: names[name] for name in names if name[0] != "_"}
                self.frame.names.update(public)
            elif entry.name == "*":
                self.note(f"what `from {place} import *` brings is not known")
            elif entry.name in names:
                self.frame.names[entry.asname or entry.name] = names[entry.name]
            else:
                value = self.module(self.folder.module(inner, here)) or Library(inner)
                self.frame.names[entry.asname or entry.name] = value

    # MARK: Names and objects

    def assign(self, value, target):
        if isinstance(target, ast.Name):
            self.frame.names[target.id] = value
        elif isinstance(target, ast.Starred):
            self.assign(Unknown("rest"), target.value)
        elif isinstance(target, (ast.List, ast.Tuple)):
            values = elements(value)
            for index, one in enumerate(target.elts):
                if values and len(values) == len(target.elts):
                    self.assign(values[index], one)
                elif is_seen(value):
                    self.assign(Seen(value.source, item(value.subject, str(index))), one)
                else:
                    self.assign(Unknown(one), one)
        elif isinstance(target, ast.Attribute):
            owner = self.eval(target.value)
            if isinstance(owner, Object):
                owner.fields[target.attr] = value
        elif isinstance(target, ast.Subscript):
            base = self.eval(target.value)
            name = getattr(target.value, "id", None)
            if name and isinstance(base, dict) and len(base) < self.ELEMENTS:
                self.frame.names[name] = base | {key_of(self.eval(target.slice)): value}

    # MARK: Expressions

    def eval(self, node):
        method = getattr(self, "e_" + type(node).__name__, None)
        return method(node) if method else Unknown(node)

    def e_Name(self, node):
        for names in (self.frame.names, self.frame.module.top.names):
            if node.id in names:
                return names[node.id]
        is_own = node.id in BUILTINS or node.id in FAILING | LEAVING
        return Library(node.id) if is_own else Unknown(node)

    def e_Constant(self, node):
        value = node.value
        if isinstance(value, bytes):
            value = value.decode("utf-8", "replace")
        if isinstance(value, str):
            return value.encode("utf-8", "replace").decode()
        return value if value is None or isinstance(value, (bool, int, float)) else Unknown(node)

    def e_JoinedStr(self, node):
        return bounded("".join(
            self.e_Constant(one) if isinstance(one, ast.Constant)
            else HOLE if one.format_spec or one.conversion != -1 else show(self.eval(one.value))
            for one in node.values
        ))

    def e_Attribute(self, node):
        return attribute(self, node.attr, self.eval(node.value), node)

    def e_List(self, node):
        values = []
        for one in node.elts:
            value = self.eval(one)
            is_rest = isinstance(one, ast.Starred)
            values += (elements(value) or [Unknown("rest")]) if is_rest else [value]
        return values

    e_Tuple = e_Set = e_List

    def e_Dict(self, node):
        pairs = {}
        for key, value in zip(node.keys, node.values):
            value = self.eval(value)
            if key:
                pairs[key_of(self.eval(key))] = value
            else:
                pairs |= value if isinstance(value, dict) else {Unknown("**"): value}
        return pairs

    def e_UnaryOp(self, node):
        if isinstance(node.op, ast.Not):
            return negate(self.truth(node.operand))
        value = self.eval(node.operand)
        is_number = isinstance(node.op, ast.USub) and type(value) in (int, float)
        return -value if is_number else Unknown(node)

    def e_BinOp(self, node):
        return self.combine(sign(node.op), self.eval(node.left), self.eval(node.right), node)

    def combine(self, sign, left, right, node=None):
        if sign == "+":
            if isinstance(left, list) and isinstance(right, list) and len(left + right) < 1000:
                return left + right
            if type(left) is int and type(right) is int:
                return left + right
            if isinstance(left, str) or isinstance(right, str):
                return bounded(show(left) + show(right))
        if sign == "/" and isinstance(left, str):
            return bounded(f"{left}/{show(right)}")
        if sign == "%" and isinstance(left, str):
            return formatted(r"%(\([^)]*\))?[-0-9.+ #]*([a-zA-Z%])", left, right)
        if sign == "|" and isinstance(left, dict) and isinstance(right, dict):
            return left | right
        if is_seen(left):
            if left.subject == "status" and sign == "//" and right == 100:
                return Seen(left.source, "value status // 100")
            return Seen(left.source, worded(f"{left.subject} {sign} {operand(right)}"))
        if is_seen(right):
            return Seen(right.source, worded(f"{operand(left)} {sign} {right.subject}"))
        return Unknown(node or f"{operand(left)} {sign} {operand(right)}")

    def e_BoolOp(self, node):
        is_any = isinstance(node.op, ast.Or)
        values = self.parts(node, self.eval)
        if not any(is_claim(one) or source_of(one) or isinstance(one, Each) for one in values):
            # `os.environ.get("X") or "https://…"`
            plain = (str, int, list, dict, Client)
            known = [one for one in values if isinstance(one, plain) and one]
            if is_any and known:
                return known[0]
            if not is_any and not isinstance(values[-1], Unknown):
                return values[-1]
        parts = [self.claimed(value, one) for value, one in zip(values, node.values)]
        return (Any if is_any else All)(parts)

    def parts(self, node, read):
        """The sides of `and` and `or`; one that never comes back says what the others must be."""
        is_any, values = isinstance(node.op, ast.Or), []
        for one in node.values:
            try:
                is_sure = not values or not is_any
                values.append(read(one) if is_sure else self.perhaps(lambda: read(one)))
            except Left as left:
                if not values:
                    raise
                claims = [self.claimed(*pair) for pair in zip(values, node.values)]
                before = (Any if is_any else All)(claims)
                if left.flow == FAILS:
                    self.check(before if is_any else negate(before))
        return values

    def e_Compare(self, node):
        left, before, claims = self.eval(node.left), node.left, []
        for operator, other in zip(node.ops, node.comparators):
            right = self.eval(other)
            claims.append(self.compare(left, sign(operator), right, before, other))
            left, before = right, other
        return claims[0] if len(claims) == 1 else All(claims)

    def e_IfExp(self, node):
        test = self.truth(node.test)
        then, other = [self.perhaps(lambda: self.eval(one)) for one in (node.body, node.orelse)]
        if type(then) is int and type(other) is int and (then == 0) != (other == 0):
            return Outcome(test if then == 0 else negate(test))
        if isinstance(then, bool) and isinstance(other, bool) and then != other:
            return test if then else negate(test)
        return either(then, other)

    def e_Lambda(self, node):
        return Function(node, self.frame.module, around=self.frame.names)

    def e_ListComp(self, node):
        return self.comprehension(node, node.generators)

    e_SetComp = e_GeneratorExp = e_DictComp = e_ListComp

    def comprehension(self, node, clauses):
        """A list for each element of what is written down; one that leaves some out is not
        followed."""
        if not clauses:
            return self.eval(getattr(node, "elt", None) or node.value)
        clause = clauses[0]
        source = self.eval(clause.iter)
        values = elements(source)
        is_whole = not clause.ifs and not isinstance(node, ast.DictComp)
        if values is None or not is_whole:
            self.assign(element(source), clause.target)
            for condition in clause.ifs:
                self.eval(condition)
            inner = self.perhaps(lambda: self.comprehension(node, clauses[1:]))
            is_each = is_whole and source_of(inner)
            return Each(inner) if is_each else self.worked(node, source, inner)
        result = []
        for value in values:
            self.assign(value, clause.target)
            result.append(self.comprehension(node, clauses[1:]))
            self.steps -= 1
            if self.steps <= 0:
                return Unknown(node)
        return result

    def e_NamedExpr(self, node):
        value = self.eval(node.value)
        self.assign(value, node.target)
        return value

    def e_Await(self, node):
        return self.eval(node.value)

    e_Starred = e_Await

    def e_Yield(self, node):
        if node.value:
            self.frame.returned.append((None, self.eval(node.value)))

    e_YieldFrom = e_Yield

    def e_Subscript(self, node):
        base = self.eval(node.value)
        if isinstance(node.slice, ast.Slice):
            is_answer = is_seen(base)
            return part(base, "a slice") if is_answer else self.worked(node, base)
        key = self.eval(node.slice)
        if isinstance(base, Headers) and isinstance(key, str):
            return Seen(base.source, "header " + key.lower())
        if isinstance(base, Answer) and isinstance(key, str):
            return Seen(base.source, "field " + key)
        if is_seen(base):
            return Seen(base.source, item(base.subject, show(key)))
        if isinstance(base, list) and type(key) is int and -len(base) <= key < len(base):
            return base[key]
        if isinstance(base, dict):
            return base.get(key_of(key), Unknown(node))
        return self.worked(node, base)

    def worked(self, node, *values):
        """As it is written, with the answer that it comes from."""
        source = source_of(list(values))
        return Seen(source, worded(written(node))) if source else Unknown(node)

    # MARK: Claims

    def truth(self, node):
        """The claim of a condition."""
        if isinstance(node, ast.BoolOp):
            parts = self.parts(node, self.truth)
            return (Any if isinstance(node.op, ast.Or) else All)(parts)
        return self.claimed(self.eval(node), node)

    def claimed(self, value, node):
        return Unknown(node) if isinstance(value, (Unknown, Each)) else claim(value)

    def compare(self, left, sign, right, left_node, right_node):
        is_equality = sign in ("==", "!=")
        if is_equality and isinstance(left, Outcome) and right == 0:
            return left.claim if sign == "==" else negate(left.claim)
        if is_equality and is_claim(left) and isinstance(right, bool):
            return left if (sign == "==") == right else negate(left)
        result = compared(left, sign, right)
        if result is None and sign in MIRRORED:
            result = compared(right, MIRRORED[sign], left)
        if result is not None:
            return result
        plain = (int, str)
        if sign == "==" and isinstance(left, plain) and isinstance(right, plain):
            if HOLE not in show(left) + show(right):
                return left == right
        # The same words for the same thing, whatever is known of it.
        is_known = right is not None and not isinstance(right, Unknown)
        words = operand(right) if is_known else written(right_node)
        return Atom(None, worded(written(left_node)), (sign, words))

    # MARK: Calls

    def e_Call(self, node):
        callee, base = node.func, MISSING
        name = last_name(callee)
        if isinstance(callee, ast.Attribute):
            base = self.eval(callee.value)
            function = attribute(self, name, base, callee)
        else:
            function = self.eval(callee)
        given = self.given(node)
        self.at(node)
        if isinstance(function, Function):
            return self.enter(function, given)
        if isinstance(function, Type):
            return make(self, function, given)
        if isinstance(function, Library):
            return call_library(self, function.name, given, node)
        if base is not MISSING:
            value = method_of(self, name, base, given, node)
            if value is not MISSING:
                return value
            # Something like a client that is only known at run time, with something like a path.
            if name in METHODS and is_address(given.text(0, "url")):
                return self.sent(name, "", 0, given)
        self.name_unfollowed(callee, base, function, name, given)
        if base is not MISSING and isinstance(base, Unknown) and base.text in CLIENT_NAMES:
            if name in METHODS:
                return self.sent(name, "", 99, given)
        return self.worked(node, base, *given.all)

    def name_unfollowed(self, callee, base, function, name, given):
        """A call of what is not known: what it may hide is named."""
        first = root(callee)
        if isinstance(base, Object):
            if not base.type.is_case and name not in HARMLESS_METHODS:
                self.note(f"`{base.type.node.name}.{name}` is not known")
        elif isinstance(base, Unknown) and base.text == first:
            is_client = first in CLIENT_NAMES and name in METHODS
            if not is_client and name not in HARMLESS_METHODS and first not in HARMLESS_NAMES:
                self.note(f"`{written(callee)}` is not known")
        elif base is MISSING and (is_seen(function) or isinstance(function, Unknown)):
            self.note(f"`{written(callee)}` is not known")
        self.note_functions(given, callee)

    def note_functions(self, given, callee):
        """A function that is given to what is not followed may be called by it."""
        for one in given.all:
            if isinstance(one, Function) and looks_at_something(one.node):
                self.entered.add(one.node)
                self.note(f"`{written(callee)}` may call `{one.name}`, which is not followed")

    def given(self, node):
        given = Given()
        for one in node.args:
            value = self.eval(one)
            if isinstance(one, ast.Starred):
                given.places += elements(value) or [Unknown("rest")]
            else:
                given.places.append(value)
        for one in node.keywords:
            value = self.eval(one.value)
            if one.arg:
                given.names[one.arg] = value
            elif isinstance(value, dict):
                given.names |= {key: value[key] for key in value if isinstance(key, str)}
        return given

    def enter(self, function, given):
        """Enters a function of the program."""
        node = function.node
        if self.is_main and node in self.units:
            self.unit_calls.setdefault(node, []).append(given)
            return Unknown(function.name)
        if not self.entering(node, function.name):
            return Unknown(function.name)
        frame = Frame(function.around, function.module)
        bind(self, function, given, frame)
        if isinstance(node, ast.Lambda):
            return self.inside(node, frame, lambda: self.eval(node.body))
        flow = self.inside(node, frame, lambda: self.run(node.body))
        if flow in (FAILS, ENDS) and not frame.returned:
            raise Left(flow)
        return self.result(frame)

    def sent(self, method, prefix, place, given):
        """One request, by whatever makes it."""
        path = address(prefix, given.text(place, "url"))
        return Answer(self.request(method, with_query(path, given.names.get("params"))))


def key_of(value):
    is_plain = value is None or isinstance(value, (str, int, float))
    return value if is_plain else Unknown("key")


def elements(value):
    """The elements of what is written down; None where they are not known, or too many."""
    is_known = isinstance(value, (list, dict)) and len(value) <= Follower.ELEMENTS
    return [*value] if is_known else None


def element(value):
    """Any element of what is not written down."""
    if is_seen(value):
        return Seen(value.source, item(value.subject, "*"))
    if isinstance(value, (Headers, Answer)):
        return Seen(value.source, "value element")
    return value.value if isinstance(value, Each) else Unknown("element")


def is_address(text):
    return text.startswith(("/", "http", HOLE + "/"))


def mentions_assertions(handler):
    """Whether it takes what an `assert` raises."""
    names = {"AssertionError", "Exception", "BaseException"}
    return not handler.type or mentions(handler.type, names)


def is_idle(body):
    """Whether nothing in it can fail, now or later: it says something at most."""
    says = {"print", "debug", "info", "warning", "warn", "error", "exception", "log"}
    return all(
        isinstance(one, (ast.Pass, ast.Continue)) or isinstance(one, ast.Expr)
        and (isinstance(one.value, ast.Constant)
             or isinstance(one.value, ast.Call) and last_name(one.value.func) in says)
        for one in body)


def mentions_any(nodes, names):
    return any(mentions(one, names) for one in nodes)


def passes_over(last):
    """Whether nothing in a handler that ends so fails at once."""
    if isinstance(last, ast.Return):
        value = getattr(last.value, "value", None)
        return value is True or value == 0 and value is not False or not isinstance(value, int)
    call = getattr(last, "value", None)
    name = last_name(call.func) if isinstance(call, ast.Call) else ""
    return not isinstance(last, ast.Raise) and name not in FAILING | {"exit", "_exit"}
