/// The simple commands of a shell text: enough to see which program is called with which words.
///
/// No shell: what a variable holds, and which branch is taken, it does not know. A text that it cannot
/// follow has fewer commands, never others.
struct ShellCommands {
  struct Command: Equatable {
    /// Without quotes; assignments before the program are left out.
    var words: [String] = []
    /// Text that it is given as its input.
    var heredoc = ""
    var readsPipe = false
    /// From 1, in the text.
    var line: Int
    var column: Int

    var program: String? { words.first.map(ShellCommands.name) }
  }

  private enum Mode { case plain, double, substitution, backtick }

  private(set) var commands: [Command] = []
  private let text: [Character]
  private var index = 0
  private var line = 1
  private var column = 1
  private var word: String?
  /// Where it begins.
  private var wordPlace = (line: 1, column: 1)
  private var current: Command?
  private var suspended: [Command?] = []
  private var modes: [Mode] = [.plain]
  private var awaited: [(command: Int, end: String, isIndented: Bool)] = []

  init(_ text: String) {
    self.text = Array(text)
    while index < self.text.count { step() }
    endCommand()
    commands = commands.flatMap(Self.unwrapped)
  }

  private mutating func advance() -> Character {
    let next = text[index]
    index += 1
    (line, column) = next.isNewline ? (line + 1, 1) : (line, column + 1)
    return next
  }

  private var next: Character? { index < text.count ? text[index] : nil }

  private mutating func append(_ text: String) {
    if word == nil { wordPlace = (line, max(1, column - 1)) }
    if current == nil { current = Command(line: wordPlace.line, column: wordPlace.column) }
    word = (word ?? "") + text
  }

  private mutating func step() {
    let sign = advance()
    if sign == "\\" {
      guard let next else { return }
      _ = advance()
      if !next.isNewline { append(String(next)) }
      return
    }
    if sign == "$", next == "(" {
      _ = advance()
      begin(.substitution)
      return
    }
    if sign == "`" {
      if modes.last == .backtick { end() } else { begin(.backtick) }
      return
    }
    if modes.last == .double {
      if sign == "\"" { modes.removeLast() } else { append(String(sign)) }
      return
    }
    switch sign {
    case "\"":
      append("")
      modes.append(.double)
    case "'":
      append("")
      while let next, next != "'" {
        append(String(next))
        _ = advance()
      }
      if next != nil { _ = advance() }
    case "#" where word == nil:
      while let next, !next.isNewline { _ = advance() }
    case " ", "\t": endWord()
    case "(": endCommand()
    case ")": if modes.last == .substitution { end() } else { endCommand() }
    case "<" where next == "<": heredoc()
    case "<", ">":
      endWord()
      append(String(sign))
      endWord()
    case ";", "&", "|":
      endCommand()
      if sign == "|", next != "|" {
        current = Command(readsPipe: true, line: line, column: column)
      } else if sign == "|" {
        _ = advance()
      }
    case _ where sign.isNewline:
      endCommand()
      readHeredocs()
    default: append(String(sign))
    }
  }

  /// A command inside another one's word.
  private mutating func begin(_ mode: Mode) {
    append("$")
    endWord()
    suspended.append(current)
    current = nil
    modes.append(mode)
  }

  private mutating func end() {
    endCommand()
    modes.removeLast()
    current = suspended.popLast() ?? nil
  }

  private mutating func endWord() {
    guard let ended = word else { return }
    word = nil
    if current?.words.isEmpty == true {
      if ended.firstMatch(of: /^[A-Za-z_]\w*=/) != nil { return }
      current?.line = wordPlace.line
      current?.column = wordPlace.column
    }
    current?.words.append(ended)
  }

  private mutating func endCommand() {
    endWord()
    if let current, !current.words.isEmpty { commands.append(current) }
    current = nil
  }

  private mutating func heredoc() {
    _ = advance()
    endWord()
    append("<")
    endWord()
    if next == "<" {
      _ = advance()
      return
    }
    let isIndented = next == "-"
    if isIndented { _ = advance() }
    var end = ""
    while let next, !next.isWhitespace, !";|&)".contains(next) {
      if !"'\"\\".contains(next) { end.append(next) }
      _ = advance()
    }
    awaited.append((commands.count, end, isIndented))
  }

  private mutating func readHeredocs() {
    for one in awaited {
      var body = ""
      while index < text.count {
        var line = ""
        while let next, !next.isNewline {
          line.append(next)
          _ = advance()
        }
        if next != nil { _ = advance() }
        if (one.isIndented ? String(line.drop { $0 == "\t" }) : line) == one.end { break }
        body += line + "\n"
      }
      if commands.indices.contains(one.command) { commands[one.command].heredoc += body }
    }
    awaited = []
  }

  // MARK: Programs that call others

  private static let wrappers: Set = [
    "exec", "sudo", "time", "nice", "env", "if", "then", "while", "until", "do", "else", "elif",
    "!", "{", "gosu", "su-exec", "setpriv", "timeout", "nohup", "command",
  ]

  static func name(_ word: String) -> String {
    word.split(separator: "/").last.map(String.init) ?? word
  }

  /// The command that another one calls: `exec psql …`, `su postgres -c '…'`.
  private static func unwrapped(_ command: Command) -> [Command] {
    guard let program = command.program else { return [] }
    if ["sh", "bash", "ash", "dash", "su"].contains(program),
      let flag = command.words.firstIndex(where: { $0.hasPrefix("-") && $0.hasSuffix("c") }),
      flag + 1 < command.words.count
    {
      return ShellCommands(command.words[flag + 1]).commands.map { inner in
        var inner = inner
        (inner.line, inner.column) = (command.line, command.column)
        inner.readsPipe = inner.readsPipe || command.readsPipe
        return inner
      }
    }
    // `command -v psql` asks whether it is there.
    guard wrappers.contains(program), !command.words.contains("-v") || program != "command" else {
      return [command]
    }
    var inner = command
    inner.words = Array(command.words.dropFirst())
    // What a wrapper is told before the program: options, a user, a time, values.
    let isTold = ["gosu", "su-exec", "timeout"].contains(program)
    if isTold, !inner.words.isEmpty { inner.words.removeFirst() }
    while let word = inner.words.first,
      word.hasPrefix("-") || word.firstMatch(of: /^[A-Za-z_]\w*=/) != nil
    {
      inner.words.removeFirst()
      if word == "-u", !inner.words.isEmpty { inner.words.removeFirst() }
    }
    return unwrapped(inner)
  }
}
