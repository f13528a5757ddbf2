import Formats

/// The stable name of a check: `<folder>/<file stem>::<name>`, generic ones `generic/<stage>::<name>`.
///
/// Ids are compared and ordered by their UTF-8 bytes, since Swift's string comparison folds
/// composed and decomposed forms of the same letter.
package struct CheckID: Hashable, Sendable, Comparable, CustomStringConvertible {
  package var folder: String
  package var stem: String
  package var name: String

  package init(folder: String, stem: String, name: String) {
    self.folder = folder
    self.stem = stem
    self.name = name
  }

  private static let separator = Array("::".utf8)

  /// Reads `<folder>/<stem>::<name>`; nil where the text has another form.
  package init?(_ text: String) {
    // By bytes: a catalogue has a hundred thousand of them.
    let utf8 = text.utf8
    guard
      let colons = utf8.indices.first(where: { utf8[$0...].starts(with: Self.separator) }),
      let slash = utf8[..<colons].firstIndex(of: UInt8(ascii: "/"))
    else { return nil }
    folder = String(text[..<slash])
    stem = String(text[utf8.index(after: slash)..<colons])
    name = String(text[utf8.index(colons, offsetBy: 2)...])
    if folder.isEmpty || stem.isEmpty || name.isEmpty { return nil }
  }

  package static func generic(_ stage: Stage, _ name: String) -> CheckID {
    CheckID(folder: "generic", stem: stage.rawValue, name: name)
  }

  package static func integrity(_ store: String, _ name: String) -> CheckID {
    CheckID(folder: "integrity", stem: store, name: name)
  }

  /// What of a functional check is done in an earlier stage: `carried/upgrade.notes::test_kept`.
  package static func carried(_ check: CheckID, in stage: Stage) -> CheckID {
    let folder = check.folder == "functional" ? "" : "\(check.folder)."
    return CheckID(
      folder: "carried",
      stem: "\(stage.rawValue).\(folder)\(check.stem)",
      name: check.name
    )
  }

  package var description: String { "\(folder)/\(stem)::\(name)" }

  /// The name of its row of `cases`: `html` of `test_kinds[html]`; nil where it is none.
  package var row: String? {
    guard name.utf8.last == UInt8(ascii: "]"), let start = name.firstIndex(of: "[") else {
      return nil
    }
    return String(name[name.index(after: start)...].dropLast())
  }

  /// Whether the recipes that this one needs were there.
  package static let dependencies = CheckID.generic(.teardown, "dependencies")

  /// The check that it is a row of; itself where it is none.
  package var withoutRow: CheckID {
    guard row != nil, let start = name.firstIndex(of: "[") else { return self }
    return CheckID(folder: folder, stem: stem, name: String(name[..<start]))
  }

  package static func == (a: CheckID, b: CheckID) -> Bool {
    if UTF8Order.areEqual(a.name, b.name), UTF8Order.areEqual(a.stem, b.stem),
      UTF8Order.areEqual(a.folder, b.folder)
    {
      return true
    }
    // Parts made by hand may be cut elsewhere and give the same id.
    guard a.byteCount == b.byteCount, a.folder.utf8.count != b.folder.utf8.count else {
      return false
    }
    return UTF8Order.areEqual(a.description, b.description)
  }

  package func hash(into hasher: inout Hasher) {
    var text = description
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }

  private var byteCount: Int { folder.utf8.count + stem.utf8.count + name.utf8.count }

  package static func < (a: CheckID, b: CheckID) -> Bool {
    a.description.utf8.lexicographicallyPrecedes(b.description.utf8)
  }
}

extension CheckID: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let id = CheckID(text) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "\(text) is not a check id (<folder>/<stem>::<name>)"
      )
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}

/// What sort of check it is. An overlay stands beside the generic checks of its stage and never
/// replaces them.
package enum CheckKind: String, Codable, CaseIterable, Sendable {
  case generic, overlay, functional, integrity
}
