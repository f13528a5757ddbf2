/// What is known of a text of a shell script: the text with holes, and the answer that it comes
/// from.
struct ShellValue: Sendable {
  var text: String
  var seen: (source: Int?, subject: CorpusAssertion.Subject)?
  /// Of `$?`: under which claim it is 0.
  var success: Claim?
  /// Of an array.
  var elements: [ShellValue]?
  /// Stands for any number of words that are not known: `"$@"`.
  var isOpen = false

  init(_ text: String) { self.text = text }

  init(_ source: Int?, _ subject: CorpusAssertion.Subject) {
    text = Fingerprint.hole
    seen = (source, subject)
  }

  init(elements: [ShellValue]) {
    text = elements.map(\.text).joined(separator: " ")
    self.elements = elements
  }

  static let hole = ShellValue(Fingerprint.hole)

  /// Something that is worked out of what an answer showed; a hole for anything else.
  func part(_ name: String) -> ShellValue {
    guard let seen else { return .hole }
    return ShellValue(seen.source, .value("\(name) of \(seen.subject.words)".short))
  }

  /// The value after either of two ways.
  static func merged(
    _ one: [String: ShellValue],
    _ other: [String: ShellValue]
  ) -> [String: ShellValue] {
    one.merging(other) { own, their in
      if own.seen != nil { return own }
      if their.seen != nil { return their }
      return own.text == their.text ? own : .hole
    }
  }
}

/// A function, or a `@test` block of bats.
struct ShellFunction: Sendable {
  let name: String
  let node: SyntaxNode
  let isTest: Bool
  /// The file that it stands in, and its text.
  let path: String
  let text: [UInt8]

  /// Nil for any other command.
  init?(_ command: SyntaxNode?, path: String, text: [UInt8]) {
    guard let command else { return nil }
    switch command.kind {
    case "FuncDecl": name = command["Name"]?.text("Value") ?? ""
    case "TestDecl": name = command["Description"].map { Self.words($0) } ?? ""
    default: return nil
    }
    isTest = command.kind == "TestDecl"
    node = command
    self.path = path
    self.text = text
  }

  var id: String { "\(path):\(node.line):\(name)" }
  var lines: ClosedRange<Int> { node.line...node.endLine }
  var body: [SyntaxNode] { node["Body"].map { [$0] } ?? [] }

  /// The words of a bats test, as they are written.
  private static func words(_ word: SyntaxNode) -> String {
    word.list("Parts").map { part in part.text("Value") ?? words(part) }.joined()
  }
}

extension SyntaxNode {
  /// The text of a word without quotes and anything to be filled in.
  var literal: String? {
    var text = ""
    for part in list("Parts") {
      guard part.kind == "Lit", let own = part.text("Value") else { return nil }
      text += own
    }
    return text
  }

  /// An operator as the source has it: shfmt numbers them anew with each version.
  func sign(_ field: String, in text: [UInt8]) -> String {
    guard let start = offset(field), text.indices.contains(start) else { return "" }
    let rest = text[start...].prefix(4)
    let isLetter: (UInt8) -> Bool = { $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }
    if rest.first == UInt8(ascii: "-"), rest.dropFirst().first.map(isLetter) == true {
      return "-" + String(decoding: rest.dropFirst().prefix(while: isLetter), as: UTF8.self)
    }
    return String(decoding: rest.prefix { "|&<>=!~+-*/%^:?#,@".utf8.contains($0) }, as: UTF8.self)
  }
}
