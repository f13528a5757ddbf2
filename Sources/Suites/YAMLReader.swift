import Evidence
import Yams

/// Reads a YAML file into nodes that know their places.
///
/// A syntax error is the only thing that ends the reading; duplicate keys, values that YAML took for
/// something else, limits and tags are collected in the sink, and the rest is still read.
package struct YAMLReader {
  /// In bytes.
  package static let sizeLimit = 4 << 20
  package static let depthLimit = 64
  /// With aliases expanded.
  package static let nodeLimit = 250_000
  /// In bytes, of all scalars, with aliases expanded.
  package static let textLimit = 2 * sizeLimit
  /// Of the work for keys that stand twice, each of which has the parser begin again, in bytes.
  private static let repeatLimit = 4 * sizeLimit

  let source: SourceText
  /// The source's lines, for places in long ones.
  private let scalarLines: [[Unicode.Scalar]]
  let sink: DiagnosticSink
  /// Keys that were renamed for the parser's sake, because they stand twice: stand-in → name.
  private var renamed: [String: String] = [:]
  /// The lines as last given to the parser, where keys were renamed.
  private var workingLines: [String]?
  private var nodes = 0
  private var textBytes = 0
  private var isOverLimit = false
  /// What is read stands under `secrets`.
  private var isUnderSecrets = false

  private init(_ source: SourceText, _ sink: DiagnosticSink) {
    self.source = source
    self.sink = sink
    scalarLines = source.lines.map { Array($0.unicodeScalars) }
  }

  /// - Parameter file: how diagnostics name it.
  /// - Returns: nil where the file could not be read as YAML at all; the sink says why.
  package static func read(
    _ bytes: [UInt8],
    file: String,
    into sink: DiagnosticSink
  ) -> YAMLNode? {
    var bytes = bytes[...]
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes = bytes.dropFirst(3) }
    if bytes.count > sizeLimit {
      sink.error("file has more than \(sizeLimit) bytes, which is the limit", inFile: file)
      return nil
    }
    guard let text = String(validating: bytes, as: UTF8.self), !isUTF16(bytes) else {
      if isUTF16(bytes) {
        sink.error("file is UTF-16; save it as UTF-8", inFile: file)
      } else {
        reportInvalid(bytes, file: file, to: sink)
      }
      return nil
    }
    let source = SourceText(file: file, text: text)
    sink.register(source)
    var reader = YAMLReader(source, sink)
    return reader.read()
  }

  /// By its mark, or by the zero beside the first letter.
  private static func isUTF16(_ bytes: ArraySlice<UInt8>) -> Bool {
    let start = Array(bytes.prefix(2))
    return start == [0xFF, 0xFE] || start == [0xFE, 0xFF]
      || (start.count == 2 && start.contains(0) && start != [0, 0])
  }

  private static func reportInvalid(
    _ bytes: ArraySlice<UInt8>,
    file: String,
    to sink: DiagnosticSink
  ) {
    var parser = Unicode.UTF8.ForwardParser()
    var iterator = bytes.makeIterator()
    var offset = bytes.startIndex
    while case .valid(let scalar) = parser.parseScalar(from: &iterator) { offset += scalar.count }
    let before = SourceText(file: file, text: String(decoding: bytes[..<offset], as: UTF8.self))
    let isAtStart =
      before.text.isEmpty
      || "\n\r".unicodeScalars.contains { $0 == before.text.unicodeScalars.last }
    let line = before.lines.count + (isAtStart ? 1 : 0)
    let column = isAtStart ? 1 : before.line(line).unicodeScalars.count + 1
    sink.register(SourceText(file: file, text: String(decoding: bytes, as: UTF8.self)))
    let byte = String(bytes[offset], radix: 16, uppercase: true)
    sink.error(
      "byte 0x\(byte) is not UTF-8; save the file as UTF-8",
      at: SourcePlace(file: file, line: line, column: column)
    )
  }

  private mutating func read() -> YAMLNode? {
    guard !refusesCharacters(), !refusesAliasKeys() else { return nil }
    var text = source.text
    var work = 0
    while true {
      do {
        guard let root = try Yams.compose(yaml: text, .basic, .default, .utf8) else {
          return emptyNode
        }
        let node = convert(root, depth: 0)
        // What was left out would be told as missing.
        return isOverLimit ? nil : node
      } catch let error as YamlError {
        work += text.utf8.count
        guard renamed.count < 64, work < Self.repeatLimit, let next = textWithoutDuplicate(error)
        else {
          YAMLSyntaxMessage(source: source).report(error, to: sink)
          return nil
        }
        text = next
      } catch {
        sink.error("file cannot be read as YAML", at: emptyNode.place)
        return nil
      }
    }
  }

  private var emptyNode: YAMLNode {
    YAMLNode(
      content: .scalar(.init(text: "", isQuoted: false, length: 1)),
      place: source.place(line: 1, column: 1),
      isFlow: false
    )
  }

  /// Characters that YAML forbids, with their place, which libyaml does not tell.
  private func refusesCharacters() -> Bool {
    for (index, line) in source.lines.enumerated() {
      for (column, scalar) in line.unicodeScalars.enumerated() {
        switch scalar.value {
        case 0x09, 0x20...0x7E, 0x85, 0xA0...0xFEFE, 0xFF00...0xFFFD, 0x10000...: continue
        default:
          let code = String(scalar.value, radix: 16, uppercase: true)
          sink.error(
            "character U+\(String(repeating: "0", count: max(0, 4 - code.utf8.count)))\(code) is not allowed in YAML",
            at: source.place(line: index + 1, column: column + 1)
          )
          return true
        }
      }
    }
    return false
  }

  private static func isAnchorLetter(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.isAlphabetic || scalar == "_" || scalar == "-"
      || ("0"..."9").contains(scalar)
  }

  /// An alias inside a key is refused before parsing: Yams hashes keys, and hashing one that nested
  /// aliases blow up would not end.
  private func refusesAliasKeys() -> Bool {
    guard source.text.utf8.contains(UInt8(ascii: "&")) else { return false }
    for (index, line) in source.lines.enumerated() where line.utf8.contains(0x2A) {
      let scalars = Array(line.unicodeScalars)
      for (column, scalar) in scalars.enumerated() where scalar == "*" {
        let before = column == 0 ? " " : scalars[column - 1]
        guard " \t[{,:?".unicodeScalars.contains(before) else { continue }
        let name = scalars[(column + 1)...].prefix(while: Self.isAnchorLetter)
        guard !name.isEmpty else { continue }
        let rest = scalars[name.endIndex...].drop { " ]}".unicodeScalars.contains($0) }
        let isKey = rest.first == ":" || scalars[..<column].contains("?")
        if isKey {
          sink.error(
            "alias stands in a key, which is not supported; write the key out",
            at: source.place(line: index + 1, column: column + 1),
            length: name.count + 1
          )
          return true
        }
      }
    }
    return false
  }
}

