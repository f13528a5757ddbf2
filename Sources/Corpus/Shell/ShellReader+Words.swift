extension ShellReader {
  /// A word as one value: what stands between quotes, or on one side of a comparison.
  ///
  /// - Parameter isPattern: Backslashes outside of quotes mean something to what reads it.
  func value(of word: SyntaxNode?, isPattern: Bool = false) -> ShellValue {
    guard let word else { return ShellValue("") }
    return joined(word.list("Parts").flatMap { values(of: $0, isQuoted: false, isPattern) })
  }

  private func joined(_ values: [ShellValue]) -> ShellValue {
    let filled = values.filter { !$0.text.isEmpty || $0.seen != nil || $0.success != nil }
    if filled.count == 1, let only = filled.first { return only }
    var value = ShellValue(values.map(\.text).joined())
    // `x$status`, `$code $body`: made of an answer, and not the answer.
    value.seen = filled.first { $0.seen != nil }?.part("text").seen
    return value
  }

  /// A word as the words that it is expanded to: elements of an array, what stands in braces, and a
  /// text with blanks that is not quoted.
  func words(of word: SyntaxNode) -> [ShellValue] {
    let parts = word.list("Parts")
    if parts.count == 1, let only = parts.first {
      let isQuoted = only.kind == "DblQuoted"
      let inner = isQuoted ? only.list("Parts") : parts
      if inner.count == 1, let name = inner[0]["Param"]?.text("Value"), inner[0]["Exp"] == nil {
        let index = inner[0]["Index"]?.literal
        if index == "@" || index == "*" || name == "@" || name == "*" {
          if let elements = variables[name]?.elements { return elements }
          if let value = variables[name], value.seen != nil { return [value] }
          var value = ShellValue.hole
          value.isOpen = true
          return [value]
        }
        let value = value(of: word)
        if !isQuoted, value.seen == nil, value.text.contains(where: \.isWhitespace) {
          return ShellWords.split(value.text).map { ShellValue($0) }
        }
        return [value]
      }
    }
    let isBraced = parts.contains { $0.kind == "Lit" && $0.text("Value")?.contains("{") == true }
    guard isBraced else { return [value(of: word)] }
    var texts = [""]
    for part in parts {
      let own =
        part.kind == "Lit"
        ? Self.braces(part.text("Value") ?? "")
        : [joined(values(of: part, isQuoted: false, false)).text]
      texts = Array(texts.flatMap { text in own.map { text + $0 } }.prefix(Self.wordLimit))
    }
    return texts.map { ShellValue($0) }
  }

  /// `/{one,two}` as its two texts; a range such as `{1..9}` is a hole.
  private static func braces(_ text: String) -> [String] {
    guard let open = text.firstIndex(of: "{"), let close = text[open...].firstIndex(of: "}") else {
      return [unescaped(text)]
    }
    let inside = text[text.index(after: open)..<close]
    let rest = braces(String(text[text.index(after: close)...]))
    let start = unescaped(String(text[..<open]))
    let choices: [String]
    if inside.contains(",") {
      choices = inside.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    } else {
      choices = [inside.contains("..") ? Fingerprint.hole : "{\(inside)}"]
    }
    return choices.flatMap { choice in rest.map { start + choice + $0 } }
  }

  private static func unescaped(_ text: String, isQuoted: Bool = false) -> String {
    guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
    var result: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "\\"), let next = rest.first else {
        result.append(byte)
        continue
      }
      if next == UInt8(ascii: "\n") {
        rest = rest.dropFirst()
      } else if !isQuoted || "$`\"\\".utf8.contains(next) {
        result.append(next)
        rest = rest.dropFirst()
      } else {
        result.append(byte)
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func values(of part: SyntaxNode, isQuoted: Bool, _ isPattern: Bool) -> [ShellValue] {
    switch part.kind {
    case "Lit":
      let text = part.text("Value") ?? ""
      return [ShellValue(isPattern && !isQuoted ? text : Self.unescaped(text, isQuoted: isQuoted))]
    case "SglQuoted":
      let text = part.text("Value") ?? ""
      guard part.flag("Dollar") else { return [ShellValue(text)] }
      return [ShellValue(text.replacing("\\n", with: "\n").replacing("\\t", with: "\t"))]
    case "DblQuoted":
      return part.list("Parts").flatMap { values(of: $0, isQuoted: true, isPattern) }
    case "ParamExp": return [expansion(part)]
    case "CmdSubst":
      let inner = run(part.list("Stmts"), isTested: true)
      lastSuccess = inner.success
      return [inner.output ?? .hole]
    case "ProcSubst": return [run(part.list("Stmts"), isTested: true).output ?? .hole]
    default: return [.hole]
    }
  }

  /// `$name`, `${name:-preset}` and their like.
  private func expansion(_ node: SyntaxNode) -> ShellValue {
    let name = node["Param"]?.text("Value") ?? ""
    let known = variables[name]
    if node.flag("Length") { return known?.part("length") ?? .hole }
    if node.flag("Excl") { return .hole }
    if node["Slice"] != nil || node["Repl"] != nil { return known?.part("part") ?? .hole }
    if let index = node["Index"] {
      guard let elements = known?.elements else {
        return known?.seen == nil ? .hole : known ?? .hole
      }
      if index.literal == "@" || index.literal == "*" { return known ?? .hole }
      let place = index.literal.flatMap { Int($0) } ?? -1
      return elements.indices.contains(place) ? elements[place] : .hole
    }
    let value = known?.elements?.first ?? known
    guard let expansion = node["Exp"] else {
      if let value { return value }
      var special = ShellValue.hole
      if name == "?" { special.success = lastSuccess }
      return special
    }
    var sign = ""
    if let end = node["Param"]?.offset("End"), text.indices.contains(end) {
      sign = String(decoding: text[end...].prefix(2), as: UTF8.self)
    }
    let isSet = value.map { !$0.text.isEmpty || $0.seen != nil } ?? false
    switch sign.first {
    case ":", "-", "=":
      if sign.hasSuffix("+") { return .hole }
      if isSet, let value { return value }
      return sign.hasSuffix("?") ? .hole : self.value(of: expansion["Word"])
    case "%", "#":
      guard let value, value.seen == nil else { return value?.part("part") ?? .hole }
      let cut = self.value(of: expansion["Word"]).text
      guard !cut.isEmpty, !cut.contains(where: { "*?[".contains($0) }), cut != Fingerprint.hole
      else { return .hole }
      if sign.hasPrefix("%") {
        return value.text.hasSuffix(cut)
          ? ShellValue(String(value.text.dropLast(cut.count))) : value
      }
      return value.text.hasPrefix(cut)
        ? ShellValue(String(value.text.dropFirst(cut.count))) : value
    case "?" where isSet: return value ?? .hole
    default: return value?.part("part") ?? .hole
    }
  }
}
