/// A config with `template_driver: golang`, as far as recipes use it: `env`, `secret`, `config`,
/// `.Service.Name`, texts, `eq`, `ne`, `not`, `and`, `or`, `if`, `else`, `end`, comments.
///
/// Sources: Go's text/template, and the functions that Swarm gives a template (swarmkit,
/// template/context.go). What else stands in one is refused, not guessed.
struct ConfigTemplate {
  enum Name: Hashable {
    case env(String)
    case secret(String)
    case config(String)
  }

  /// What cannot be filled in, as it is written.
  struct Problem: Error { var text: String }

  private enum Part {
    case text(Substring)
    case action(Substring)
  }

  private var parts: [Part] = []

  init(_ text: String) {
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      let inside = rest[open.upperBound...]
      guard let close = inside.firstRange(of: "}}") else { break }
      var before = rest[..<open.lowerBound]
      var action = inside[..<close.lowerBound]
      var after = rest[close.upperBound...]
      if action.hasPrefix("- ") || action.hasPrefix("-\n") {
        action = action.dropFirst()
        while before.last?.isWhitespace == true { before.removeLast() }
      }
      if action.hasSuffix(" -") || action.hasSuffix("\n-") {
        action = action.dropLast()
        after = after.drop(while: \.isWhitespace)
      }
      parts.append(.text(before))
      parts.append(.action(action))
      rest = after
    }
    parts.append(.text(rest))
  }

  /// The text with every action done.
  func filled(_ values: [Name: String], service: String) throws(Problem) -> String {
    var result = ""
    // For each open `if`: whether its part counts, whether one of its parts has counted.
    var open: [(counts: Bool, hasCounted: Bool)] = []
    var counts: Bool { open.allSatisfy(\.counts) }
    for part in parts {
      guard case .action(let action) = part else {
        if case .text(let text) = part, counts { result += text }
        continue
      }
      var reader = Reader(action, values, service)
      switch reader.words.first {
      case nil: break
      case "if":
        reader.words.removeFirst()
        // Read in any case: what it cannot fill in is told.
        let value = try reader.all()
        let holds = counts && !value.isEmpty
        open.append((holds, holds))
      case "else":
        guard let last = open.popLast() else { throw Problem(text: "{{\(action)}}") }
        reader.words.removeFirst()
        if reader.words.first == "if" { reader.words.removeFirst() }
        let value = reader.words.isEmpty ? "true" : try reader.all()
        let holds = !last.hasCounted && counts && !value.isEmpty
        open.append((holds, last.hasCounted || holds))
      case "end":
        guard open.popLast() != nil else { throw Problem(text: "{{\(action)}}") }
      default: if counts { result += try reader.all() }
      }
    }
    guard open.isEmpty else { throw Problem(text: "{{if}} without {{end}}") }
    return result
  }

  /// Reads one action; what is false is the empty text.
  private struct Reader {
    private let action: Substring
    private let values: [Name: String]
    private let service: String
    var words: [String]

    init(_ action: Substring, _ values: [Name: String], _ service: String) {
      (self.action, self.values, self.service) = (action, values, service)
      let isComment = action.drop(while: \.isWhitespace).hasPrefix("/*")
      // Texts between quotes (22) or backticks (60), parentheses, words.
      let form = /\x22(?:[^\x22\\]|\\.)*\x22|\x60[^\x60]*\x60|[()]|[^\s()\x22\x60]+/
      words = isComment ? [] : action.matches(of: form).map { String($0.output) }
    }

    private var problem: Problem { Problem(text: "{{\(action)}}") }

    /// The one value of the whole action.
    mutating func all() throws(Problem) -> String {
      let result = try call()
      guard words.isEmpty else { throw problem }
      return result
    }

    private mutating func call() throws(Problem) -> String {
      guard let word = words.first else { throw problem }
      switch word {
      case "env", "secret", "config":
        words.removeFirst()
        let name = try value()
        if word == "env" { return values[.env(name)] ?? "" }
        guard let known = values[word == "secret" ? .secret(name) : .config(name)] else {
          throw problem
        }
        return known
      case "not":
        words.removeFirst()
        return try value().isEmpty ? "true" : ""
      case "eq", "ne":
        words.removeFirst()
        let first = try value()
        var isAny = false
        repeat { isAny = try value() == first || isAny } while hasMore
        return isAny == (word == "eq") ? "true" : ""
      case "and", "or":
        words.removeFirst()
        var last = try value()
        while hasMore {
          let next = try value()
          if last.isEmpty == (word == "or") { last = next }
        }
        return last
      default: return try value()
      }
    }

    private var hasMore: Bool { words.first.map { $0 != ")" } ?? false }

    private mutating func value() throws(Problem) -> String {
      guard !words.isEmpty else { throw problem }
      let word = words.removeFirst()
      if word == "(" {
        let result = try call()
        guard words.first == ")" else { throw problem }
        words.removeFirst()
        return result
      }
      if word == ".Service.Name" { return service }
      if word.hasPrefix("`") { return String(word.dropFirst().dropLast()) }
      guard word.hasPrefix("\""), !word.contains("\\") else { throw problem }
      return String(word.dropFirst().dropLast())
    }
  }
}
