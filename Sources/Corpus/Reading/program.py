# Reads folders of scripts from standard input, and writes the units of each script as one line.
#
# Nothing of a script is imported or executed. A folder is a line with the number of its files, then
# for each file a line of JSON and its bytes: the text, and what shfmt made of it. Memory is
# limited, and so is the processor's time for one script: one that needs more ends this program.


class Folder:
    def __init__(self, files):
        self.texts, self.headers, self.shells = {}, {}, {}
        for header, text, tree in files:
            path = header["path"]
            self.headers[path], self.texts[path], self.shells[path] = header, text, tree
        self.trees = {}

    def python(self, path):
        """The tree of a file; where it has none, the line and the reason."""
        if path not in self.trees:
            text = self.texts[path]
            try:
                self.trees[path] = ast.parse(text.removeprefix("\ufeff"))
            except SyntaxError as error:
                self.trees[path] = error.lineno or 1, "is not valid Python"
            except (RecursionError, MemoryError):
                self.trees[path] = 1, "is nested too deeply to read"
            except ValueError:
                self.trees[path] = 1, "is not valid Python"
        return self.trees[path]

    def shell(self, path):
        if path not in self.trees:
            problem = self.headers[path]["problem"]
            try:
                self.trees[path] = tuple(problem) if problem else json.loads(self.shells[path])
            except RecursionError:
                self.trees[path] = 1, "is nested too deeply to read"
        return self.trees[path]

    def units(self, header):
        """The units of the functions, and before them one with the script's name, where there is
        anything beside them."""
        path, language = header["path"], header["language"]
        problem = header["problem"]
        tree = problem or (self.python if language == "python" else self.shell)(path)
        if isinstance(tree, (tuple, list)):
            main, units = empty(tree), []
        else:
            kind = PythonUnits if language == "python" else ShellUnits
            try:
                main, units = kind(self, path, header["reading"]).units()
            except RecursionError:
                main, units = empty((1, "is nested too deeply to follow")), []
            except Exception as error:
                # A mistake of ours: the script is named, and the others are read.
                main, units = empty((1, f"cannot be followed ({type(error).__name__})")), []
        if header["other"]:
            main["unread"].append([header["other"], "bytes are not UTF-8"])
        main["about"] = main["about"] or first_comment(self.texts[path])
        main["last"] = header["lines"]
        is_empty = not any(main[one] for one in ("requests", "systems", "assertions", "unread"))
        return units if units and is_empty else [main] + units

    # MARK: Files beside a script

    def module(self, name, script):
        """The path of a Python module that stands beside a script, above it, or at the top of the
        folder; None for one of a library."""
        dots = len(name) - len(name.lstrip("."))
        parts = name[dots:].replace(".", "/")
        folder = parent(script)
        for _ in range(dots - 1):
            folder = parent(folder)
        while parts:
            for path in (join(folder, f"{parts}.py"), join(folder, f"{parts}/__init__.py")):
                if path in self.texts and path != script:
                    return path
            if dots or not folder:
                return None
            folder = parent(folder)
        return None

    def conftests(self, script):
        """The `conftest.py` files that pytest would read for a script, the nearest last."""
        folder, paths = script, []
        while folder:
            folder = parent(folder)
            paths.insert(0, join(folder, "conftest.py"))
        return [path for path in paths if path in self.texts]

    def sourced(self, words, script):
        """The file that a shell script sources, by the end of what it is called: what stands before
        is only known at run time."""
        pieces = [one for one in words.split("/") if one and one != "." and HOLE not in one]
        parts = [one for one in parent(script).split("/") if one]
        for one in pieces:
            parts = parts[:-1] if one == ".." else parts + [one]
        above = [one for one in pieces if one != ".."]
        for path in ("/".join(parts), "/".join(above)):
            if path in self.texts:
                return path
        return None


def empty(problem):
    return {
        "function": None, "about": "", "first": 1, "last": 1, "cases": None, "requests": [],
        "systems": [], "assertions": [], "unread": [[*problem]],
    }


def parent(path):
    return path.rpartition("/")[0]


def join(folder, name):
    return f"{folder}/{name}" if folder else name


def main():
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    source, target = sys.stdin.buffer, sys.stdout.buffer
    count = source.readline()
    while count:
        files = []
        for _ in range(int(count)):
            header = json.loads(source.readline())
            text = source.read(header["size"]).decode()
            files.append((header, text, source.read(header["tree"])))
        folder = Folder(files)
        for header, _, _ in files:
            if header["reading"]:
                signal.setitimer(signal.ITIMER_PROF, int(sys.argv[1]))
                is_outline = header["reading"] == "outline"
                value = outline_of(folder, header) if is_outline else folder.units(header)
                line = json.dumps(value, ensure_ascii=False)
                target.write(line.encode("utf-8", "replace") + b"\n")
                target.flush()
                signal.setitimer(signal.ITIMER_PROF, 0)
        count = source.readline()


main()
