# What is known of a value without running anything, and what a script claims of it.
#
# A plain value stands for itself: None, a truth, a number, a text (with `{…}` where a part is not
# known), a list, a dictionary. Everything else is one of the kinds below. A claim is True or False,
# an Atom, All or Any of several, or Unknown.

import ast, builtins, collections, http, json, re, resource, shlex, signal, sys

HOLE = "{…}"


def kind(name, fields=""):
    return collections.namedtuple(name, fields)


Seen = kind("Seen", "source subject")  # what an answer showed
Answer = kind("Answer", "source")
Headers = kind("Headers", "source")
Process = kind("Process", "source")  # a command that was run
Each = kind("Each", "value")  # a list that is not written down, by what each element is
Outcome = kind("Outcome", "claim")  # an exit status that is 0 where the claim holds
Client = kind("Client", "prefix")  # makes requests
Cursor = kind("Cursor")  # sends statements
Prepared = kind("Prepared", "method address")  # a request that is not sent yet
Library = kind("Library", "name")
Rest = kind("Rest")  # any number of words that are not known

Atom = kind("Atom", "source subject condition")  # a set of status codes, or comparison and operand
All = kind("All", "parts")
Any = kind("Any", "parts")


class Source:
    """A request or a call that was made."""

    def __init__(self, text):
        self.text = text


class Unknown:
    """As it is written: a text or a node."""

    def __init__(self, what):
        self.what = what

    @property
    def text(self):
        return self.what if isinstance(self.what, str) else written(self.what)


# MARK: Texts


def short(text):
    words = " ".join(text.split())
    return words if len(words) <= 200 else words[:199] + "…"


def quoted(text):
    return '"' + re.sub(r'(["\\])', r"\\\1", short(text)) + '"'


def bounded(text):
    """A text that was put together; one that grows without end is not known."""
    return text if len(text) <= 10_000 else HOLE


def written(node):
    """An expression as it would be written by somebody else."""
    try:
        return short(re.sub(r"'([^'\"\\]*)'", r'"\1"', ast.unparse(node)))
    except RecursionError:
        return "…"


def show(value):
    """What a value puts into a text."""
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, (bool, int, float)) else HOLE


def operand(value, depth=3):
    """A value as the side of a comparison."""
    if isinstance(value, str):
        return HOLE if value == HOLE else quoted(value)
    if value is None:
        return "None"
    if isinstance(value, list) and depth:
        return short(", ".join(operand(one, depth - 1) for one in value[:50]))
    if isinstance(value, dict) and depth:
        pairs = [f"{operand(k)}: {operand(v, depth - 1)}" for k, v in list(value.items())[:50]]
        return short("{" + ", ".join(pairs) + "}")
    if isinstance(value, Seen):
        return short("the " + value.subject)
    return value.name if isinstance(value, Library) else show(value)


# MARK: Subjects


def worded(words):
    return "value " + short(words)


def bare(subject):
    """A subject as a part of another's."""
    return subject.removeprefix("value ")


def part(seen, name):
    """Something that is worked out of what an answer showed; a hole for anything else."""
    return Seen(seen.source, worded(f"{name} of {bare(seen.subject)}")) if is_seen(seen) else HOLE


def is_seen(value):
    return isinstance(value, Seen)


def item(subject, key):
    """A part of what is looked at: a field of a JSON answer, a header, an element."""
    if subject == "JSON" or subject.startswith("field "):
        path = subject[6:]
        if re.fullmatch("[-*0-9]+", key):
            return f"field {path}[{key}]"
        return "field " + (f"{path}.{key}" if path else key)
    if subject == "header any":
        return "header " + key.lower()
    return subject if subject == "output" else worded(f"{bare(subject)}[{key}]")


def source_of(value, depth=4):
    """The request or the call that a value comes from; None where there is none."""
    if isinstance(value, (Seen, Answer, Headers, Process, Atom)):
        return value.source
    inner = []
    if isinstance(value, (All, Any)):
        inner = value.parts
    elif isinstance(value, list):
        inner = value[:50]
    elif isinstance(value, dict):
        inner = list(value.values())[:50]
    elif isinstance(value, (Each, Outcome)):
        inner = value
    elif hasattr(value, "fields"):
        inner = list(value.fields.values())
    found = (source_of(one, depth - 1) for one in inner if depth)
    return next((source for source in found if source), None)


# MARK: Claims

CODES = frozenset(range(100, 600))
COMPARE = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}
MIRRORED = {
    "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "in": "contains",
    "not in": "lacks",
}
INVERSE = {
    "==": "!=", "<": ">=", "<=": ">", "in": "not in", "contains": "lacks",
    "starts with": "does not start with", "ends with": "does not end with",
    "matches": "does not match", "is a": "is not a", "is there": "is not there",
    "counts as true": "does not count as true",
}
INVERSE |= {other: one for one, other in INVERSE.items()}


def status(source, first, last=None):
    return Atom(source, "status", frozenset(range(first, (last or first) + 1)))


def well(source):
    """What a client takes for a good answer."""
    return status(source, 100, 399)


def compare_codes(sign, code):
    """What a comparison with one number leaves of all status codes; None where it is no code."""
    if sign in COMPARE and 0 <= code <= 1000:
        return frozenset(one for one in CODES if COMPARE[sign](one, code))
    return None


def holds(seen, comparison="counts as true", operand=""):
    return Atom(seen.source, seen.subject, (comparison, operand))


def is_claim(value):
    return isinstance(value, (bool, Atom, All, Any))


