# What Python's libraries ask and show: calls by their whole names, and methods of what is known.

# Methods that leave what was seen what it is.
TRANSPARENT = set(
    "lower upper strip rstrip lstrip decode encode casefold title splitlines split items keys"
    " values copy read json getvalue readlines fetchone fetchall scalar".split()
)
# Methods of texts that are known. None can make a text much longer.
TEXT_METHODS = set(
    "strip lstrip rstrip removeprefix removesuffix lower upper casefold split".split()
)
CONVERTING = set(
    "str int float bytes dict list tuple set sorted frozenset iter repr json.dumps copy.deepcopy"
    " next".split()
)
ASSERTED = {
    "assertEqual": "==", "assertEquals": "==", "assertNotEqual": "!=", "assertIn": "in",
    "assertNotIn": "not in", "assertLess": "<", "assertLessEqual": "<=", "assertGreater": ">",
    "assertGreaterEqual": ">=", "assertIs": "==", "assertIsNot": "!=", "assertRegex": "matches",
    "assertIsInstance": "is a",
}


# MARK: Methods


def method_of(self, name, base, given, node):
    """What a method of a value gives; MISSING for one that is not known."""
    if isinstance(base, Answer):
        if name == "raise_for_status":
            self.raises(well(base.source))
            return base
        if name == "getheader":
            return Seen(base.source, "header " + given.text(0, "name").lower())
        return attribute(self, name, base, node.func) if name in SHOWN else MISSING
    if isinstance(base, Headers):
        if name in ("get", "getheader", "get_all"):
            return Seen(base.source, "header " + given.text(0, "key").lower())
        return base if name in ("items", "keys", "values") else MISSING
    if is_seen(base):
        return method_of_seen(name, base, given)
    if isinstance(base, Client):
        return method_of_client(self, name, base, given)
    if isinstance(base, Process):
        if name == "check_returncode":
            self.check(Atom(base.source, "exit", ("==", "0")))
            return None
        return Seen(base.source, "output") if name in ("communicate", "wait", "read") else MISSING
    if isinstance(base, str):
        return method_of_text(name, base, given)
    if isinstance(base, dict):
        if name == "get":
            return base.get(key_of(given.get(0)), given.get(1, "default", None))
        lists = {"items": map(list, base.items()), "keys": base, "values": base.values()}
        return list(lists[name]) if name in lists else MISSING
    if isinstance(base, Cursor) or name in ("execute", "fetchrow"):
        return statement_of(self, name, base, given)
    return asserted(self, name, given, node) if isinstance(base, (Unknown, Object)) else MISSING


def method_of_client(self, name, base, given):
    if name in METHODS:
        return self.sent(name, base.prefix, 0, given)
    if name in ("request", "stream", "open", "urlopen"):
        return self.sent(show(given.get(0, "method", "GET")), base.prefix, 1, given)
    if name == "getresponse":
        return Answer(self.last_request or self.request("GET", HOLE))
    return base


def statement_of(self, name, base, given):
    text = given.get(0)
    if isinstance(text, str) and re.match("execu|fetch|query|comma|run", name):
        return Seen(self.system("sql", text), "output")
    if name.startswith("fetch") and self.last_call:
        return Seen(self.last_call, "output")
    return base if isinstance(base, Cursor) else MISSING


def method_of_seen(name, base, given):
    source, subject = base
    first = given.get(0, "", None)
    if name == "json" and subject == "body":
        return Seen(source, "JSON")
    if name in ("get", "pop"):
        return Seen(source, item(subject, show(first)))
    if name == "startswith" and subject == "status" and re.fullmatch("[1-5]", show(first)):
        return status(source, int(first) * 100, int(first) * 100 + 99)
    if name in ("startswith", "endswith"):
        return holds(base, name.replace("swith", "s with"), operand(first))
    is_same = name in TRANSPARENT and (name != "split" or not given.places)
    words = "" if not given.places else operand(first)
    return base if is_same else Seen(source, worded(f"{bare(subject)}.{name}({words})"))


