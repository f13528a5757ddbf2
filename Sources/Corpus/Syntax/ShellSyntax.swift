import Formats
import Programs

/// Parses shell and bats by `shfmt --to-json`, one process a file and a few at a time.
///
/// A process takes 4 ms (shfmt 3.6). Nothing of a script is executed.
struct ShellSyntax: Sendable {
  /// A language of shfmt's.
  enum Dialect: String, Sendable { case posix, bash, mksh, bats }

  /// For one file, in seconds of clock time.
  static let fileSeconds = 20

  let program: SyntaxProgram?

  init(program: SyntaxProgram? = .shfmt) { self.program = program }

  /// The trees of texts, in their order.
  func trees(of sources: [(bytes: [UInt8], dialect: Dialect)]) async -> [SyntaxTree] {
    guard let program else {
      return sources.map { _ in .failed("shfmt is not installed (package shfmt)") }
    }
    return await inParallel(sources, width: 4) { source in
      let tree = await Self.tree(of: source.bytes, source.dialect, program)
      // `#!/bin/sh` before a script for bash is common, and bash understands all of the other.
      guard source.dialect == .posix, tree.root == nil else { return tree }
      let other = await Self.tree(of: source.bytes, .bash, program)
      return other.root == nil ? tree : other
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

  /// What shfmt is given, and its offsets count in: UTF-8, with the line ends of Unix.
  static func text(of bytes: [UInt8]) -> [UInt8] {
    let text = Array(String(decoding: bytes, as: UTF8.self).utf8)
    guard text.contains(0x0D) else { return text }
    return text.indices.filter { text[$0] != 0x0D || !text[$0...].dropFirst().starts(with: [0x0A]) }
      .map { text[$0] }
  }

  private static func tree(
    of bytes: [UInt8],
    _ dialect: Dialect,
    _ program: SyntaxProgram
  ) async -> SyntaxTree {
    let text = text(of: bytes)
    let answer = await program.run(
      ["--to-json", "-ln", dialect.rawValue],
      input: text,
      limit: 256 << 20,
      deadline: .seconds(fileSeconds)
    )
    guard let answer, case .exited(let status) = answer.ending else {
      return .failed("shfmt could not parse it within \(fileSeconds) s")
    }
    guard status == 0 else {
      // `7:12: reached EOF without …`
      let line = answer.lastLine.split(separator: ":").first.flatMap { Int($0) }
      return .unread(line ?? 1, "cannot be parsed as shell")
    }
    return tree(from: answer.stdout)
  }

  /// The tree that shfmt wrote.
  static func tree(from json: [UInt8]) -> SyntaxTree {
    guard let value = try? JSONParser(depthLimit: 400).parse(json) else {
      return .unread(1, "is nested too deeply to read")
    }
    return .tree(SyntaxNode(value))
  }
}
