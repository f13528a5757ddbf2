# What following Python and following shell have in common: what a unit asks and asserts, both ways
# of a condition, loops, and how functions are left.

# How statements end: FAILS and ENDS leave the program or the test, badly and well.
NEXT, RETURNS, BREAKS, CONTINUES, FAILS, ENDS = "next returns breaks continues fails ends".split()

# How far what follows may never be reached.
OPEN, FUNCTION, PROGRAM = range(3)

FAILURE_NAMES = set(
    "failed failure failures errors error_count problems bad rc exit_code fail fails err"
    " errs".split()
)
SUCCESS_NAMES = set("ok success passed succeeded healthy".split())
FAILURE_TEXTS = ("FAIL", "ERROR", "not ok", "✗", "❌")


class Left(Exception):
    """A call that never came back, and how the program ended."""

    def __init__(self, flow):
        self.flow = flow


class Frame:
    """The names of one call, and how it ends."""

    def __init__(self, names=None, module=None):
        self.names = {} if names is None else names
        self.module = module
        self.guards = []  # what holds where the present statement is reached
        self.returned = []  # (claim or None, value)
        self.noted = False  # a failure was written down for later: `failures.append(…)`
        self.raised = []  # for each `try` around, what a library would raise for


class Follower:
    DEPTH = 6
    ELEMENTS = 64  # of a list that is followed one by one
    STEPS = 20_000  # statements followed for one unit
    SCRIPT_STEPS = 150_000
    FACTS = 5_000  # kept of one unit

    def __init__(self, folder, script, reading):
        self.folder, self.script, self.reading = folder, script, reading
        # What stands under a condition, or behind a way out, does not count.
        self.is_certain = reading != "original"
        self.steps_of_script = self.SCRIPT_STEPS
        self.frame = Frame()
        self.entered, self.active = set(), []
        self.units, self.is_main = set(), False
        self.exits, self.loop_exits, self.loop_fails = [], [], False
        self.muted = 0
        self.swallowed = 0  # `try` around, of which what is asserted is passed over
        self.last_request = self.last_call = None
        self.begin(1)

    def begin(self, line):
        """Begins a unit."""
        self.facts, self.unread = {}, {}
        self.line, self.steps, self.closing = line, self.STEPS, OPEN

    # MARK: Recording

    def note(self, reason, line=None):
        self.unread.setdefault(reason, line or self.line)

    def add(self, *fact):
        if self.closing or self.muted or fact in self.facts:
            return
        if len(self.facts) < self.FACTS:
            self.facts[fact] = self.line
        else:
            self.note("asks and asserts more than is kept")

    def request(self, method, address):
        source = self.last_request = Source(request_text(method, address))
        self.add("request", source.text)
        return source

    def system(self, kind, text):
        text = short(text)
        source = self.last_call = Source(f"{kind} {text}")
        self.add("system", kind, text)
        return source

    def check(self, claim, is_written=False):
        """Records what must hold. Of what is not written as an assertion only what looks at an
        answer counts, since a script also stops where it was called wrongly."""
        if isinstance(claim, Atom):
            if is_written or claim.source:
                source = claim.source and claim.source.text
                self.add("assert", source, claim.subject, describe_condition(claim.condition))
        elif isinstance(claim, (All, Any)):
            parts = merged(claim)
            if isinstance(claim, All) or len(parts) == 1:
                for one in parts:
                    self.check(one, is_written)
            elif is_written or sees(claim):
                words = ", ".join(sorted(describe(one) for one in parts))
                self.check(Atom(source_of(claim, 100), "value either", ("in", words)), True)
        elif isinstance(claim, Unknown) and is_written:
            self.check(Atom(None, worded(claim.text), ("is there", "")), True)

    def check_written(self, claim, words):
        """What is written as an assertion: of which nothing was understood, it is named."""
        if self.swallowed:
            return
        if is_settled(claim):
            self.note(f"`{short(words)}` asserts something that was not understood")
        else:
            self.check(claim, True)

    def raises(self, claim):
        """A library raises where this does not hold."""
        if self.frame.raised:
            self.frame.raised[-1].append(claim)
        else:
            self.check(claim)

    # MARK: Ways

    def perhaps(self, body):
        """Follows what may not be reached."""
        self.muted += self.is_certain
        try:
            return body()
        finally:
            self.muted -= self.is_certain

    def run(self, statements):
        outer, self.exits = self.exits, []
        try:
            for statement in statements:
                if self.steps <= 0 or self.steps_of_script <= 0:
                    self.note("there is too much to follow from here on")
                    return NEXT
                self.steps -= 1
                self.steps_of_script -= 1
                try:
                    flow = self.statement(statement)
                except Left as left:
                    flow = left.flow
                except RecursionError:
                    self.note("is nested too deeply to follow")
                    flow = NEXT
                if flow != NEXT:
                    # A failure that waits at the end: one of the ways out before it must be taken.
                    if flow == FAILS and self.exits:
                        self.check(any_of(self.exits))
                    return flow
            return NEXT
        finally:
            self.exits = outer

    def way(self, claim, body):
        """A part that is reached under a claim: how it ends, and whether it fails."""
        frame = self.frame
        noted, frame.noted = frame.noted, False
        frame.guards.append(claim)
        try:
            flow = self.perhaps(body)
            return flow, flow == FAILS or frame.noted or self.is_bad_end(flow)
        finally:
            frame.guards.pop()
            frame.noted = noted

    def decide(self, claim, then, otherwise, prior=()):
        """Both ways of a condition; what comes before an `elif` is a way round it."""
        line, before = self.line, dict(self.frame.names)
        flow, fails = self.way(claim, then)
        after, self.frame.names = self.frame.names, before
        rest, rest_fails = self.way(negate(claim), otherwise)
        # A way that never comes back leaves nothing behind.
        if flow in (NEXT, BREAKS, CONTINUES):
            comes_back = rest in (NEXT, BREAKS, CONTINUES)
            self.frame.names = both(self.frame.names, after) if comes_back else after
        self.line = line
        around = [one for one in prior if sees(one)]
        if fails and not rest_fails:
            self.check(Any(around + [negate(claim)]))
            self.loop_fails = True
            return rest
        if rest_fails and not fails:
            self.check(Any(around + [claim]))
            return flow
        if fails:
            return FAILS if flow == rest == FAILS else NEXT
        self.close(flow)
        self.close(rest)
        if rest == NEXT and flow in (RETURNS, ENDS, BREAKS):
            if not self.gives_bad(flow):
                self.exits += [claim] if flow != BREAKS else []
                self.loop_exits.append(claim)
            return NEXT
        return flow if flow == rest else NEXT

    def close(self, flow):
        """After a part that may not be reached, and that is left well."""
        if self.is_certain and flow == ENDS:
            self.closing = PROGRAM
        elif self.is_certain and flow == RETURNS and not self.gives_bad(flow):
            self.closing = max(self.closing, FUNCTION)

    def gives_bad(self, flow):
        """Whether a function was left with what stands for a failure."""
        if flow != RETURNS:
            return False
        value = self.frame.returned[-1][1]
        if isinstance(value, Outcome):
            return value.claim is False
        return value is False or type(value) is int and value != 0

    def is_bad_end(self, flow):
        return False

    def loop(self, body, is_certain):
        """One way through a loop: how it ends, when it is left, and whether it may fail."""
        before = self.loop_exits, self.loop_fails
        self.loop_exits, self.loop_fails = [], False
        try:
            flow = body() if is_certain else self.perhaps(body)
            self.exits += self.loop_exits
            return flow, self.loop_exits, self.loop_fails or flow == FAILS
        finally:
            self.loop_exits, self.loop_fails = before

    def while_loop(self, claim, body):
        """It is left where its test does not hold, or by one of the ways out."""
        is_endless = claim is True
        _, ways, fails = self.loop(body, is_endless)
        if fails:
            self.check(any_of(ways + [negate(claim)]))
        elif is_endless and ways:
            self.check(any_of(ways))
        elif not ways and isinstance(claim, Atom):
            self.check(negate(claim))

    def for_loop(self, elements, is_certain, assign, body):
        for element in elements:
            assign(element)
            flow, ways, fails = self.loop(body, is_certain)
            # It may have been left before the next.
            is_certain = is_certain and not ways
            seeing = [one for one in ways if sees(one)]
            if fails and seeing:
                self.check(Any(seeing))
            if flow == ENDS:
                break

    # MARK: Functions

    def entering(self, identity, name):
        """Whether a function can be entered; where it is too deep, that is named."""
        self.entered.add(identity)
        if identity in self.active:
            return False
        if len(self.active) >= self.DEPTH:
            self.note(f"`{name}` is called too deeply to follow")
            return False
        return True

    def inside(self, identity, frame, body):
        """Runs a function's body in its own frame."""
        outer, line, is_open = self.frame, self.line, self.closing == OPEN
        self.frame = frame
        self.active += [identity] if identity else []
        try:
            return body()
        finally:
            if is_open and self.closing == FUNCTION:
                self.closing = OPEN
            self.active = self.active[:-1] if identity else self.active
            self.frame, self.line = outer, line

    def result(self, frame):
        """What a call gives: where each way out gives true or false, under which it is true."""
        values = [value for _, value in frame.returned]
        if len(values) < 2:
            return values[0] if values else None
        is_truth = all(is_claim(value) for value in values)
        is_code = all(type(value) is int or isinstance(value, Outcome) for value in values)
        if not is_truth and not is_code:
            result = values[0]
            for value in values[1:]:
                result = either(result, value)
            return result
        claims = [claim(value) if is_truth else negate(claim(value)) for value in values]
        result = claims[-1]
        for (guard, _), own in reversed(list(zip(frame.returned[:-1], claims))):
            reached = Unknown("sometimes") if guard is None else guard
            if own is True:
                result = Any([reached, result])
            else:
                result = All([negate(reached) if own is False else own, result])
        return result if is_truth else Outcome(result)

    def returns(self, value):
        guards = self.frame.guards
        self.frame.returned.append((All(list(guards)) if guards else None, value))
        return RETURNS

    def leave(self, value):
        """The end of the program."""
        if isinstance(value, (str, Unknown, type(None))) or value is True or value is False:
            return FAILS if isinstance(value, str) or value is True else ENDS
        result = claim(value)
        if isinstance(value, (int, float)):
            return FAILS if result else ENDS
        if isinstance(value, Outcome) or is_claim(value):
            self.check(negate(result))
        return ENDS

    # MARK: Requests and calls of programs

    def ask(self, asked):
        """A request by curl or wget: its source, and what is printed."""
        source = self.request(asked.method, asked.address)
        if asked.printed in ("body", "status", "address", "header any"):
            return source, Seen(source, asked.printed)
        return source, asked.printed and Seen(source, "value " + asked.printed)

    def notes_failure(self, name, value):
        """Whether giving a name a value writes a failure down for later."""
        name = name.lower()
        return name in FAILURE_NAMES and value not in (0, False, None, "0", "") or (
            name in SUCCESS_NAMES and value in (0, False, "0", "false", "no")
        )


def both(one, other):
    """The names after either of two ways."""
    return {
        name: either(one[name], other[name]) if name in one and name in other
        else one.get(name, other.get(name))
        for name in {**one, **other}
    }


def either(one, other):
    """The value after either of two ways."""
    if one is other or isinstance(other, Unknown) or other is None:
        return one
    if isinstance(one, Unknown) or one is None:
        return other
    plain = (bool, int, str)
    if isinstance(one, list) and isinstance(other, list):
        if len(one) == len(other):
            return [either(*pair) for pair in zip(one, other)]
        # A list that is filled on one way only: whether it is empty is not known.
        return max(one, other, key=len) if one and other else Unknown("either")
    if isinstance(one, plain) and isinstance(other, plain):
        if type(one) is type(other) and one == other:
            return one
        return HOLE if isinstance(one, str) and isinstance(other, str) else Unknown("either")
    # What was seen says more than what was put in its place.
    return other if isinstance(one, plain) and (is_seen(other) or is_claim(other)) else one
