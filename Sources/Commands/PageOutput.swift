import Evidence
import Formats
import Importing

/// The claims of a page, as they are printed.
struct PageOutput {
  private let file: ImportFile
  private let page: ImportedPage

  init(_ file: ImportFile) throws {
    self.file = file
    page = try Self.page(file)
  }

  /// - Throws: where the file is not UTF-8, or longer than anybody writes.
  static func page(_ file: ImportFile) throws -> ImportedPage {
    let bytes = try file.bytes()
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let line = bytes.split(separator: 0x0A, omittingEmptySubsequences: false)
        .firstIndex { String(validating: $0, as: UTF8.self) == nil }
      throw ImportError(.illFormed, "not UTF-8", line: line.map { $0 + 1 } ?? 0)
    }
    return try PageReader.read(text)
  }

  func text(_ format: ImportCommand.Format) -> String {
    switch format {
    case .json: JSONWriter(.spaced).string(of: json) + "\n"
    case .text: lines.map { TerminalText.stripped($0) + "\n" }.joined()
    }
  }

  private var lines: [String] {
    let recipe = page.recipe.map { " of \($0)" } ?? ""
    var lines = [
      "\(file.path): \(page.claims.count) claims\(recipe), \(page.rest.count) passages not understood"
    ]
    for claim in page.claims {
      lines.append("\(file.path):\(claim.lines.lowerBound): \(claim.shown)")
      for detail in claim.details { lines.append("    \(detail)") }
    }
    if !page.rest.isEmpty { lines.append("not understood, and kept as it stands:") }
    for rest in page.rest {
      lines.append("\(file.path):\(rest.lines.lowerBound):")
      lines += rest.text.split(separator: "\n", omittingEmptySubsequences: false).map {
        "  | \($0)"
      }
    }
    return lines
  }

  private var json: JSONValue {
    let rest: [JSONValue] = page.rest.map { one in
      ["text": .string(one.text), "lines": Self.lines(one.lines)]
    }
    return [
      "page": .string(file.path), "recipe": page.recipe.map { JSONValue.string($0) } ?? .null,
      "claims": .array(page.claims.map(\.json)), "rest": .array(rest),
    ]
  }

  static func lines(_ lines: ClosedRange<Int>) -> JSONValue {
    [.int(Int64(lines.lowerBound)), .int(Int64(lines.upperBound))]
  }
}

extension PageReference {
  var shown: String {
    [path, function].compactMap { $0 }.joined(separator: "::")
  }

  var json: JSONValue {
    [
      "path": path.map { JSONValue.string($0) } ?? .null,
      "function": function.map { JSONValue.string($0) } ?? .null,
    ]
  }
}

extension PageClaim {
  /// `port [claimed] health_check.py → functional/test_health.py`.
  var shown: String {
    var parts = ["\(kind.rawValue) [\(status.rawValue)]"]
    if let own {
      parts.append("\(own.id): \(own.verdict.word.shown)")
      return parts.joined(separator: " ")
    }
    let names = tests.map(\.shown).joined(separator: ", ")
    if let original { parts.append(original.shown + (names.isEmpty ? "" : " → \(names)")) }
    if original == nil, !names.isEmpty { parts.append(names) }
    if let store { parts.append("store \(store)") }
    if !stages.isEmpty { parts.append(stages.map(\.rawValue).joined(separator: ", ")) }
    if parts.count == 1 { parts.append(String(text.prefix(80))) }
    return parts.joined(separator: " ")
  }

  var details: [String] {
    let asked = requests.map { [$0.method, $0.path].compactMap { $0 }.joined(separator: " ") }
    let codes = statuses.map(String.init)
    return [
      asked.isEmpty ? nil : "asks \(asked.joined(separator: ", "))",
      codes.isEmpty ? nil : "statuses \(codes.joined(separator: ", "))",
      marker.map { "marker \($0)" },
      planned.isEmpty ? nil : "planned \(planned.map(\.shown).joined(separator: ", "))",
      reason.map { "because \($0)" },
    ].compactMap { $0 }
  }

  var json: JSONValue {
    func text(_ text: String?) -> JSONValue { text.map { JSONValue.string($0) } ?? .null }
    let asked: [JSONValue] = requests.map { one in
      ["method": text(one.method), "path": .string(one.path)]
    }
    let members: [(String, JSONValue)] = [
      ("kind", .string(kind.rawValue)), ("status", .string(status.rawValue)),
      ("word", .string(word)), ("original", original?.json ?? .null),
      ("tests", .array(tests.map(\.json))), ("planned", .array(planned.map(\.json))),
      ("requests", .array(asked)),
      ("statuses", .array(statuses.map { JSONValue.int(Int64($0)) })),
      ("stages", .array(stages.map { JSONValue.string($0.rawValue) })),
      ("store", text(store)), ("marker", text(marker)), ("reason", text(reason)),
      ("text", .string(self.text)), ("lines", PageOutput.lines(lines)), ("claim", text(own?.id)),
    ]
    return .object(JSONObject(members))
  }
}