// MARK: - Conversion

extension YAMLReader {
  private mutating func convert(_ node: Node, depth: Int) -> YAMLNode {
    let place = place(of: node.mark)
    nodes += 1
    if case .scalar(let scalar) = node { textBytes += scalar.string.utf8.count }
    if nodes > Self.nodeLimit || textBytes > Self.textLimit || depth > Self.depthLimit {
      if !isOverLimit {
        isOverLimit = true
        sink.error(
          depth > Self.depthLimit
            ? "file is nested more than \(Self.depthLimit) deep"
            : textBytes > Self.textLimit
              ? "file has more than \(Self.textLimit) bytes once its aliases are filled in"
              : "file has more than \(Self.nodeLimit) values once its aliases are filled in",
          at: place
        )
      }
      return YAMLNode(content: emptyNode.content, place: place, isFlow: false)
    }
    switch node {
    case .scalar(let scalar): return convert(scalar, at: place)
    case .sequence(let sequence):
      checkTag(sequence.tag, at: place)
      var items: [YAMLNode] = []
      for item in sequence where !isOverLimit { items.append(convert(item, depth: depth + 1)) }
      return YAMLNode(content: .sequence(items), place: place, isFlow: isFlow(at: place))
    case .mapping(let mapping):
      checkTag(mapping.tag, at: place)
      return convert(mapping, at: place, depth: depth)
    case .alias:
      sink.error("alias has no value", at: place)
      return YAMLNode(content: emptyNode.content, place: place, isFlow: false)
    }
  }

  private func convert(_ scalar: Node.Scalar, at place: SourcePlace) -> YAMLNode {
    let tag = scalar.tag.description
    let isQuoted = scalar.style != .plain || tag == "tag:yaml.org,2002:str"
    if tag != "tag:yaml.org,2002:str" { checkTag(scalar.tag, at: place) }
    return YAMLNode(
      content: .scalar(
        .init(text: scalar.string, isQuoted: isQuoted, length: length(of: scalar, at: place))
      ),
      place: place,
      isFlow: false
    )
  }

