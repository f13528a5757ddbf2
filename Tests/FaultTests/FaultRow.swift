import Foundation
import Suites
import Testing

/// One fault of the table: what lies or dies, and what the tool must say of it.
///
/// A file of `Tests/faults/<group>/`; `Tests/faults/README.md` describes its keys.
struct FaultRow: Sendable {
  /// What a row starts from.
  enum Start: String, Decodable, Sendable {
    /// This project's suite, with short intervals and a password that is known.
    case plausible
    /// What `parity new` writes: one web server.
    case site
    /// An app with sessions, forms and uploads: `Tests/howto`.
    case notes
    /// An app with its rows in MariaDB: `Tests/howto`.
    case ledger
    /// Nothing but a `parity.yml`.
    case empty
    /// A real app: `Tests/recipes/apps`.
    case dokuwiki, mediawiki
    case matrixSynapse = "matrix-synapse"
    /// On a Swarm: a web server.
    case web
    /// On a Swarm: a web server and a database.
    case data

    var isOnSwarm: Bool { self == .web || self == .data }
    var isApp: Bool { [.dokuwiki, .mediawiki, .matrixSynapse].contains(self) }
  }

  struct Edit: Decodable, Sendable {
    /// Stands exactly once in the file.
    var old: String
    var new: String

    private enum CodingKeys: String, CodingKey, CaseIterable { case old, new }

    init(_ old: String, _ new: String) {
      self.old = old
      self.new = new
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.strict(CodingKeys.self)
      old = try container.decode(String.self, forKey: .old)
      new = try container.decode(String.self, forKey: .new)
    }
  }

  /// A file that is too large for a row, or that YAML cannot hold.
  struct Generated: Decodable, Sendable {
    enum Encoding: String, Decodable, Sendable { case utf8, utf16, latin1 }

    var before: String
    var repeated: String
    var times: Int
    var after: String
    var encoding: Encoding

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case before
      case repeated = "repeat"
      case times, after, encoding
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.strict(CodingKeys.self)
      before = try container.decodeIfPresent(String.self, forKey: .before) ?? ""
      repeated = try container.decodeIfPresent(String.self, forKey: .repeated) ?? ""
      times = try container.decodeIfPresent(Int.self, forKey: .times) ?? 1
      after = try container.decodeIfPresent(String.self, forKey: .after) ?? ""
      encoding = try container.decodeIfPresent(Encoding.self, forKey: .encoding) ?? .utf8
    }

    var data: Data? {
      let text = before + String(repeating: repeated, count: times) + after
      return switch encoding {
      case .utf8: Data(text.utf8)
      case .utf16: text.data(using: .utf16)
      case .latin1: text.data(using: .isoLatin1)
      }
    }
  }

  /// The group's folder and the file's stem: `app/drops-events`.
  var name: String
  var fault: String
  /// What `each` makes of the file; nil where there is one row in it.
  var cases: Int?
  var start: Start
  var app: [String]
  var edits: [String: [Edit]]
  var writes: [String: String]
  var removes: [String]
  var generates: [String: Generated]
  /// Links: path and what it leads to.
  var links: [String: String]
  var environment: [String: String]
  /// A program that becomes the tool: `[prlimit, "--fsize=20000"]`.
  var under: [String]
  /// A program that succeeds where the row can be tried; else it is skipped.
  var needs: [String]
  /// Programs of this machine that are run before the tool, in the project's folder.
  var before: [[String]]
  /// Whether no other row runs meanwhile.
  var isAlone: Bool
  var run: [String]
  var during: [Moment]
  var expect: Expected
  var then: [Command]

  /// A row without a fault.
  init(sound start: Start) {
    name = "sound/\(start.rawValue)"
    fault = ""
    self.start = start
    (app, edits, writes, removes, environment) = ([], [:], [:], [], [:])
    (under, needs, before, isAlone) = ([], [], [], false)
    (generates, links) = ([:], [:])
    run = ["run"]
    during = []
    expect = Expected()
    then = []
  }

  var group: String { String(name.prefix { $0 != "/" }) }
}

extension FaultRow: CustomTestStringConvertible {
  var testDescription: String { cases == nil ? name : "\(name): \(fault)" }
}

