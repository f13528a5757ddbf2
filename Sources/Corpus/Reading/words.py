# What words, tests and patterns of a shell mean.

def is_place(name):
    return name.isdigit() or name == "@"


def whole(values):
    """The parts of a word as one value: made of an answer is not the answer."""
    filled = [one for one in values if one != ""]
    if len(filled) == 1:
        return filled[0]
    seen = next((one for one in filled if is_seen(one)), None)
    texts = [" ".join(map(show, one)) if isinstance(one, list) else show(one) for one in filled]
    return part(seen, "text") if seen else bounded("".join(texts))


def unescaped(text, is_quoted=False):
    signs = '[$`"\\\\\n]' if is_quoted else r"[\s\S]"
    return re.sub(rf"\\({signs})", lambda found: "" if found[1] == "\n" else found[1], text)


def truth_of(value):
    return holds(value) if is_seen(value) else Unknown(show(value))


def compare_words(left, sign, right, is_pattern=False):
    text = show(right)
    number = int(text) if re.fullmatch("-?[0-9]{1,9}", text) else None
    if isinstance(left, Outcome) and number is not None:
        if number == 0 and sign in ("==", "!=", ">"):
            return left.claim if sign == "==" else negate(left.claim)
        return negate(left.claim) if sign == "==" else Unknown(f"$? {sign} {number}")
    if not is_seen(left):
        if is_seen(right) and sign in MIRRORED:
            return compare_words(right, MIRRORED[sign], left)
        return Unknown(short(f"{show(left)} {sign} {text}"))
    if left.subject == "status" and number is not None:
        codes = compare_codes(sign, number)
        if codes is not None:
            return Atom(left.source, "status", codes)
    if is_pattern and re.search(r"[*?\[]", text) and text != HOLE and sign in ("==", "!="):
        return matches(left, text) if sign == "==" else negate(matches(left, text))
    if not text:
        return negate(holds(left)) if sign == "==" else holds(left)
    return holds(left, sign, text if number is not None or text == HOLE else quoted(text))


def matches(value, pattern):
    """A pattern of `case` and `[[ … == … ]]`."""
    if pattern == "*":
        return True
    if not is_seen(value):
        return Unknown(f"{show(value)} like {pattern}")
    if value.subject == "status" and re.fullmatch("[0-9]{3}", pattern):
        return status(value.source, int(pattern))
    if value.subject == "status":
        for rest, size in ((r"(\*|\?\?|\[0-9\]\[0-9\])", 100), (r"0(\?|\[0-9\]|\*)", 10)):
            if re.fullmatch("[1-5]" + rest, pattern):
                return status(value.source, int(pattern[0]) * 100, int(pattern[0]) * 100 + size - 1)
    if not pattern:
        return negate(holds(value))
    text = pattern.strip("*")
    if re.search(r"[*?\[]", text) and text != HOLE:
        return holds(value, "matches", quoted(pattern))
    ends = pattern[0] == "*", pattern[-1] == "*"
    words = {(False, False): "==", (True, True): "contains", (True, False): "ends with"}
    return holds(value, words.get(ends, "starts with"), quoted(text))


def header(source, pattern):
    """`curl -I … | grep -i '^content-type: text/html'`."""
    name, colon, value = pattern.removeprefix("^").partition(":")
    value = value.lstrip(" *")
    if colon:
        condition = ("contains", quoted(value)) if value else ("is there", "")
        return Atom(source, "header " + name.lower(), condition)
    code = re.match("http/[^ ]* ([0-9]{3})", name.lower())
    if code:
        return status(source, int(code[1]))
    return Atom(source, "value headers", ("contains", quoted(pattern)))
