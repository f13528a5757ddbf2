import Formats
import Programs

/// Parses shell and bats by `shfmt --to-json`, one process a file and a few at a time.
///
/// A process takes 4 ms (shfmt 3.6). Nothing of a script is executed.
struct ShellSyntax: Sendable {
  /// A language of shfmt's.
  enum Dialect: String, Sendable { case posix, bash, mksh, bats }

  /// What came of parsing one file.
  enum Tree: Sendable {
    case json([UInt8])
    /// Nothing of it is known: at which line.
    case unread(Int)
    /// The program is not there, or ended before it had an answer.
    case failed(String)

    var isJSON: Bool { if case .json = self { true } else { false } }
  }

  /// For one file, in seconds of the processor's time: a busy machine changes nothing.
  static let fileSeconds = 10

  let program: SyntaxProgram?

  init(program: SyntaxProgram? = .shfmt) { self.program = program }

  /// The trees of texts, in their order.
  func trees(of sources: [(text: [UInt8], dialect: Dialect)]) async -> [Tree] {
    guard let program else {
      return sources.map { _ in .failed("shfmt is not installed (package shfmt)") }
    }
    return await inParallel(sources, width: 4) { source in
      let tree = await Self.tree(of: source.text, source.dialect, program)
      // `#!/bin/sh` before a script for bash is common, and bash understands all of the other.
      guard source.dialect == .posix, !tree.isJSON else { return tree }
      let other = await Self.tree(of: source.text, .bash, program)
      return other.isJSON ? other : tree
    }
  }

  /// By the name of a file, then by its first line.
  static func dialect(of name: String, _ bytes: [UInt8]) -> Dialect {
    let start = String(decoding: bytes.prefix(200).prefix { $0 != 0x0A }, as: UTF8.self)
    let words = start.hasPrefix("#!") ? start.split { $0 == "/" || $0 == " " } : []
    if name.hasSuffix(".bats") || words.contains("bats") { return .bats }
    if words.contains("mksh") || words.contains("ksh") || name.hasSuffix(".ksh") { return .mksh }
    return words.contains { ["sh", "dash", "ash"].contains($0) } ? .posix : .bash
  }

  /// What the programs are given, and shfmt's offsets count in: UTF-8, with the line ends of Unix.
  static func text(of bytes: [UInt8]) -> [UInt8] {
    let text = Array(String(decoding: bytes, as: UTF8.self).utf8)
    guard text.contains(0x0D) else { return text }
    return text.indices.filter { text[$0] != 0x0D || !text[$0...].dropFirst().starts(with: [0x0A]) }
      .map { text[$0] }
  }

  static func arguments(_ dialect: Dialect) -> [String] { ["--to-json", "-ln", dialect.rawValue] }

  private static func tree(
    of text: [UInt8],
    _ dialect: Dialect,
    _ program: SyntaxProgram
  ) async -> Tree {
    let answer = await program.run(
      arguments(dialect),
      input: text,
      limit: 256 << 20,
      seconds: fileSeconds,
      deadline: .seconds(600)
    )
    guard let answer, case .exited(let status) = answer.ending else {
      return .failed("shfmt could not parse it within \(fileSeconds) s")
    }
    // `7:12: reached EOF without …`
    let line = answer.lastLine.split(separator: ":").first.flatMap { Int($0) }
    return status == 0 ? .json(answer.stdout) : .unread(max(1, line ?? 1))
  }
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