  private func checkTag(_ tag: Tag, at place: SourcePlace) {
    let name = tag.description
    if name.isEmpty || name == "tag:yaml.org,2002:str" || name == "tag:yaml.org,2002:map"
      || name == "tag:yaml.org,2002:seq" || name == "!"
    {
      return
    }
    let written = name.replacing("tag:yaml.org,2002:", with: "!!")
    sink.error(
      name.hasPrefix("!=")
        ? "\"!=\" without quotes is a tag to YAML; quote it: \"!=\""
        : "tag \"\(written)\" is not supported",
      at: place
    )
  }

  private mutating func convert(
    _ mapping: Node.Mapping,
    at place: SourcePlace,
    depth: Int
  ) -> YAMLNode {
    let isFlow = isFlow(at: place)
    if isFlow, mapping.count == 1, let (key, value) = mapping.first, let inner = key.mapping,
      inner.count == 1, let name = inner.first?.key.scalar?.string, isNull(value)
    {
      let template = "{{\(name)}}"
      sink.error(
        "\(template) without quotes is a mapping to YAML; quote it: \"\(template)\"",
        at: place,
        length: template.unicodeScalars.count
      )
      let scalar = YAMLNode.Scalar(text: template, isQuoted: true, length: template.utf8.count)
      return YAMLNode(content: .scalar(scalar), place: place, isFlow: false)
    }
    var members: [YAMLNode.Member] = []
    var merged: [YAMLNode.Member] = []
    var indices: [[UInt8]: Int] = [:]
    for (key, value) in mapping where !isOverLimit {
      let keyPlace = self.place(of: key.mark)
      guard let keyScalar = key.scalar else {
        sink.error("key is no text; quote it", at: keyPlace)
        continue
      }
      if key.tag.description.hasPrefix("!=") {
        // What stands behind the tag is taken for what it was meant to be.
        let place = tagPlace(before: keyPlace)
        checkTag(key.tag, at: place)
        let length = length(of: keyScalar, at: keyPlace)
        let scalar = YAMLNode.Scalar(text: keyScalar.string, isQuoted: false, length: length)
        let value = YAMLNode(content: .scalar(scalar), place: keyPlace, isFlow: false)
        members.append(.init(key: "!=", keyPlace: place, value: value, keyLength: 2))
        continue
      }
      let name = renamed[keyScalar.string] ?? keyScalar.string
      let keyLength = length(of: keyScalar, at: keyPlace)
      if isFlow, isNull(value), !hasColon(after: keyPlace, keyLength), let last = members.last,
        let text = last.value.scalar, !text.isQuoted
      {
        sink.error(
          "a comma inside { } ends a value; quote it: \"\(text.text), \(name)\"",
          at: last.value.place,
          length: text.length
        )
        members[members.count - 1].value.content = .scalar(
          .init(text: text.text + ", " + name, isQuoted: true, length: text.length)
        )
        continue
      }
      if depth == 0 { isUnderSecrets = name == "secrets" }
      let converted = convert(value, depth: depth + 1)
      if name == "<<", keyScalar.style == .plain {
        merged += mergeMembers(converted)
        continue
      }
      if let index = indices[Array(name.utf8)] {
        // Nobody else sees the value, which may be a secret, and its line is shown.
        if isUnderSecrets || name == "password" { conceal(converted) }
        let first = members[index]
        sink.error(
          "key \"\(name)\" stands twice, first at \(first.keyPlace.line):\(first.keyPlace.column)",
          at: keyPlace,
          length: keyLength
        )
        continue
      }
      indices[Array(name.utf8)] = members.count
      members.append(
        .init(key: name, keyPlace: keyPlace, value: converted, keyLength: keyLength)
      )
    }
    for member in merged where indices[Array(member.key.utf8)] == nil {
      indices[Array(member.key.utf8)] = members.count
      members.append(member)
    }
    return YAMLNode(content: .mapping(members), place: place, isFlow: isFlow)
  }

  private func conceal(_ node: YAMLNode) {
    sink.conceal(node)
    for item in node.items ?? [] { conceal(item) }
    for member in node.members ?? [] { conceal(member.value) }
  }

  /// What `<<` brings in; of several mappings the first one counts.
  private func mergeMembers(_ node: YAMLNode) -> [YAMLNode.Member] {
    switch node.content {
    case .mapping(let members): return members
    case .sequence(let items) where items.allSatisfy({ $0.members != nil }):
      return items.flatMap { $0.members ?? [] }
    default:
      sink.error("<< needs a mapping or a list of them", at: node)
      return []
    }
  }