def claim(value):
    """Whether a value counts as true."""
    if is_claim(value) or isinstance(value, Unknown):
        return value
    if isinstance(value, str) and HOLE in value:
        return Unknown("text")
    if value is None or isinstance(value, (int, float, str, list, dict)):
        return bool(value)
    if isinstance(value, Answer):
        return well(value.source)
    if isinstance(value, Seen):
        return holds(value)
    if isinstance(value, Headers):
        return Atom(value.source, "header any", ("is there", ""))
    if isinstance(value, Process):
        return Atom(value.source, "output", ("counts as true", ""))
    if isinstance(value, Outcome):
        return negate(value.claim)
    return Unknown("a list") if isinstance(value, Each) else True


def negate(claim):
    if isinstance(claim, bool):
        return not claim
    if isinstance(claim, All):
        return Any([negate(one) for one in claim.parts])
    if isinstance(claim, Any):
        return All([negate(one) for one in claim.parts])
    if isinstance(claim, Unknown):
        return Unknown("not " + claim.text)
    condition = claim.condition
    if isinstance(condition, frozenset):
        return claim._replace(condition=CODES - condition)
    return claim._replace(condition=(INVERSE[condition[0]], condition[1]))


def is_settled(claim):
    """Whether it says nothing of anything: true or false whatever is answered."""
    if isinstance(claim, (All, Any)):
        return all(is_settled(one) for one in claim.parts)
    return isinstance(claim, bool)


def sees(claim):
    """Whether anything that a request or a call gave is looked at."""
    return source_of(claim, 100) is not None


def any_of(claims):
    """One of several, without those that only ask for the time where others look at an answer."""
    return Any([one for one in claims if sees(one)] or claims)


def describe(claim):
    if isinstance(claim, Atom):
        return f"{claim.subject} {describe_condition(claim.condition)}"
    if isinstance(claim, (All, Any)):
        sign = " and " if isinstance(claim, All) else " or "
        return "(" + sign.join(describe(one) for one in claim.parts) + ")"
    return short(claim.text) if isinstance(claim, Unknown) else str(claim).lower()


def describe_condition(condition):
    if not isinstance(condition, frozenset):
        return " ".join(condition).rstrip()
    if not condition or condition == CODES:
        return "in any" if condition else "in none"
    rest = CODES - condition
    if len(rest) == 1:
        return f"!= {min(rest)}"
    if len(condition) == 1:
        return f"== {min(condition)}"
    ranges = []
    for code in sorted(condition):
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    if len(ranges) == 1 and ranges[0][0] == 100:
        return f"< {ranges[0][1] + 1}"
    if len(ranges) == 1 and ranges[0][1] == 599:
        return f">= {ranges[0][0]}"
    return "in " + ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in ranges)


def merged(claim):
    """The parts of All or Any: conditions on one status become one set, several values that one
    thing may have one list."""
    is_any = isinstance(claim, Any)
    result = []
    for one in flat(claim):
        if isinstance(one, bool) and one != is_any:
            continue
        for place, other in enumerate(result):
            if isinstance(one, Atom) and isinstance(other, Atom) and other[:2] == one[:2]:
                both = joined(other.condition, one.condition, is_any)
                if both is not None:
                    result[place] = other._replace(condition=both)
                    break
        else:
            result.append(one)
    return result


def flat(claim):
    for one in claim.parts:
        yield from flat(one) if type(one) is type(claim) else [one]


def joined(one, other, is_any):
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return one | other if is_any else one & other
    if is_any and not isinstance(one, frozenset) and one[0] in ("==", "in") and other[0] == "==":
        return one if one[1] == other[1] else ("in", f"{one[1]}, {other[1]}")
    return None


# MARK: Addresses


def request_text(method, address):
    """`GET /a?b=1`: without scheme, host and port. A hole before everything else is taken for them;
    where a path cannot be told from a host, it is a hole."""
    address = re.sub(r"[\x00-\x20\x7f]", "", address.strip().replace(" ", "%20"))
    target, _, query = address.partition("#")[0].partition("?")
    return f"{method.upper()} {path_of(target)}" + (f"?{query}" if query else "")


def path_of(target):
    scheme = re.match("[A-Za-z{}…]*://", target)
    if scheme:
        host, slash, rest = target[scheme.end():].partition("/")
        return path_after(host, slash + rest)
    if target.startswith(HOLE):
        # What stands before is scheme and host; `{…}:8080` too, but `{…}api` may be anything.
        after = target[len(HOLE):]
        port = re.match(":[0-9]+", after)
        if port:
            return path_after(HOLE, after[port.end():])
        return after if after.startswith(("/", HOLE)) else target
    host, slash, rest = target.partition("/")
    return path_after(host, slash + rest) if re.search("[.:]", host) else target or "/"


def path_after(host, rest):
    """A host with a hole in it may end inside of it: `h{…}` may be `h/a`, but `app.{…}` and `{…}`
    before a path are hosts."""
    for hole in re.finditer(HOLE, host):
        if hole.start() and host[hole.start() - 1] not in ".:-@}":
            return host[hole.start():] + rest
    return rest or (HOLE if HOLE in host else "/")


def address(prefix, path):
    """A path behind the address that a client was made with."""
    if "://" in path or not prefix:
        return path
    return prefix + path if prefix.endswith("/") or path.startswith("/") else f"{prefix}/{path}"


def with_query(address, query):
    """An address with the query that is passed apart from it: a mapping, pairs, or a text."""
    if isinstance(query, dict):
        query = [list(pair) for pair in query.items()]
    if isinstance(query, list):
        pairs = [one if isinstance(one, list) and len(one) == 2 else [HOLE, HOLE] for one in query]
        query = "&".join(f"{escaped(show(a))}={escaped(show(b))}" for a, b in pairs)
    text = "" if query is None else show(query)
    return address + ("&" if "?" in address else "?") + text if text else address


def escaped(text):
    return re.sub("[ &#+%=\t\n]", lambda sign: f"%{ord(sign[0]):02X}", text)
