# Objects and modules of a Python program, and what their attributes are.


def make(self, type, given):
    """An instance with the plain values of its class, after its `__init__`."""
    new, node = Object(type), type.node
    for base in [parent_of(self, one, type) for one in node.bases]:
        if isinstance(base, Type):
            new.fields.update(class_values(self, base))
    new.fields.update(class_values(self, type))
    start = method_named(self, type, "__init__")
    if start:
        self.enter(Function(start.node, start.module, new), given)
    else:
        # `@dataclass`: by name, or in the order of the annotations.
        names = [one.target.id for one in node.body if isinstance(one, ast.AnnAssign)
                 and isinstance(one.target, ast.Name)]
        new.fields.update(zip(names, given.places))
        new.fields.update(given.names)
    return new


def class_values(self, type):
    frame = Frame({}, type.module)
    assignments = [one for one in type.node.body if isinstance(one, (ast.Assign, ast.AnnAssign))]
    self.inside(None, frame, lambda: self.run(assignments))
    return frame.names


def parent_of(self, base, type):
    return self.inside(None, Frame({}, type.module), lambda: self.eval(base))


def method_named(self, type, name, depth=4):
    """A method of a class or of one that it is made from."""
    for node in reversed(type.node.body):
        if is_function(node) and node.name == name:
            return Function(node, type.module)
    for base in type.node.bases if depth else []:
        parent = parent_of(self, base, type)
        found = isinstance(parent, Type) and method_named(self, parent, name, depth - 1)
        if found:
            return found
    return None


def attribute(self, name, base, node):
    if isinstance(base, Library):
        whole = f"{base.name}.{name}"
        is_code = re.search(r"(HTTPStatus|codes)\.", whole)
        known = is_code and http.HTTPStatus.__members__.get(name.upper())
        return int(known) if known else Library(whole)
    if isinstance(base, int) and name == "value":
        return base
    if isinstance(base, Module):
        return base.top.names.get(name, Unknown(node))
    if isinstance(base, Object):
        if name in base.fields:
            return base.fields[name]
        if not base.type:
            return Unknown(node)
        found = method_named(self, base.type, name)
        if not found:
            return Unknown(node)
        marks = {last_name(one) for one in found.node.decorator_list}
        found.owner = None if "staticmethod" in marks else base
        return self.enter(found, Given()) if "property" in marks else found
    if isinstance(base, Type):
        found = method_named(self, base, name)
        if found and mentions_any(found.node.decorator_list, {"classmethod"}):
            found.owner = make(self, base, Given())
        return found or class_values(self, base).get(name, Unknown(node))
    if isinstance(base, Answer):
        if name in ("headers", "msg", "info", "getheaders"):
            return Headers(base.source)
        if name in RANGES:
            return status(base.source, *RANGES[name])
        if name == "response":
            return base
        return Seen(base.source, SHOWN.get(name) or worded(written(node)))
    if isinstance(base, Process):
        subject = {"returncode": "exit", "stdout": "output", "output": "output"}.get(name)
        return Seen(base.source, subject or worded("stderr" if name == "stderr" else written(node)))
    if is_seen(base):
        return Seen(base.source, worded(f"{bare(base.subject)}.{name}"))
    return Unknown(node)


def bind(self, function, given, frame):
    """Gives the parameters of a function their values; those that nothing is passed for are
    unknown."""
    list = function.node.args
    places, names = given.places, dict(given.names)
    if function.owner is not None:
        places = [function.owner] + places
    parameters = list.posonlyargs + list.args
    presets = [None] * (len(parameters) - len(list.defaults)) + list.defaults
    for place, (one, preset) in enumerate(
        [*zip(parameters, presets), *zip(list.kwonlyargs, list.kw_defaults)]
    ):
        if one.arg in names:
            frame.names[one.arg] = names.pop(one.arg)
        elif place < len(parameters) and place < len(places):
            frame.names[one.arg] = places[place]
        else:
            frame.names[one.arg] = self.eval(preset) if preset else Unknown(one.arg)
    if list.vararg:
        frame.names[list.vararg.arg] = places[len(parameters):]
    if list.kwarg:
        frame.names[list.kwarg.arg] = names


def compared(value, sign, other):
    """What an answer is compared with; None where the value is none of an answer."""
    is_in = sign in ("contains", "lacks")
    presence = "is there" if sign == "contains" else "is not there"
    if isinstance(value, Headers) and isinstance(other, str) and is_in:
        return Atom(value.source, "header " + other.lower(), (presence, ""))
    if isinstance(value, Answer) and other is None:
        return Atom(value.source, "status", ("is not there" if sign == "==" else "is there", ""))
    if isinstance(value, Each) and is_seen(value.value):
        return Atom(value.value.source, worded(value.value.subject), (sign, operand(other)))
    if isinstance(value, Process):
        value = Seen(value.source, "output")
    if not is_seen(value):
        return None
    source, subject = value
    is_field = subject == "JSON" or subject.startswith("field ")
    # A field may be there and be null; a header cannot.
    if other is None and not is_field and sign in ("==", "!="):
        return holds(value, "is not there" if sign == "==" else "is there")
    # `"version" in answer.json()` asks for a key.
    if is_field and isinstance(other, str) and is_in:
        return Atom(source, item(subject, other), (presence, ""))
    codes = None
    if subject == "status" and type(other) is int:
        codes = compare_codes(sign, other)
    elif subject == "status" and isinstance(other, list) and sign in ("in", "not in"):
        if all(type(one) is int for one in other):
            codes = CODES & frozenset(other)
            codes = codes if sign == "in" else CODES - codes
    elif subject == "value status // 100" and type(other) is int and sign == "==":
        return status(source, other * 100, other * 100 + 99)
    if codes is not None:
        return Atom(source, "status", codes)
    return holds(value, sign, operand(other))