  private func isNull(_ node: Node) -> Bool {
    node.scalar.map { $0.string.isEmpty && $0.style == .plain } ?? false
  }

  private func place(of mark: Mark?) -> SourcePlace {
    source.place(line: mark?.line ?? 1, column: mark?.column ?? 1)
  }

  private func scalars(at place: SourcePlace) -> ArraySlice<Unicode.Scalar> {
    guard scalarLines.indices.contains(place.line - 1) else { return [] }
    return scalarLines[place.line - 1].dropFirst(place.column - 1)
  }

  /// Where the tag of a key begins: the parser's mark is the tag's, or that of the key behind it.
  private func tagPlace(before place: SourcePlace) -> SourcePlace {
    guard scalarLines.indices.contains(place.line - 1) else { return place }
    let line = scalarLines[place.line - 1]
    let start = line[..<min(place.column, line.count)].lastIndex(of: "!")
    return source.place(line: place.line, column: start.map { $0 + 1 } ?? place.column)
  }

  private func isFlow(at place: SourcePlace) -> Bool {
    // After an anchor or a tag the mark is theirs.
    let rest = scalars(at: place)
    let first = rest.first
    if first == "&" || first == "!" {
      let next = rest.drop { $0 != " " }.drop { $0 == " " }.first
      return next == "{" || next == "["
    }
    return first == "{" || first == "["
  }

  private func hasColon(after place: SourcePlace, _ length: Int) -> Bool {
    scalars(at: place).dropFirst(length).first { $0 != " " } == ":"
  }

  /// How much of its first line a scalar takes.
  private func length(of scalar: Node.Scalar, at place: SourcePlace) -> Int {
    let rest = scalars(at: place)
    switch scalar.style {
    case .plain, .any:
      let first = scalar.string.unicodeScalars.prefix { $0 != "\n" }.count
      return max(1, min(first, rest.count))
    case .singleQuoted, .doubleQuoted:
      guard let quote = rest.first else { return 1 }
      var count = 1
      var isEscaped = false
      for character in rest.dropFirst() {
        count += 1
        if isEscaped {
          isEscaped = false
        } else if character == "\\", quote == "\"" {
          isEscaped = true
        } else if character == quote {
          break
        }
      }
      return count
    case .literal, .folded: return 1
    }
  }

  /// The text with the first of two equal keys renamed, so that Yams reads on.
  ///
  /// Yams refuses duplicate keys with the place of the first one only. Renamed to as many characters
  /// of a private use area, the key stays where it is, and its twin is found among its neighbours.
  private mutating func textWithoutDuplicate(_ error: YamlError) -> String? {
    guard case .duplicatedKeysInMapping(_, let context) = error,
      let standin = Unicode.Scalar(0xE000 + UInt32(renamed.count))
    else { return nil }
    let mark = context.mark
    var lines = workingLines ?? source.lines
    guard lines.indices.contains(mark.line - 1) else { return nil }
    var line = Array(lines[mark.line - 1].unicodeScalars)
    let start = mark.column - 1
    guard line.indices.contains(start) else { return nil }
    let quote: Unicode.Scalar? = line[start] == "\"" || line[start] == "'" ? line[start] : nil
    let end: Int
    if let quote {
      guard let close = line[(start + 1)...].firstIndex(of: quote) else { return nil }
      end = close + 1
    } else {
      var index = start
      while index < line.count,
        line[index] != ":" || (index + 1 < line.count && line[index + 1] != " "),
        line[index] != ",", line[index] != "}"
      { index += 1 }
      while index > start, line[index - 1] == " " { index -= 1 }
      end = index
    }
    guard end > start, !"{[*&!".unicodeScalars.contains(line[start]) else { return nil }
    let inner = quote == nil ? start..<end : (start + 1)..<(end - 1)
    guard !inner.isEmpty else { return nil }
    let name = String(String.UnicodeScalarView(line[inner]))
    let key = String(String.UnicodeScalarView(repeatElement(standin, count: inner.count)))
    renamed[key] = renamed[name] ?? name
    line.replaceSubrange(inner, with: repeatElement(standin, count: inner.count))
    lines[mark.line - 1] = String(String.UnicodeScalarView(line))
    workingLines = lines
    return lines.joined(separator: "\n") + "\n"
  }
}