def method_of_text(name, text, given):
    places = given.places
    if name == "format":
        return formatted(r"{(\w*)(?:[:!][^{}]*)?}", text, places, given.names)
    if name == "join":
        parts = given.get(0)
        return bounded(text.join(map(show, parts))) if isinstance(parts, list) else HOLE
    if name in ("encode", "decode"):
        return text
    is_known = all(isinstance(one, str) and not set(one) & set(HOLE) for one in places)
    if name not in TEXT_METHODS or not is_known or name == "split" and HOLE in text:
        return MISSING
    try:
        return getattr(text, name)(*places)
    except (TypeError, ValueError):
        return MISSING


def formatted(pattern, text, values, names=()):
    """A text with its places filled, by `%` or by `format`."""
    values = list(values) if isinstance(values, list) else [values]
    names = dict(names)

    def fill(found):
        if found[0] == "%%":
            return "%"
        is_named = found[1] and found[0] == "{%s}" % found[1]
        if not is_named and found[0] not in ("{}", "%s", "%d"):
            if values and found[0] != HOLE:
                values.pop(0)
            return HOLE
        if found[1] and found[0][0] == "{":
            place = int(found[1]) if found[1].isdigit() else None
            numbered = dict(enumerate(given))
            return show(names.get(found[1]) if place is None else numbered.get(place))
        return show(values.pop(0)) if values else HOLE

    given = list(values)
    return bounded(re.sub(pattern, fill, text))


def asserted(self, name, given, node):
    """`self.assertEqual(…)` and its like; MISSING for any other method."""
    if name == "fail":
        raise Left(FAILS)
    if name[:6] != "assert":
        return MISSING
    first, second = given.get(0, "first", None), given.get(1, "second")
    words = node.args + [node, node]
    result = Unknown(node)
    if name in ASSERTED and second is not MISSING:
        result = self.compare(first, ASSERTED[name], second, *words[:2])
    elif name in ("assertTrue", "assertFalse"):
        result = self.claimed(first, words[0])
        result = result if name == "assertTrue" else negate(result)
    elif name in ("assertIsNone", "assertIsNotNone"):
        sign = "==" if name == "assertIsNone" else "!="
        result = self.compare(first, sign, None, words[0], ast.Constant(None))
    self.check_written(result, written(node))
    return None


# MARK: Calls


def call_library(self, name, given, node):
    module, _, last = name.rpartition(".")
    if module in REQUESTERS and last in METHODS:
        return self.sent(last, "", 0, given)
    if module in REQUESTERS and last in ("request", "stream"):
        return self.sent(given.text(0, "method"), "", 1, given)
    if name in CLIENTS:
        base = given.names.get("base_url", given.names.get("prefix_url", ""))
        # The host of `http.client` is no part of the path.
        return Client(HOLE if last.endswith("Connection") else show(base))
    if name in DATABASES:
        return Cursor()
    if name in COMMANDS:
        return run_command(self, last, given)
    if name in FAILING:
        raise Left(FAILS)
    if name in LEAVING:
        raise Left(self.leave(given.get(0, "", None)))
    if name == "pytest.skip":
        self.closing = PROGRAM if self.is_certain else self.closing
        return None
    if name in CONVERTING:
        return converted(last, given.get(0, "", Unknown(node)), node)
    value = LIBRARY[name](self, given, node) if name in LIBRARY else MISSING
    if value is not MISSING:
        return value
    # Named as a method and given a path, it is a request.
    if last in METHODS and is_address(given.text(0, "url")):
        return self.sent(last, "", 0, given)
    self.note_functions(given, node.func)
    top = name.partition(".")[0]
    if top not in HARMLESS_MODULES | BUILTINS or top in REACHING_MODULES:
        self.note(f"`{name}` is not known")
    return self.worked(node, *given.all)


def run_command(self, last, given):
    words = given.get(0, "args")
    if isinstance(words, str):
        if re.search("[|&;<>`$(]", words):
            self.note(f"the shell's line `{short(words)}` is not read")
            return Unknown("command")
        words = words_of(words)
    words = [show(one) for one in words] if isinstance(words, list) else [HOLE]
    checks = last.startswith("check_") or given.names.get("check") is True
    requests, call = command(words)
    if requests:
        source, printed = self.ask(requests[0])
        self.last_call = source
        if requests[0].fails and checks:
            self.raises(well(source))
        is_body = printed and printed.subject == "body" and last in ("run", "Popen")
        return Process(source) if is_body else printed or Seen(source, "value output of curl")
    source = self.system(*(call or ("command", " ".join(words))))
    if checks:
        self.raises(Atom(source, "exit", ("==", "0")))
    if last in ("run", "Popen"):
        return Process(source)
    return Seen(source, "exit" if last in ("call", "check_call", "system") else "output")


