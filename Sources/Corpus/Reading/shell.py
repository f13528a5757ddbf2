# Follows a shell script a small way without running it, over the tree that shfmt made of it
# (`mvdan.cc/sh/v3/syntax`). A word is a text with holes, what an answer showed, or a list.

TESTS = {
    "=": "==", "==": "==", "!=": "!=", "-eq": "==", "-ne": "!=", "-lt": "<", "-le": "<=",
    "-gt": ">", "-ge": ">=", "=~": "matches", "<": "<", ">": ">",
}
FILTERS = set(
    "cat tee sort uniq gunzip zcat head tail tr cut sed awk rev fold base64 column paste nl iconv"
    " wc sha256sum md5sum sha1sum xxd od".split()
)
INNER = set("bash sh dash ash zsh python python3 node perl ruby php eval".split())
# What `set -e` looks at the end of.
BARE = set("CallExpr DeclClause TestClause ArithmCmd Block Subshell".split())

Result = collections.namedtuple("Result", "success output flow", defaults=(True, None, NEXT))
# What commands do that do nothing else.
PLAIN = {
    "true": Result(), ":": Result(), "continue": Result(), "false": Result(False),
    "break": Result(flow=BREAKS), "skip": Result(flow=ENDS),
} | {name: Result(flow=FAILS) for name in ("fail", "die", "abort", "bail", "error_exit")}
Word = kind("Word", "value sign")  # and as it is written, where nothing is quoted or filled in


def line_of(node):
    return node["Pos"]["Line"]


def literal(word):
    """The text of a word without quotes and anything to be filled in."""
    parts = (word or {}).get("Parts", [])
    is_plain = all(one.get("Type") == "Lit" for one in parts)
    return "".join(one.get("Value", "") for one in parts) if is_plain else None


def walk(node):
    if isinstance(node, dict):
        yield node
    for one in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from walk(one)


class ShellFunction:
    """A function, or a `@test` block of bats, and the file that it stands in."""

    def __init__(self, node, path, text):
        self.node, self.path, self.text = node, path, text
        self.is_test = node["Type"] == "TestDecl"
        if self.is_test:
            words = [one.get("Value") for one in walk(node["Description"])]
            self.name = "".join(one for one in words if isinstance(one, str))
        else:
            self.name = node["Name"]["Value"]
        self.lines = line_of(node), node["End"]["Line"]
        self.identity = path, *self.lines, self.name


def function(node, path, text):
    is_one = node and node.get("Type") in ("FuncDecl", "TestDecl")
    return ShellFunction(node, path, text) if is_one else None


