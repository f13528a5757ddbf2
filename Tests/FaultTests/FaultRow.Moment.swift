import Foundation

extension FaultRow {
  /// What happens while the tool runs, once something was seen.
  struct Moment: Decodable, Sendable {
    /// Texts that one line of `events.ndjson` holds.
    var event: [String]
    /// A text on stdout or stderr.
    var says: String?
    var acts: [Act]

    private enum CodingKeys: String, CodingKey, CaseIterable { case when, `do` }
    private enum When: String, CodingKey, CaseIterable { case event, says }

    init(from decoder: any Decoder) throws {
      let container = try decoder.strict(CodingKeys.self)
      let when = try container.superDecoder(forKey: .when).strict(When.self)
      event = try when.decodeIfPresent([String].self, forKey: .event) ?? []
      says = try when.decodeIfPresent(String.self, forKey: .says)
      acts = try container.decode([Act].self, forKey: .do)
      if event.isEmpty, says == nil {
        throw DecodingError.dataCorruptedError(
          forKey: .when,
          in: container,
          debugDescription: "when needs event or says"
        )
      }
    }
  }

  enum Act: Decodable, Sendable {
    /// `runner`, `guardian`, or a service's leading process.
    case kill(String, Int32)
    /// Faults of the stand-in from now on.
    case app([String])
    /// A program of this machine, in the project's folder.
    case command([String])
    case pause(Duration)

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case kill, signal, app, command, pause
    }

    private static let signals = [
      "KILL": SIGKILL, "TERM": SIGTERM, "INT": SIGINT, "HUP": SIGHUP, "STOP": SIGSTOP,
      "CONT": SIGCONT,
    ]

    init(from decoder: any Decoder) throws {
      let container = try decoder.strict(CodingKeys.self)
      if let name = try container.decodeIfPresent(String.self, forKey: .kill) {
        let signal = try container.decodeIfPresent(String.self, forKey: .signal) ?? "KILL"
        guard let number = Self.signals[signal] else {
          throw DecodingError.dataCorruptedError(
            forKey: .signal,
            in: container,
            debugDescription: "\(signal) is none of \(Self.signals.keys.sorted())"
          )
        }
        self = .kill(name, number)
      } else if let faults = try container.decodeIfPresent([String].self, forKey: .app) {
        self = .app(faults)
      } else if let argv = try container.decodeIfPresent([String].self, forKey: .command) {
        self = .command(argv)
      } else {
        let text = try container.decode(String.self, forKey: .pause)
        guard text.hasSuffix("ms"), let number = Int(text.dropLast(2)) else {
          throw DecodingError.dataCorruptedError(
            forKey: .pause,
            in: container,
            debugDescription: "\(text) is not like 200ms"
          )
        }
        self = .pause(.milliseconds(number))
      }
    }
  }

  /// A further command in the same project.
  struct Command: Decodable, Sendable {
    /// Taken away before it.
    var remove: [String]
    /// A program of this machine that is run before it, in the project's folder.
    var command: [String]
    var run: [String]
    var exit: Int32
    var says: [String]

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case remove, command, run, exit, says
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.strict(CodingKeys.self)
      remove = try container.decodeIfPresent([String].self, forKey: .remove) ?? []
      command = try container.decodeIfPresent([String].self, forKey: .command) ?? []
      run = try container.decode([String].self, forKey: .run)
      exit = try container.decode(Int32.self, forKey: .exit)
      says = try container.decodeIfPresent([String].self, forKey: .says) ?? []
    }
  }
}

private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}

extension Decoder {
  /// A container that holds no key but the known ones.
  func strict<Key: CodingKey & CaseIterable>(_ type: Key.Type) throws -> KeyedDecodingContainer<Key>
  {
    let known = Set(Key.allCases.map(\.stringValue))
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: codingPath,
          debugDescription: "\(key.stringValue) is none of \(known.sorted())"
        )
      )
    }
    return try container(keyedBy: type)
  }
}