extension FaultRow: Decodable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case fault, about, project, each, app, edit, write, remove, generate, link, environment, under
    case needs, before, alone, run, during
    case expect, then
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.strict(CodingKeys.self)
    func value<T: Decodable>(_ key: CodingKeys, _ fallback: T) throws -> T {
      try container.decodeIfPresent(T.self, forKey: key) ?? fallback
    }
    name = ""
    fault = try container.decode(String.self, forKey: .fault)
    start = try value(.project, .plausible)
    app = try value(.app, [])
    edits = try value(.edit, [:])
    writes = try value(.write, [:])
    removes = try value(.remove, [])
    generates = try value(.generate, [:])
    links = try value(.link, [:])
    environment = try value(.environment, [:])
    under = try value(.under, [])
    needs = try value(.needs, [])
    before = try value(.before, [])
    isAlone = try value(.alone, false)
    run = try value(.run, ["run"])
    during = try value(.during, [])
    expect = try container.decode(Expected.self, forKey: .expect)
    then = try value(.then, [])
  }

  /// All rows, by name; those that `FAULTS` names where it is set: `world`, `world/half-a-body`;
  /// those of a slice where `FAULT_SLICE` is: `2/4`.
  static let all: [FaultRow] = {
    let environment = ProcessInfo.processInfo.environment
    let asked = environment["FAULTS"]?.split(separator: ",") ?? []
    let slice = environment["FAULT_SLICE"].map(Slice.init) ?? .whole
    let chosen = files.filter { name in
      asked.isEmpty || asked.contains { name == $0 || name.hasPrefix($0 + "/") }
    }
    let held = chosen.enumerated().filter { slice.holds($0.offset) }.map(\.element)
    if held.count < chosen.count {
      print(
        "skipped \(chosen.count - held.count) of \(chosen.count) files: FAULT_SLICE is \(slice)"
      )
    }
    return held.flatMap { name in
      do {
        return try read(name)
      } catch {
        Issue.record("Tests/faults/\(name).yml: \(error)")
        return []
      }
    }
  }()

  /// Every so many-th file, from one of the first on.
  private struct Slice: CustomStringConvertible {
    static let whole = Slice("1/1")
    var first: Int
    var count: Int

    init(_ text: String) {
      let numbers = text.split(separator: "/").compactMap { Int($0) }
      guard numbers.count == 2, numbers[1] > 0, 1...numbers[1] ~= numbers[0] else {
        Issue.record("FAULT_SLICE is not a slice: \(text)")
        (first, count) = (1, 1)
        return
      }
      (first, count) = (numbers[0], numbers[1])
    }

    var description: String { "\(first)/\(count)" }

    func holds(_ index: Int) -> Bool { index % count == first - 1 }
  }

  static let folder =
    URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().path + "/faults"

  static var files: [String] {
    let all = FileManager.default.enumerator(atPath: folder)?.allObjects as? [String] ?? []
    return all.filter { $0.hasSuffix(".yml") }.map { String($0.dropLast(4)) }.sorted()
  }

  /// The rows of a file: one, or one for every combination of the parts of `each`.
  static func read(_ name: String) throws -> [FaultRow] {
    let text = try text(of: name)
    let axes = try YAMLNode.decode(Axes.self, from: text, file: name).each ?? []
    var texts = [text]
    for axis in axes { texts = texts.flatMap { text in axis.map { filled(text, $0) } } }
    return try texts.map { try row(name, $0, cases: axes.isEmpty ? nil : texts.count) }
  }

  /// The sentence of a file for the table, with all parts of `each` beside one another.
  static func title(of name: String) throws -> String {
    let plan = try YAMLNode.decode(Axes.self, from: text(of: name), file: name)
    let joined = (plan.each ?? []).map { axis in
      Dictionary(axis.flatMap { $0 }.map { ($0.key, [$0.value]) }, uniquingKeysWith: +)
        .mapValues { $0.joined(separator: ", ") }
    }
    return joined.reduce(plan.fault) { filled($0, $1) }
  }

  private struct Axes: Decodable {
    var fault: String
    var each: [[[String: String]]]?
  }

  private static func text(of name: String) throws -> String {
    try String(contentsOfFile: "\(folder)/\(name).yml", encoding: .utf8)
  }

  private static func row(_ name: String, _ text: String, cases: Int?) throws -> FaultRow {
    var row = try YAMLNode.decode(FaultRow.self, from: text, file: name)
    row.name = name
    row.cases = cases
    return row
  }

  /// `<name>` stands for the value.
  private static func filled(_ text: String, _ values: [String: String]) -> String {
    values.reduce(text) { $0.replacingOccurrences(of: "<\($1.key)>", with: $1.value) }
  }
}