class ShellFollower(Follower):
    DEPTH = 8

    def __init__(self, folder, script, reading):
        super().__init__(folder, script, reading)
        self.frame = Frame({}, script)
        self.text = folder.texts[script].encode()
        self.functions, self.sourced = {}, set()
        self.ends_on_error = self.counts_pipes = False
        self.success = True  # of the last command

    def sign(self, node, field="OpPos"):
        """An operator as the source has it: shfmt numbers them anew with each version."""
        start = node[field]["Offset"]
        found = re.match(rb"-[A-Za-z]+|[|&<>=!~+*/%^:?#,@-]*", self.text[start:start + 4])
        return found[0].decode()

    # MARK: Statements

    def all(self, statements, is_tested=False):
        """Runs statements; where their end is looked at by what stands around, `set -e` does not
        apply."""
        outer, self.last = getattr(self, "last", None), Result()
        tested, self.is_tested = getattr(self, "is_tested", False), is_tested
        flow = self.run(statements or [])
        result = self.last._replace(flow=flow)
        self.last, self.is_tested = outer, tested
        return result

    def statement(self, node):
        if self.frame.module == self.script:
            self.line = line_of(node)
        before = self.last
        self.last = result = self.one(node, self.is_tested)
        self.success = result.success
        if result.output is None:
            self.last = result._replace(output=before.output)
        if self.ends_on_error and not self.is_tested and result.flow == NEXT and self.is_bare(node):
            self.check(result.success)
        return result.flow

    def is_bare(self, node):
        command = node.get("Cmd") or {}
        is_pipe = command.get("Type") == "BinaryCmd" and self.sign(command) in ("|", "|&")
        return not node.get("Negated") and (is_pipe or command.get("Type") in BARE)

    def one(self, node, is_tested=True, input=None):
        command = node.get("Cmd")
        if not command:
            return Result()
        given = self.input(node)
        input = input if given is None else given
        is_negated = bool(node.get("Negated"))
        if command["Type"] == "CallExpr":
            result = self.simple(command, input)
        else:
            kept = self.frame.names.get("stdin")
            self.frame.names["stdin"] = kept if input is None else input
            method = getattr(self, "c_" + command["Type"], None)
            if method:
                result = method(command, is_tested or is_negated)
            else:
                self.note(f"a {command['Type']} is not followed")
                result = Result(Unknown(command["Type"]))
            self.frame.names["stdin"] = kept
        if is_negated:
            result = result._replace(success=negate(result.success))
        return self.redirected(node, result)

    def input(self, node):
        """What a statement reads: a here-document, a here-string, a file, a command's output."""
        for one in node.get("Redirs", []):
            sign = self.sign(one)
            if sign in ("<<", "<<-"):
                return self.value(one.get("Hdoc"))
            if sign == "<<<":
                return self.value(one["Word"])
            if sign == "<":
                value, parts = self.value(one["Word"]), one["Word"].get("Parts", [])
                is_process = any(part["Type"] == "ProcSubst" for part in parts)
                return value if is_process else self.file(value)
        return None

    def file(self, name):
        return self.frame.names.get(f"file {show(name)}")

    def redirected(self, node, result):
        """What goes into a file is found again where the file is read."""
        for one in node.get("Redirs", []):
            if one.get("N") or self.sign(one) not in (">", ">>", ">|", "&>"):
                continue
            name = show(self.value(one["Word"]))
            if not name.startswith("/dev/") and result.output is not None:
                self.frame.names[f"file {name}"] = result.output
            result = result._replace(output=None)
        return result

    # MARK: Compound commands

    def c_DeclClause(self, node, is_tested):
        for one in node.get("Args", []):
            self.assign(one)
        return Result()

    def c_FuncDecl(self, node, is_tested):
        found = function(node, self.frame.module, self.text)
        self.functions[found.name] = found
        return Result()

    c_LetClause = c_TestDecl = lambda self, node, is_tested: Result()

    def c_Block(self, node, is_tested):
        return self.all(node.get("Stmts"), is_tested)

    c_Subshell = c_Block

    def c_TimeClause(self, node, is_tested):
        return self.all([node["Stmt"]] if node.get("Stmt") else [], is_tested)

    def c_TestClause(self, node, is_tested):
        return Result(self.test(node["X"]))

    def c_ArithmCmd(self, node, is_tested):
        return Result(self.arithmetic(node["X"]))

    def c_BinaryCmd(self, node, is_tested):
        sign = self.sign(node)
        if sign not in ("&&", "||"):
            return self.pipe(node)
        first = self.one(node["X"])
        if first.flow != NEXT:
            return first
        reached = first.success if sign == "&&" else negate(first.success)
        second = Result()

        def other():
            nonlocal second
            second = self.one(node["Y"])
            return second.flow

        flow, fails = self.way(reached, other)
        self.close(flow)
        if fails:
            self.check(negate(reached))
            self.loop_fails = True
            return Result(output=first.output)
        if flow in (ENDS, RETURNS, BREAKS):
            self.exits += [reached] if flow != BREAKS else []
            self.loop_exits.append(reached)
        if sign == "&&":
            output = first.output if second.output is None else second.output
            return Result(All([first.success, second.success]), output)
        # `|| true`
        success = second.success is True or Any([first.success, second.success])
        return Result(success, first.output)

    def pipe(self, node):
        first = self.one(node["X"])
        if self.frame.module == self.script:
            self.line = line_of(node["Y"])
        kept = dict(self.frame.names)
        second = self.one(node["Y"], input=first.output)
        self.frame.names = both(kept, self.frame.names)
        if not self.counts_pipes:
            return second
        # What is not known of one says nothing of the others.
        ends = [first.success, second.success]
        known = [one for one in ends if not isinstance(one, Unknown)]
        return second._replace(success=All(known or ends))

    def c_IfClause(self, node, is_tested, prior=()):
        if not node.get("Cond"):
            return self.all(node.get("Then"))
        claim = self.all(node["Cond"], True).success
        outputs = []

        def then():
            result = self.all(node.get("Then"))
            outputs.insert(0, result.output)
            return result.flow

        def otherwise():
            if not node.get("Else"):
                return NEXT
            result = self.c_IfClause(node["Else"], is_tested, (*prior, claim))
            outputs.append(result.output)
            return result.flow

        flow = self.decide(claim, then, otherwise, prior)
        return Result(output=next((one for one in outputs if one is not None), None), flow=flow)

    def is_bad_end(self, flow):
        # `return 1` where the function's own end is what is asked for.
        return self.is_unit and len(self.active) == 1 and self.gives_bad(flow)

    is_unit = False

    def c_WhileClause(self, node, is_tested):
        claim = self.all(node.get("Cond"), True).success
        stays = negate(claim) if node.get("Until") else claim
        self.while_loop(stays, lambda: self.all(node.get("Do")).flow)
        return Result()

    def c_ForClause(self, node, is_tested):
        loop = node["Loop"]
        name = loop.get("Name", {}).get("Value", "")
        values = [one for item in loop.get("Items", [])[:65] for one in self.words(item)]
        if len(values) > self.ELEMENTS:
            self.note(f"a loop over more than {self.ELEMENTS} words is followed in part")
        is_known = bool(values) and not any(one == HOLE or isinstance(one, Rest) for one in values)

        def assign(value):
            self.frame.names[name] = HOLE if isinstance(value, Rest) else value

        def body():
            return self.all(node.get("Do")).flow

        self.for_loop(values[:self.ELEMENTS] or [HOLE], is_known, assign, body)
        return Result()

    def c_CaseClause(self, node, is_tested):
        value, line, good, bad = self.value(node["Word"]), self.line, [], []
        fails_else = False
        for entry in node.get("Items", []):
            patterns = [matches(value, show(self.value(one, True))) for one in entry["Patterns"]]
            claim = Any(patterns)
            flow, fails = self.way(claim, lambda: self.all(entry.get("Stmts")).flow)
            self.close(flow)
            (bad if fails else good).append(claim)
            fails_else = fails_else or fails and True in patterns
            if not fails and flow != NEXT:
                self.loop_exits.append(claim)
        self.line = line
        for one in [Any(good)] if fails_else else [negate(one) for one in bad]:
            self.check(one)
        return Result()

    # MARK: Words

    def value(self, word, is_pattern=False):
        """A word as one value; backslashes of a pattern mean something to what reads it."""
        parts = (word or {}).get("Parts", [])
        return whole([one for part in parts for one in self.piece(part, is_pattern)])

    def piece(self, node, is_pattern=False, is_quoted=False):
        kind = node["Type"]
        if kind == "Lit":
            is_raw = is_pattern and not is_quoted
            return [node["Value"] if is_raw else unescaped(node["Value"], is_quoted)]
        if kind == "SglQuoted":
            text = node.get("Value", "")
            return [text.replace("\\n", "\n").replace("\\t", "\t") if node.get("Dollar") else text]
        if kind == "DblQuoted":
            parts = node.get("Parts", [])
            return [one for part in parts for one in self.piece(part, is_pattern, True)]
        if kind == "ParamExp":
            return [self.expansion(node)]
        if kind in ("CmdSubst", "ProcSubst"):
            inner = self.all(node.get("Stmts"), True)
            self.success = inner.success
            return [HOLE if inner.output is None else inner.output]
        return [HOLE]

    def words(self, word):
        """The words that a word is expanded to: elements of an array, what stands in braces, and a
        text with blanks that is not quoted."""
        parts = word.get("Parts", [])
        is_quoted = len(parts) == 1 and parts[0]["Type"] == "DblQuoted"
        inner = parts[0].get("Parts", []) if is_quoted else parts
        if len(inner) == 1 and inner[0].get("Param") and not inner[0].get("Exp"):
            name, index = inner[0]["Param"]["Value"], literal(inner[0].get("Index"))
            if name in ("@", "*") or index in ("@", "*"):
                value = self.frame.names.get(name)
                return value if isinstance(value, list) else [value if is_seen(value) else Rest()]
            value = self.value(word)
            is_many = isinstance(value, str) and not is_quoted and re.search(r"\s", value)
            return words_of(value) if is_many else [value]
        if any(one["Type"] == "Lit" and "{" in one["Value"] for one in parts):
            text = "".join(one["Value"] if one["Type"] == "Lit" else
                           show(whole(self.piece(one))).replace(",", "\0") for one in parts)
            text = re.sub(r"{[^{},]*\.\.[^{},]*}", HOLE, text)
            return [unescaped(one).replace("\0", ",") for one in braced([text])]
        return [self.value(word)]

    def expansion(self, node):
        """`$name`, `${name:-preset}` and their like."""
        name = node["Param"]["Value"]
        known = self.frame.names.get(name)
        if node.get("Length"):
            return part(known, "length")
        if node.get("Excl"):
            return HOLE
        if node.get("Slice") or node.get("Repl"):
            return part(known, "part")
        if node.get("Index"):
            index = literal(node["Index"])
            if not isinstance(known, list) or index in ("@", "*"):
                return known if is_seen(known) or isinstance(known, list) else HOLE
            place = int(index) if re.fullmatch("[0-9]{1,4}", index or "") else len(known)
            return known[place] if place < len(known) else HOLE
        if isinstance(known, list):
            known = known[0] if known else HOLE
        if not node.get("Exp"):
            unset = Outcome(self.success) if name == "?" else HOLE
            return unset if known is None else known
        end = node["Param"]["End"]["Offset"]
        sign = self.text[end:end + 2].decode("utf-8", "replace")
        word = node["Exp"].get("Word")
        if sign[:1] in (":", "-", "=", "?"):
            if known not in (None, "") or sign[-1:] in ("?", "+"):
                return HOLE if sign[-1:] == "+" or known is None else known
            return self.value(word)
        cut = show(self.value(word))
        is_plain = isinstance(known, str) and cut and not re.search(r"[*?\[…]", cut)
        if is_plain and sign[:1] in ("%", "#"):
            return known.removesuffix(cut) if sign[0] == "%" else known.removeprefix(cut)
        return part(known, "part")

    def assign(self, node):
        name = (node.get("Name") or {}).get("Value")
        if not name or node.get("Naked"):
            return
        old = self.frame.names.get(name)
        if node.get("Array"):
            entries = node["Array"].get("Elems", [])
            written = [entry["Value"] for entry in entries if entry.get("Value")]
            own = [one for word in written for one in self.words(word)]
            before = old if node.get("Append") and isinstance(old, list) else []
            is_keyed = any(one.get("Index") for one in entries)
            self.frame.names[name] = HOLE if is_keyed else (before + own)[:1000]
            return
        value = self.value(node.get("Value"))
        if node.get("Append"):
            value = bounded((HOLE if old is None else show(old)) + show(value))
        self.frame.names[name] = value
        if isinstance(value, str) and self.notes_failure(name, value):
            self.frame.noted = True

    # MARK: Commands

    def simple(self, node, input):
        assigned = True
        for one in node.get("Assigns", []):
            self.assign(one)
            parts = (one.get("Value") or {}).get("Parts", [])
            if any(part["Type"] == "CmdSubst" for part in parts):
                assigned = self.success
        args = node.get("Args", [])
        words = [Word(value, literal(word)) for word in args for value in self.words(word)]
        return self.command(words, input) if words else Result(assigned, input)

    def command(self, words, input):
        first, rest = show(words[0].value), words[1:]
        if first in self.functions:
            return self.call(self.functions[first], [one.value for one in rest])
        name, texts = program(first), [show(one.value) for one in rest]
        if name in PLAIN:
            return PLAIN[name]
        name = ALIASES.get(name, name)
        tool = TOOLS.get(name)
        result = tool(self, rest, texts, input) if tool else None
        if result is not None:
            return result
        if name in FILTERS:
            return Result(output=filtered(self, name, texts, input))
        if name in BEFORE:
            inner = without_prefix([name] + texts)
            if not inner or name == "command" and "-v" in texts:
                return Result()
            return self.command(rest[len(rest) - len(inner):], input)
        if name in INNER:
            self.note(f"what `{name}` runs is not read")
            return Result(Unknown(name), part(input, name) if is_seen(input) else None)
        return self.outside(words, input)

    def outside(self, words, input):
        """A program that reaches for something."""
        texts = [show(one.value) for one in words if not isinstance(one.value, Rest)]
        requests, call = command(texts, len(texts) < len(words))
        if not requests and not call and texts and program(texts[0]) not in HARMLESS:
            self.note(f"`{short(texts[0])}` is not known")
        result = Result(Unknown(short(" ".join(texts))))
        for asked in requests:
            source, printed = self.ask(asked)
            success = well(source) if asked.fails else Unknown(f"curl {source.text}")
            result = Result(success, printed)
            if asked.file:
                self.frame.names[f"file {asked.file}"] = Seen(source, "body")
        if call:
            kind, text = call
            # The statement that a client reads from its input says more than its options.
            if kind == "sql" and isinstance(input, str) and input not in ("", HOLE):
                text = input
            source = self.system(kind, text)
            result = Result(Atom(source, "exit", ("==", "0")), Seen(source, "output"))
        return result

    def b_test(self, words, texts, input):
        if words and words[-1].sign == "]":
            words = words[:-1]
        return Result(self.tested(words))

    def b_exit(self, words, texts, input):
        success = self.ending(words)
        if isinstance(success, bool):
            return Result(success, flow=ENDS if success else FAILS)
        if not isinstance(success, Unknown):
            self.check(success)
        return Result(success, flow=ENDS)

    def b_return(self, words, texts, input):
        success = self.ending(words)
        return Result(success, flow=self.returns(Outcome(success)))

    def ending(self, words):
        if not words:
            return self.success
        value = words[0].value
        if isinstance(value, Outcome):
            return value.claim
        is_code = re.fullmatch("[0-9]+", show(value))
        return int(value) == 0 if is_code else Unknown("exit " + show(value))

    def b_set(self, words, texts, input):
        for one in texts:
            if re.match("[-+][a-z]*e", one):
                self.ends_on_error = one[0] == "-"
        self.ends_on_error = self.ends_on_error or "errexit" in texts
        if "pipefail" in texts:
            self.counts_pipes = "+o" not in texts
        return Result()

    def b_shift(self, words, texts, input):
        names, index = self.frame.names, 1
        while str(index + 1) in names:
            names[str(index)] = names[str(index + 1)]
            index += 1
        names.pop(str(index), None)
        return Result()

    def b_source(self, words, texts, input):
        name = texts[0] if texts else ""
        path = self.folder.sourced(name, self.script)
        if not path:
            self.note(f"the sourced file {name} is not here")
        if not path or path in self.sourced:
            return Result()
        self.sourced.add(path)
        tree = self.folder.shell(path)
        if isinstance(tree, tuple):
            self.note(f"{path} line {tree[0]}: {tree[1]}")
            return Result()
        outer = self.frame.module, self.text
        self.frame.module, self.text = path, self.folder.texts[path].encode()
        flow = self.all(tree.get("Stmts")).flow
        self.frame.module, self.text = outer
        return Result(flow=FAILS if flow == FAILS else NEXT)

    # MARK: Functions

    def call(self, function, values):
        if self.is_main and function.name in self.units:
            return Result(Unknown(function.name))
        if not self.entering(function.identity, function.name):
            return Result(Unknown(function.name))
        names = {name: one for name, one in self.frame.names.items() if not is_place(name)}
        known = [one for one in values if not isinstance(one, Rest)]
        names |= {str(place): one for place, one in enumerate(known, 1)}
        if len(known) == len(values):
            names["@"] = values
        frame, text, outer = Frame(names, function.path), self.text, self.frame
        self.text = function.text
        result = self.inside(function.identity, frame, lambda: self.all([function.node["Body"]]))
        self.text = text
        own = {name: one for name, one in outer.names.items() if is_place(name)}
        outer.names = {name: one for name, one in frame.names.items() if not is_place(name)} | own
        if frame.returned:
            if result.flow == NEXT:
                frame.returned.append((None, Outcome(result.success)))
            result = result._replace(success=self.result(frame).claim)
        is_back = result.flow in (RETURNS, BREAKS)
        return result._replace(flow=NEXT) if is_back else result

    # MARK: Tests

    def tested(self, words):
        """What stands between `[` and `]`: one comparison, or several with `-a` or `-o` between
        them."""
        signs = [one.sign for one in words]
        for sign, kind in (("-o", Any), ("-a", All)):
            if sign in signs and "(" not in signs and "\\(" not in signs:
                place = signs.index(sign)
                return kind([self.tested(words[:place]), self.tested(words[place + 1:])])
        if signs[:1] == ["!"]:
            while signs[:2] == ["!", "!"]:
                words, signs = words[2:], signs[2:]
            return negate(self.tested(words[1:]))
        if len(words) == 3 and signs[1] in TESTS:
            return compare_words(words[0].value, TESTS[signs[1]], words[2].value)
        if len(words) == 2 and re.fullmatch("-[a-zA-Z]", signs[0] or ""):
            return self.unary(signs[0], words[1].value)
        if len(words) == 1:
            return truth_of(words[0].value)
        self.note(f"`[ {short(' '.join(show(one.value) for one in words))} ]` is not followed")
        return Unknown("test")

    def unary(self, sign, value):
        seen = self.file(value) if sign == "-s" else value
        if not is_seen(seen) or sign not in ("-n", "-s", "-z"):
            return Unknown(f"{sign} {show(value)}")
        return negate(holds(seen)) if sign == "-z" else holds(seen)

    def test(self, node):
        """What stands between `[[` and `]]`."""
        kind, sign = node.get("Type"), self.sign(node) if "OpPos" in node else ""
        if kind == "ParenTest":
            return self.test(node["X"])
        if kind == "UnaryTest" and sign == "!":
            return negate(self.test(node["X"]))
        if kind == "UnaryTest":
            return self.unary(sign, self.value(node["X"]))
        if kind == "BinaryTest" and sign in ("&&", "||"):
            return (All if sign == "&&" else Any)([self.test(node["X"]), self.test(node["Y"])])
        if kind == "BinaryTest" and sign in TESTS:
            left, right = self.value(node["X"]), self.value(node["Y"], True)
            return compare_words(left, TESTS[sign], right, True)
        return Unknown(f"test {sign}") if sign else truth_of(self.value(node))

    def arithmetic(self, node):
        """What stands between `((` and `))`: comparisons of variables and numbers."""
        kind, sign = node.get("Type"), self.sign(node) if "OpPos" in node else ""
        if kind == "ParenArithm":
            return self.arithmetic(node["X"])
        if kind == "UnaryArithm" and sign == "!":
            return negate(self.arithmetic(node["X"]))
        if kind == "BinaryArithm" and sign in ("&&", "||"):
            return (All if sign == "&&" else Any)([self.arithmetic(node[one]) for one in "XY"])
        if kind == "BinaryArithm" and sign in COMPARE:
            sides = [self.value(node[one]) for one in "XY"]
            sides = [self.frame.names.get(show(one), one) for one in sides]
            return compare_words(sides[0], sign, sides[1])
        return Unknown("(( … ))")


