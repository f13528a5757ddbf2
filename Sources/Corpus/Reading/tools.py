# What the shell's own commands and the programs around it make of what an answer showed.


def run_echo(self, words, texts, input):
    values = [one.value for one in words if show(one.value)[:1] != "-"]
    seen = next((one for one in values if is_seen(one)), None)
    if seen:
        is_plain = len(values) == 1 or len(values) == 2 and show(values[0])[:2] == "%s"
        return Result(output=seen if is_plain else part(seen, "text"))
    text = bounded(" ".join(show(one) for one in values))
    if text.startswith(FAILURE_TEXTS):
        self.frame.noted = True
    return Result(output=text)


def filtered(self, name, texts, input):
    """What a program gives on of what it reads, changed or cut."""
    options = " ".join(texts)
    file = next((self.file(one) for one in texts if self.file(one) is not None), None)
    value = input if file is None else file
    if not is_seen(value):
        return value
    # `-w '\n%{http_code}'`: the last line is the status, what stands before it the body.
    if value.subject == "value body and status":
        if name == "tail" and options in ("-1", "-n1", "-n 1"):
            return Seen(value.source, "status")
        if name == "sed" and options == "$d" or name == "head" and options in ("-n -1", "-n-1"):
            return Seen(value.source, "body")
    # Of headers only a line is looked for.
    is_line = name in ("head", "tail", "tr") and (
        value.subject == "header any" or options.startswith("-d")
    )
    is_whole = name in ("cat", "tee", "sort", "uniq", "gunzip", "zcat") or is_line
    return value if is_whole else part(value, name)


def run_grep(self, words, texts, input):
    options, rest = "", []
    while texts:
        text, texts = texts[0], texts[1:]
        if text in ("-e", "--regexp") and texts:
            rest, texts = texts[:1] + rest, texts[1:]
        elif re.fullmatch("-[A-Za-z]*[ABCm]", text):
            texts = texts[1:]
        elif text[:1] == "-" and len(text) > 1:
            options += "" if text[:2] == "--" else text
        else:
            rest.append(text)
    found = next((self.file(one) for one in rest[1:] if self.file(one) is not None), None)
    value = input if found is None else found
    if not is_seen(value) or not rest:
        return Result(Unknown(short("grep " + " ".join(rest))), value)
    # `\S` is not `\s`.
    pattern = rest[0].lower() if "i" in options and "\\" not in rest[0] else rest[0]
    is_plain = "F" in options or not re.search(r"[\^$*+?\[\]()|\\.]", pattern)
    claim = holds(value, "contains" if is_plain else "matches", quoted(pattern))
    if value.subject == "header any":
        claim = header(value.source, pattern)
    printed = part(value, "grep") if re.search("[oc]", options) else value
    return Result(Unknown("grep -v") if "v" in options else claim, printed)


def run_jq(self, words, texts, input):
    is_test = any(re.match("-[a-zA-Z]*e", one) for one in texts)
    rest = [one for one in texts if one[:1] != "-"]
    found = next((self.file(one) for one in rest[1:] if self.file(one) is not None), None)
    value = input if found is None else found
    if not is_seen(value) or not rest or value.subject != "body":
        return Result(Unknown("jq"), part(value, "jq") if is_seen(value) else value)
    source, text = value.source, rest[0].strip()
    compared = re.fullmatch(
        r'\.([\w.\[\]-]+) *(==|!=|>=|<=|>|<) *("[^"]*"|-?[0-9.]+|true|false|null)', text
    )
    if compared:
        path, sign, other = compared.groups()
        claim = Atom(source, "field " + path, (sign, other))
        # Without `-e` it prints `true` or `false`.
        return Result(claim if is_test else True, Seen(source, worded("jq " + text)))
    path = re.fullmatch(r"\.([\w.\[\]-]*)", text)
    subject = worded("jq " + text)
    if path:
        subject = item("JSON", path[1]) if path[1] else "JSON"
    shown = Seen(source, subject)
    return Result(holds(shown) if is_test else True, shown)


