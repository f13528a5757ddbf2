import Formats

/// A template's tags, read for checking; rendering is left to the library.
indirect enum TemplateNode: Sendable {
  case variable(name: String, isRaw: Bool, Mark)
  case section(name: String, isInverted: Bool, [TemplateNode], Mark)
  case partial(name: String, blocks: [String: [TemplateNode]], Mark)
  case block(name: String, [TemplateNode], Mark)

  /// Where a tag stands.
  struct Mark: Sendable {
    var template: String
    var line: Int
    var tag: String

    func error(_ code: RenderingError.Code, _ message: String) -> RenderingError {
      RenderingError(code, template, line: line, tag: tag, message)
    }
  }
}

/// Reads tags with their lines. The library names neither the unclosed section nor its line.
struct TemplateReader {
  private enum Kind { case section, inverted, block, parent }

  private struct Open {
    var kind: Kind
    var name: String
    var mark: TemplateNode.Mark
    var nodes: [TemplateNode] = []
  }

  private let template: String
  private var stack: [Open] = []
  private var top: [TemplateNode] = []

  static func nodes(of text: String, named template: String) throws -> [TemplateNode] {
    var reader = TemplateReader(template: template)
    return try reader.read(text)
  }

  private init(template: String) { self.template = template }

  private mutating func read(_ text: String) throws -> [TemplateNode] {
    let bytes = Array(text.utf8)
    let open = UInt8(ascii: "{")
    let close = UInt8(ascii: "}")
    var line = 1
    var index = 0
    while index + 1 < bytes.count {
      if bytes[index] == UInt8(ascii: "\n") { line += 1 }
      guard bytes[index] == open, bytes[index + 1] == open else {
        index += 1
        continue
      }
      let isTriple = index + 2 < bytes.count && bytes[index + 2] == open
      let braces = isTriple ? 3 : 2
      var end = index + braces
      while end + braces <= bytes.count,
        !bytes[end..<(end + braces)].allSatisfy({ $0 == close })
      {
        end += 1
      }
      guard end + braces <= bytes.count else {
        let rest = bytes[index...].prefix { $0 != UInt8(ascii: "\n") }
        let mark = TemplateNode.Mark(
          template: template,
          line: line,
          tag: String(decoding: rest, as: UTF8.self)
        )
        throw mark.error(.badTag, "the tag does not end")
      }
      let content = String(decoding: bytes[(index + braces)..<end], as: UTF8.self)
      let mark = TemplateNode.Mark(
        template: template,
        line: line,
        tag: String(decoding: bytes[index..<(end + braces)], as: UTF8.self)
      )
      line += bytes[index..<(end + braces)].count { $0 == UInt8(ascii: "\n") }
      index = end + braces
      try add(content, isTriple: isTriple, mark)
    }
    if let open = stack.last {
      throw open.mark.error(.unbalanced, "section \(open.name) is not closed")
    }
    return top
  }

  /// Sections inside of one another. What is made of them is read and rendered by recursion.
  private static let depthLimit = 50

  private mutating func add(
    _ content: String,
    isTriple: Bool,
    _ mark: TemplateNode.Mark
  ) throws {
    guard stack.count <= Self.depthLimit else {
      throw mark.error(.badTag, "more than \(Self.depthLimit) sections stand inside of one another")
    }
    func name(_ text: Substring) throws -> String {
      let name = text.trimmingWhitespace
      guard !name.isEmpty, name.utf8.allSatisfy(Self.isNameByte) else {
        throw mark.error(.badTag, "this is not the name of a value")
      }
      return name
    }
    if isTriple {
      append(.variable(name: try name(content[...]), isRaw: true, mark))
      return
    }
    let rest = content.dropFirst()
    switch content.first {
    case "!": return
    case "#": stack.append(Open(kind: .section, name: try name(rest), mark: mark))
    case "^": stack.append(Open(kind: .inverted, name: try name(rest), mark: mark))
    case "$": stack.append(Open(kind: .block, name: try name(rest), mark: mark))
    case "<": stack.append(Open(kind: .parent, name: try name(rest), mark: mark))
    case ">": append(.partial(name: try name(rest), blocks: [:], mark))
    case "&": append(.variable(name: try name(rest), isRaw: true, mark))
    case "/": try close(try name(rest), mark)
    case "=", "%":
      throw mark.error(.badTag, "delimiters and content types are the loader's, not a template's")
    default: append(.variable(name: try name(content[...]), isRaw: false, mark))
    }
  }

  private mutating func append(_ node: TemplateNode) {
    if stack.isEmpty { top.append(node) } else { stack[stack.count - 1].nodes.append(node) }
  }

  private mutating func close(_ name: String, _ mark: TemplateNode.Mark) throws {
    guard let open = stack.popLast() else {
      throw mark.error(.unbalanced, "no section is open here")
    }
    guard open.name == name else {
      throw mark.error(
        .unbalanced,
        "section \(open.name), opened in line \(open.mark.line), is not closed before"
      )
    }
    switch open.kind {
    case .section: append(.section(name: name, isInverted: false, open.nodes, open.mark))
    case .inverted: append(.section(name: name, isInverted: true, open.nodes, open.mark))
    case .block: append(.block(name: name, open.nodes, open.mark))
    case .parent:
      var blocks: [String: [TemplateNode]] = [:]
      for node in open.nodes {
        guard case .block(let name, let nodes, _) = node else {
          throw open.mark.error(.badTag, "only blocks can stand inside an inherited template")
        }
        blocks[name] = nodes
      }
      append(.partial(name: name, blocks: blocks, open.mark))
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte.isASCIILetterOrDigit || ".-_/()".utf8.contains(byte)
  }
}

extension Substring {
  var trimmingWhitespace: String {
    var text = self
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