class ShellUnits:
    def __init__(self, folder, path, reading):
        self.text, self.is_bats = folder.texts[path], folder.headers[path]["language"] == "bats"
        self.lines = self.text.split("\n")
        self.follower = ShellFollower(folder, path, reading)
        self.tree = folder.shell(path)
        commands = [one.get("Cmd") for one in self.tree.get("Stmts", [])]
        found = [function(one, path, self.follower.text) for one in commands]
        self.functions = [one for one in found if one]

    def units(self):
        follower = self.follower
        # A program's tests are what it calls itself.
        found = [] if follower.reading == "program" else self.found()
        is_tested = self.is_bats or any(one.is_test for one in found)
        follower.ends_on_error = is_tested or bool(re.match("#!.* -[a-z]*e", self.text))
        follower.units = {one.name for one in found if not one.is_test}
        follower.is_main = True
        # The functions are known wherever they stand.
        follower.functions = {one.name: one for one in self.functions if not one.is_test}
        result = self.all(self.tree.get("Stmts"))
        if not found:
            self.end(result)
        follower.is_main = False
        main = unit(follower, None, "", 1, 1)
        names, ends_on_error = follower.frame.names, follower.ends_on_error
        units = [self.read(one, dict(names), ends_on_error) for one in found]
        main["unread"] += [] if follower.is_certain else self.never_called()
        return main, units

    def all(self, statements):
        try:
            return self.follower.all(statements)
        except Left as left:
            return Result(flow=left.flow)

    def end(self, result):
        if result.flow == NEXT:
            self.follower.check(result.success)

    def found(self):
        tests = [one for one in self.functions if one.is_test or one.name.startswith("test_")]
        if tests:
            # The last of several with one name is the one that runs.
            last = {one.name: one for one in tests}
            return [one for one in tests if last[one.name] is one]
        checks = [one for one in self.functions if one.name.startswith(("check_", "verify_"))]
        words = [(literal(one), line_of(one)) for one in walk(self.tree) if one.get("Parts")]
        return checks if separate([(one.name, *one.lines) for one in checks], words) else []

    def never_called(self):
        """Functions that look at something and that nothing was seen to call."""
        def looks(node):
            calls = [literal(one["Args"][0]) for one in walk(node) if one.get("Args")]
            return not {"curl", "wget", "psql", "docker", "abra"}.isdisjoint(calls)

        return [
            [one.lines[0], f"nothing was seen to call `{one.name}`"]
            for one in self.functions
            if not one.is_test and one.identity not in self.follower.entered
            and self.follower.functions[one.name].identity == one.identity
            and looks(one.node)
        ]

    def read(self, one, names, ends_on_error):
        follower = self.follower
        follower.begin(one.lines[0])
        follower.entered.add(one.identity)
        follower.ends_on_error = ends_on_error
        outer, follower.frame = follower.frame, Frame(names, one.path)
        self.hook(one, "setup_file setup")
        follower.frame = Frame(follower.frame.names, one.path)
        follower.is_unit = True
        body = [one.node["Body"]]
        result = follower.inside(one.identity, follower.frame, lambda: self.all(body))
        follower.is_unit = False
        self.end(result)
        self.hook(one, "teardown teardown_file")
        follower.frame = outer
        comment = comment_before(self.lines, one.lines[0])
        about = comment or (one.name if one.is_test else "")
        return unit(follower, one.name, about, *one.lines)

    def hook(self, test, names):
        for name in names.split():
            if test.is_test and name in self.follower.functions:
                self.follower.call(self.follower.functions[name], [])