def run_diff(self, words, texts, input):
    sides = [self.file(one.value) if is_seen(self.file(one.value)) else one.value for one in words]
    seen = next((one for one in sides + [input] if is_seen(one)), None)
    return Result(holds(seen, "==", HOLE)) if seen else None


def run_run(self, words, texts, input):
    place = next((place for place, one in enumerate(texts) if one[:1] not in ("-", "!")), None)
    result = Result() if place is None else self.command(words[place:], input)
    output = HOLE if result.output is None else result.output
    self.frame.names |= {
        "status": Outcome(result.success), "output": output, "lines": part(output, "line")
    }
    return Result(flow=NEXT if result.flow == FAILS else result.flow)


def run_assert_success(self, words, texts, input):
    status = self.frame.names.get("status")
    return Result(status.claim if isinstance(status, Outcome) else Unknown("status"))


def run_assert_failure(self, words, texts, input):
    return Result(negate(run_assert_success(self, words, texts, input).success))


def run_assert_output(self, words, texts, input):
    output = self.frame.names.get("output")
    if not is_seen(output) or not texts:
        return Result(Unknown("assert_output"))
    is_part, is_pattern = {"--partial", "-p"} & {*texts}, {"--regexp", "-e"} & {*texts}
    if not is_part and not is_pattern:
        return Result(compare_words(output, "==", texts[-1]))
    return Result(holds(output, "contains" if is_part else "matches", quoted(texts[-1])))


def run_assert_line(self, words, texts, input):
    return run_assert_output(self, words, ["-p"] + texts, input)


def run_refute_output(self, words, texts, input):
    return Result(negate(run_assert_output(self, words, texts, input).success))


def run_assert_equal(self, words, texts, input):
    is_pair = len(words) > 1
    return Result(compare_words(words[0].value, "==", words[1].value)) if is_pair else None


def run_xargs(self, words, texts, input):
    place = next((place for place, one in enumerate(texts) if not re.match(r"-|\d+$", one)), None)
    if place is None:
        return None
    more = words_of(input) if isinstance(input, str) else [HOLE]
    return self.command(words[place:] + [Word(one, None) for one in more], None)


def run_read(self, words, texts, input):
    given = self.frame.names.get("stdin") if input is None else input
    for one in texts:
        if one[:1] != "-":
            self.frame.names[one] = HOLE if given is None else given
    return Result()


def run_trap(self, words, texts, input):
    # What a script does at its end is tidying up.
    for one in [one for text in texts for one in words_of(text)]:
        if one in self.functions:
            self.entered.add(self.functions[one].identity)
    if "ERR" in texts and any("exit" in one for one in texts):
        self.ends_on_error = True
    return Result()


def run_load(self, words, texts, input):
    name = texts[0] if texts else "bats-"
    name += "" if name.endswith("sh") else ".bash"
    return Result() if "bats-" in name else self.b_source(words, [name], input)


TOOLS = {
    "echo": run_echo,
    "grep": run_grep,
    "jq": run_jq,
    "diff": run_diff,
    "run": run_run,
    "assert_success": run_assert_success,
    "assert_failure": run_assert_failure,
    "assert_output": run_assert_output,
    "assert_line": run_assert_line,
    "refute_output": run_refute_output,
    "assert_equal": run_assert_equal,
    "xargs": run_xargs,
    "read": run_read,
    "trap": run_trap,
    "load": run_load,
    "test": ShellFollower.b_test,
    "exit": ShellFollower.b_exit,
    "return": ShellFollower.b_return,
    "set": ShellFollower.b_set,
    "shift": ShellFollower.b_shift,
    "source": ShellFollower.b_source,
}
ALIASES = {
    "[": "test", ".": "source", "mapfile": "read", "readarray": "read", "printf": "echo",
    "egrep": "grep", "fgrep": "grep", "rg": "grep", "cmp": "diff", "assert_equals": "assert_equal",
}
