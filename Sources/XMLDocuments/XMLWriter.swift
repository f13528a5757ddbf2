/// Writes a UTF-8 document, element by element, to memory or to a closure.
///
/// Text is sanitised and escaped on its way; names are checked. Elements without text are
/// indented; from the first text on, an element is written as it comes, because white space inside
/// it would be content. A document without a root element, or with two, is the caller's affair.
package struct XMLWriter: ~Copyable {
  private var buffer: [UInt8] = []
  private var open: [Level] = []
  private var tagIsOpen = false
  private let indentation: Int
  private let chunkBytes: Int
  private let write: (([UInt8]) throws -> Void)?

  private struct Level {
    var name: String
    var holdsText = false
    var holdsElements = false
  }

  /// - Parameters:
  ///   - indentation: Spaces for each level; `nil` writes everything on one line.
  ///   - chunkBytes: How much is gathered before `write` is called.
  ///   - write: Gets the document in pieces that may divide a character. Without it the document
  ///     stays in memory until ``finish()`` returns it.
  package init(
    indentation: Int? = 2,
    chunkBytes: Int = 65_536,
    write: (([UInt8]) throws -> Void)? = nil
  ) {
    self.indentation = indentation ?? -1
    self.chunkBytes = max(1, chunkBytes)
    self.write = write
    append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
  }

  /// Begins an element; an attribute whose value is `nil` is left out.
  ///
  /// Throws for a name that XML does not allow, and what `write` throws.
  package mutating func start(
    _ name: String,
    _ attributes: KeyValuePairs<String, String?> = [:]
  ) throws {
    try check(name)
    closeTag()
    if let level = open.indices.last {
      open[level].holdsElements = true
      if !open[level].holdsText { breakLine() }
    }
    append("<")
    append(name)
    for (key, value) in attributes {
      guard let value else { continue }
      try check(key)
      append(" ")
      append(key)
      append("=\"")
      XMLText.append(value, as: .attribute, to: &buffer)
      append("\"")
    }
    open.append(Level(name: name))
    tagIsOpen = true
    try flush(from: chunkBytes)
  }

  /// Adds text to the open element; empty text adds nothing.
  package mutating func text(_ text: String) throws {
    guard let level = open.indices.last else {
      throw XMLError(.unbalanced, "text outside of the root element")
    }
    guard !text.isEmpty else { return }
    closeTag()
    open[level].holdsText = true
    XMLText.append(text, as: .content, to: &buffer)
    try flush(from: chunkBytes)
  }

  /// Ends the element that was begun last.
  package mutating func end() throws {
    guard let level = open.popLast() else {
      throw XMLError(.unbalanced, "no element is open")
    }
    if tagIsOpen {
      append("/>")
      tagIsOpen = false
    } else {
      if level.holdsElements, !level.holdsText { breakLine() }
      append("</")
      append(level.name)
      append(">")
    }
    if open.isEmpty { append("\n") }
    try flush(from: chunkBytes)
  }

  /// An element with text, or an empty one.
  package mutating func element(
    _ name: String,
    _ attributes: KeyValuePairs<String, String?> = [:],
    text: String = ""
  ) throws {
    try start(name, attributes)
    try self.text(text)
    try end()
  }

  /// Hands the rest to `write`, or returns the whole document if there is no `write`.
  @discardableResult
  package consuming func finish() throws -> [UInt8] {
    if let level = open.last {
      throw XMLError(.unbalanced, "element '\(level.name)' is still open")
    }
    try flush(from: 1)
    return buffer
  }

  private mutating func flush(from minimum: Int) throws {
    guard let write, buffer.count >= minimum else { return }
    try write(buffer)
    buffer.removeAll(keepingCapacity: true)
  }

  private mutating func closeTag() {
    guard tagIsOpen else { return }
    append(">")
    tagIsOpen = false
  }

  private mutating func breakLine() {
    guard indentation >= 0 else { return }
    append("\n")
    buffer.append(
      contentsOf: repeatElement(UInt8(ascii: " "), count: indentation * open.count)
    )
  }

  private mutating func append(_ text: String) {
    buffer.append(contentsOf: text.utf8)
  }

  private func check(_ name: String) throws {
    guard XMLName.isValid(name) else {
      throw XMLError(.invalidName, "'\(XMLText.cut(name, to: 64))' is no XML name")
    }
  }
}