def urlopen(self, given, node):
    asked = given.get(0, "url")
    if not isinstance(asked, Prepared):
        asked = prepared(self, given, node)
    has_data = asked.method == "GET" and given.get(1, "data", None) is not None
    source = self.request("POST" if has_data else asked.method, asked.address)
    # It raises for any other.
    self.raises(well(source))
    return Answer(source)


def prepared(self, given, node):
    method = "GET" if given.get(1, "data", None) is None else "POST"
    return Prepared(show(given.names.get("method", method)), given.text(0, "url"))


def urljoin(self, given, node):
    base, path = given.text(0, "base"), given.text(1, "url")
    if "://" in path or path[:1] == "/":
        return path if "://" in path else HOLE + path
    return (base[:base.rfind("/") + 1] or base + "/") + path


def loaded(self, given, node):
    first = given.get(0)
    is_whole = isinstance(first, Answer) or is_seen(first) and first.subject in ("body", "JSON")
    return Seen(first.source, "JSON") if is_whole else self.worked(node, first)


def length(self, given, node):
    first = given.get(0)
    if is_seen(first):
        return Seen(first.source, worded(f"length of {first.subject}"))
    return len(first) if isinstance(first, list) else MISSING


def every(self, given, node):
    first = given.get(0)
    if isinstance(first, list):
        return All([self.claimed(one, node) for one in first])
    # Of elements that are not known one by one, only what holds for all is what each must be.
    return self.claimed(first.value, node) if isinstance(first, Each) else MISSING


def some(self, given, node):
    first = given.get(0)
    is_list = isinstance(first, list)
    return Any([self.claimed(one, node) for one in first]) if is_list else MISSING


def is_instance(self, given, node):
    first = given.get(0)
    return holds(first, "is a", operand(given.get(1))) if is_seen(first) else MISSING


def counted(self, given, node):
    bounds = [one for one in given.places if type(one) is int]
    is_known = 0 < len(bounds) == len(given.places) < 3
    values = range(*bounds) if is_known else []
    return [*values] if is_known and len(values) <= 1000 else Unknown(node)


def numbered(self, given, node):
    values = elements(given.get(0))
    return Unknown(node) if values is None else [[*pair] for pair in enumerate(values)]


def found(self, given, node):
    text = given.get(1, "string")
    return holds(text, "matches", operand(given.get(0))) if is_seen(text) else MISSING


def converted(name, value, node):
    if name == "str" and type(value) is int:
        return str(value)
    if name == "int" and isinstance(value, str):
        return int(value) if re.fullmatch("[0-9]{1,9}", value) else Unknown(node)
    if name == "next" and isinstance(value, (Each, list)):
        return element(value) if isinstance(value, Each) else value[0] if value else Unknown(node)
    return Unknown(node) if value is None or isinstance(value, Unknown) else value


LIBRARY = {
    "urllib.request.urlopen": urlopen,
    "urllib.request.Request": prepared,
    "urllib.parse.urljoin": urljoin,
    "urllib.parse.urlencode": lambda _, given, node: with_query("", given.get(0, "query"))[1:],
    "urllib.parse.quote": lambda _, given, node: given.text(0, "string"),
    "urllib.parse.quote_plus": lambda _, given, node: given.text(0, "string"),
    "os.getenv": lambda _, given, node: given.get(1, "default", Unknown(node)),
    "os.environ.get": lambda _, given, node: given.get(1, "default", Unknown(node)),
    "json.loads": loaded,
    "json.load": loaded,
    "pytest.param": lambda _, given, node: given.places,
    # What is given by name is no part of what is read.
    "functools.partial": lambda _, given, node: given.get(0) if len(given.places) == 1 else MISSING,
    "asyncio.run": lambda _, given, node: given.get(0, "", None),
    "asyncio.gather": lambda _, given, node: given.get(0, "", None),
    "bool": lambda self, given, node: self.claimed(given.get(0, "", None), node),
    "len": length,
    "all": every,
    "any": some,
    "isinstance": is_instance,
    "range": counted,
    "enumerate": numbered,
} | {f"re.{name}": found for name in ("search", "match", "fullmatch", "findall")}
