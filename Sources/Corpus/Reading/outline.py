# Tells what a Python file says at its top without following anything: constants, what is code
# instead, functions, imports, and variables of the environment that it reads.


class Code(Exception):
    """What is not a constant, with its node."""


def literal_of(node, depth=0):
    """A constant as JSON has it."""
    value = getattr(node, "value", None)
    if isinstance(node, ast.Constant) and isinstance(value, (str, int, float, type(None))):
        if isinstance(value, str) or value is None or abs(value) < 1 << 53:
            return value
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        value = literal_of(node.operand, depth)
        if type(value) in (int, float):
            return -value
    if isinstance(node, (ast.List, ast.Tuple, ast.Set)) and depth < 4:
        return [literal_of(one, depth + 1) for one in node.elts]
    if isinstance(node, ast.Dict) and depth < 4 and None not in node.keys:
        keys = [literal_of(one, depth + 1) for one in node.keys]
        if all(isinstance(one, str) for one in keys):
            return dict(zip(keys, [literal_of(one, depth + 1) for one in node.values]))
    raise Code(node)


class Outline:
    def __init__(self, text, tree):
        self.lines = re.split("\r\n|\r|\n", text.removeprefix("\ufeff"))
        self.constants, self.code, self.functions = {}, [], []
        for node in tree.body:
            self.read(node)
        for node in ast.walk(tree):
            if isinstance(node, ast.Global):
                for name in node.names:
                    self.changed(name, node)

    def read(self, node):
        if isinstance(node, (ast.Import, ast.ImportFrom, ast.ClassDef)):
            return
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.constants.pop(node.name, None)
            about = first_line(ast.get_docstring(node) or "")
            self.functions.append([node.name, about, self.place(node)])
            return
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        is_plain = isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value
        if is_plain and all(isinstance(one, ast.Name) for one in targets):
            for one in targets:
                self.assign(one.id, node.value)
            return
        names = [one for one in ast.walk(node) if isinstance(one, ast.Name)]
        set_here = {one.id for one in names if isinstance(one.ctx, ast.Store)}
        known = {one.id for one in names if one.id in self.constants} | set_here
        for name in sorted(known):
            self.constants.pop(name, None)
        for name in sorted(known) or [""]:
            self.code.append([name, self.place(node)])

    def assign(self, name, node):
        self.constants.pop(name, None)
        value = {}
        if not isinstance(node, ast.Dict):
            try:
                self.constants[name] = literal_of(node), self.place(node)
            except Code as error:
                self.code.append([name, self.place(error.args[0])])
            return
        # Of a dictionary each member stands for itself.
        for key, one in zip(node.keys, node.values):
            key = getattr(key, "value", None)
            try:
                if not isinstance(key, str):
                    raise Code(one)
                value.pop(key, None)
                value[key] = literal_of(one, 1)
            except Code as error:
                shown = name if key is None else f'{name}["{key}"]'
                self.code.append([shown, self.place(error.args[0])])
        self.constants[name] = value, self.place(node)

    def changed(self, name, node):
        """What code may have changed is no constant."""
        if self.constants.pop(name, None):
            self.code.append([name, self.place(node)])

    def place(self, node):
        """Line, column and length in characters, and the line itself."""
        line = self.lines[node.lineno - 1] if node.lineno <= len(self.lines) else ""
        start, end = node.col_offset, node.end_col_offset
        if node.end_lineno != node.lineno:
            end = len(line.encode())
        before = line.encode()[:start].decode(errors="replace")
        marked = line.encode()[start:end].decode(errors="replace")
        return [node.lineno, len(before) + 1, max(1, len(marked)), line[:400]]


def imports_of(outline, tree):
    """Modules by the first part of their names, without Python's own."""
    found = {}
    for node in ast.walk(tree):
        names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            if top not in sys.stdlib_module_names:
                found.setdefault(top, outline.place(node))
    return [[name, place] for name, place in found.items()]


def variables_of(outline, tree):
    """Variables of the environment by `os.environ[…]`, `os.environ.get(…)`, `os.getenv(…)`."""
    found = {}
    for node in ast.walk(tree):
        value = None
        if isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
            value = node.slice
        if isinstance(node, ast.Call) and node.args:
            if ast.unparse(node.func).endswith(("environ.get", "getenv")):
                value = node.args[0]
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            found.setdefault(value.value, outline.place(node))
    return [[name, place] for name, place in found.items()]


def outline_of(folder, header):
    path, tree = header["path"], header["problem"]
    if header["other"] and not tree:
        tree = header["other"], "bytes are not UTF-8"
    tree = tree or folder.python(path)
    if isinstance(tree, (tuple, list)):
        return {"problem": [*tree]}
    try:
        outline = Outline(folder.texts[path], tree)
        constants = [[name, *one] for name, one in outline.constants.items()]
        return {
            "constants": constants, "code": outline.code, "functions": outline.functions,
            "imports": imports_of(outline, tree), "variables": variables_of(outline, tree),
        }
    except RecursionError:
        return {"problem": [1, "is nested too deeply to follow"]}
