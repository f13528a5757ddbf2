import Formats
import Programs

/// Parses Python by python3's own `ast`, one process for many files.
///
/// Nothing of a script is imported or executed: `ast.parse` reads a text. The program below runs
/// isolated from the environment and without site packages (`-I -S`), limits its own memory, and
/// ends itself where one file takes too long; what that file was is seen by the answers that came
/// before, and the rest goes to another process.
struct PythonSyntax: Sendable {
  /// In bytes of source for one process; more are read by several, two at a time.
  static let batchLimit = 1 << 20
  /// For one file, in seconds of the processor's time: a busy machine changes nothing.
  static let fileSeconds = 10
  /// Files that may each end a process before the rest is given up.
  private static let crashLimit = 4

  let program: SyntaxProgram?

  init(program: SyntaxProgram? = .python) { self.program = program }

  /// The trees of texts, in their order.
  func trees(of sources: [[UInt8]]) async -> [SyntaxTree] {
    guard let program else {
      return sources.map { _ in .failed("python3 is not installed (package python3)") }
    }
    var batches: [Range<Int>] = []
    var start = 0
    var size = 0
    for (index, source) in sources.enumerated() {
      if size > 0, size + source.count > Self.batchLimit {
        batches.append(start..<index)
        (start, size) = (index, 0)
      }
      size += source.count
    }
    if start < sources.count { batches.append(start..<sources.count) }
    let results = await inParallel(batches, width: 2) { batch in
      await Self.trees(of: sources[batch], program)
    }
    return results.flatMap { $0 }
  }

  private static func trees(
    of sources: ArraySlice<[UInt8]>,
    _ program: SyntaxProgram
  ) async -> [SyntaxTree] {
    var trees: [SyntaxTree] = []
    var crashes = 0
    while trees.count < sources.count {
      let rest = sources.dropFirst(trees.count)
      guard crashes < crashLimit else {
        trees += rest.map { _ in .failed("python3 ended too often while files were read") }
        break
      }
      let answer = await program.run(
        arguments,
        input: input(of: rest),
        limit: 512 << 20,
        deadline: .seconds(60)
      )
      let read = Self.trees(from: answer?.stdout ?? []).prefix(rest.count)
      trees += read
      if read.count < rest.count {
        trees.append(.failed("python3 could not parse it within \(fileSeconds) s"))
        crashes += 1
      }
    }
    return trees
  }

  static let arguments = ["-I", "-S", "-W", "ignore", "-c", source, "\(fileSeconds)"]

  /// What the program reads: length and text of each file.
  static func input(of sources: ArraySlice<[UInt8]>) -> [UInt8] {
    sources.flatMap { source -> [UInt8] in
      // What is no UTF-8 is named elsewhere; everything around it is read.
      let text = Array(String(decoding: source, as: UTF8.self).utf8)
      return Array("\(text.count)\n".utf8) + text
    }
  }

  /// What the program wrote, a line a file.
  static func trees(from output: [UInt8]) -> [SyntaxTree] {
    let newline = UInt8(ascii: "\n")
    // Of what was ended half way the last line is no answer.
    let whole = output.prefix((output.lastIndex(of: newline) ?? -1) + 1)
    return whole.split(separator: newline).map { tree(Array($0)) }
  }

  private static func tree(_ line: [UInt8]) -> SyntaxTree {
    guard let value = try? JSONParser(depthLimit: 400).parse(line) else {
      return .unread(1, "is nested too deeply to read")
    }
    let root = SyntaxNode(value)
    guard root.kind == "Error" else { return .tree(root) }
    return .unread(root.line, root.text("text") ?? "is not valid Python")
  }

  /// Reads length and text of each file, and writes one line of JSON for each: of a node `_` is the
  /// class, `l` and `e` the first and the last line; fields that say nothing are left out.
  private static let source = #"""
    import ast, json, resource, signal, sys

    OUTPUT = 64 << 20
    SKIPPED = {"ctx", "kind", "type_comment", "type_ignores", "type_params", "annotation",
               "returns", "format_spec", "conversion", "simple", "is_async"}
    WORDS = (ast.operator, ast.unaryop, ast.boolop, ast.cmpop)

    def text(value):
        return value.encode("utf-8", "replace").decode()

    def constant(value):
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            return text(value)
        if isinstance(value, bytes):
            return {"bytes": value.decode("utf-8", "replace")}
        if isinstance(value, int) and abs(value) < 1 << 62:
            return value
        return {"number": "..." if value is ... else repr(value)[:200]}

    def plain(node):
        if isinstance(node, list):
            return [plain(one) for one in node]
        if isinstance(node, WORDS):
            return type(node).__name__
        if not isinstance(node, ast.AST):
            return text(node) if isinstance(node, str) else node
        result = {"_": type(node).__name__}
        first = getattr(node, "lineno", None)
        if first:
            result["l"] = first
            if node.end_lineno != first:
                result["e"] = node.end_lineno
        if isinstance(node, ast.Constant):
            result["v"] = constant(node.value)
            return result
        for name in node._fields:
            value = getattr(node, name, None)
            if value is not None and value != [] and name not in SKIPPED:
                result[name] = plain(value)
        return result

    def read(code):
        try:
            tree = ast.parse(code[1:] if code[:1] == "\ufeff" else code)
            line = json.dumps(plain(tree), separators=(",", ":"), ensure_ascii=False)
            if len(line) <= OUTPUT:
                return line
            problem = (1, "is too large to read")
        except SyntaxError as error:
            problem = (error.lineno or 1, "is not valid Python")
        except (RecursionError, MemoryError):
            problem = (1, "is nested too deeply to read")
        except ValueError:
            problem = (1, "is not valid Python")
        return json.dumps({"_": "Error", "l": problem[0], "text": problem[1]})

    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    while True:
        size = sys.stdin.buffer.readline()
        if not size:
            break
        code = sys.stdin.buffer.read(int(size)).decode()
        signal.setitimer(signal.ITIMER_PROF, int(sys.argv[1]))
        sys.stdout.buffer.write(read(code).encode() + b"\n")
        sys.stdout.buffer.flush()
        signal.setitimer(signal.ITIMER_PROF, 0)
    """#
}

/// The results of some elements in their order, a few at a time.
func inParallel<Element: Sendable, Result: Sendable>(
  _ elements: [Element],
  width: Int,
  _ body: @escaping @Sendable (Element) async -> Result
) async -> [Result] {
  await withTaskGroup(of: (Int, Result).self) { group in
    var results: [Result?] = elements.map { _ in nil }
    for (index, element) in elements.enumerated() {
      if index >= width, let (place, result) = await group.next() { results[place] = result }
      group.addTask { (index, await body(element)) }
    }
    for await (place, result) in group { results[place] = result }
    return results.compactMap { $0 }
  }
}
