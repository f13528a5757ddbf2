/// `.env.sample` and app settings: lines of `NAME=value`, as Docker reads them, with quotes.
package struct EnvironmentSample: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    package var name: String
    package var value: String
    /// From 1.
    package var line: Int
  }

  /// In the order of the file, a name as often as it stands.
  package var entries: [Entry]

  package init(_ text: String) {
    entries = []
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      var rest = line.drop { $0 == " " || $0 == "\t" }
      if rest.hasPrefix("#") || rest.isEmpty { continue }
      if rest.hasPrefix("export ") { rest = rest.dropFirst(7) }
      guard let equals = rest.firstIndex(of: "=") else { continue }
      let name = rest[..<equals].filter { $0 != " " }
      guard !name.isEmpty else { continue }
      entries.append(
        Entry(
          name: String(name),
          value: Self.value(rest[rest.index(after: equals)...]),
          line: index + 1
        )
      )
    }
  }

  /// Without quotes, or without what follows ` #`.
  private static func value(_ text: Substring) -> String {
    let text = text.drop { $0 == " " || $0 == "\t" }
    if let quote = text.first, quote == "\"" || quote == "'" {
      let inner = text.dropFirst()
      if let end = inner.firstIndex(of: quote) { return String(inner[..<end]) }
    }
    var value = text
    if let comment = text.firstRange(of: " #") { value = text[..<comment.lowerBound] }
    while value.last == " " || value.last == "\t" { value.removeLast() }
    return String(value)
  }

  /// The last value of a name.
  package subscript(_ name: String) -> String? { entries.last { $0.name == name }?.value }

  /// By name; of several the last one counts.
  package var values: [String: String] {
    Dictionary(entries.map { ($0.name, $0.value) }) { _, last in last }
  }

  /// What `COMPOSE_FILE` names, else `compose.yml`. A line may add to an earlier one, as in
  /// `COMPOSE_FILE="$COMPOSE_FILE:compose.smtp.yml"`.
  package var composeFiles: [String] {
    var known: [String: String] = [:]
    for entry in entries {
      var variables = ComposeVariables(known)
      known[entry.name] =
        entry.name == "COMPOSE_FILE" ? variables.fill(entry.value) : entry.value
    }
    let files = (known["COMPOSE_FILE"] ?? "").split(separator: ":").map(String.init)
    return files.isEmpty ? ["compose.yml"] : files
  }
}

/// What the variables of a recipe's compose files are, for lint, plan and drivers alike.
package struct ComposeEnvironment: Sendable {
  package let sample: EnvironmentSample
  /// By name.
  package var values: [String: String]

  /// `.env.sample`, over it what `abra.sh` exports, over it what the suite sets.
  ///
  /// - Parameter read: a file of the recipe; nil where it has none of that name.
  package init(
    setting settings: [String: String] = [:],
    read: (String) throws -> [UInt8]?
  ) rethrows {
    func text(_ name: String) throws -> String {
      try read(name).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
    sample = EnvironmentSample(try text(".env.sample"))
    values = sample.values
    let exports = try text("abra.sh").split(whereSeparator: \.isNewline)
      .filter { $0.hasPrefix("export ") }
    values.merge(EnvironmentSample(exports.joined(separator: "\n")).values) { $1 }
    values.merge(settings) { $1 }
    // Nobody knows it before a deployment; a text that shows it can still be read.
    if values["STACK_NAME"] == nil { values["STACK_NAME"] = "${STACK_NAME}" }
  }

  /// The files that are laid over each other, in order.
  package var composeFiles: [String] {
    guard let asked = values["COMPOSE_FILE"], asked != sample.values["COMPOSE_FILE"] else {
      return sample.composeFiles
    }
    return asked.split(separator: ":").map(String.init)
  }
}
