import Dispatch
package import Evidence
package import Files
package import Formats
import FoundationEssentials
import Glibc
import Synchronization

/// Takes the events of one run: the one sink where secrets are removed.
///
/// Each event is written as one whole line and handed to the kernel at once, so that whatever kills
/// the run leaves a readable file. The record is made from the lines as written, so that record and
/// file say the same.
package final class EventLog: Sendable {
  private struct State {
    var descriptor: Int32
    /// Bytes of whole lines in the file.
    var length: off_t
    var redactor: Redactor
    var secrets: [Redactor.Secret]
    var builder = RunRecord.Builder()
    var problem: String?
    var observers: [@Sendable (RunEvent) -> Void]
  }

  private let state: Mutex<State>
  private let start: ContinuousClock.Instant
  private let reserved: Set<String>
  /// The file's own name, for messages.
  package let name: String

  /// Opens the file for appending.
  ///
  /// - Parameters:
  ///   - path: nil for a log that only lives in memory.
  ///   - tree: what the path lies in; nil for its own folder.
  ///   - reserved: names that are no secrets even where a secret has the same value.
  ///   - observers: told of each event as written, in order; for progress.
  package convenience init(
    path: String?,
    in tree: FileTree? = nil,
    secrets: [Redactor.Secret],
    reserved: Set<String>,
    observers: [@Sendable (RunEvent) -> Void] = []
  ) throws(RunError) {
    var descriptor: Int32 = -1
    if let path {
      let flags = O_WRONLY | O_CREAT | O_APPEND
      do throws(FileError) {
        if let tree {
          descriptor = try tree.open(path, flags, mode: 0o644)
        } else {
          let place = FileTree.place(of: path)
          descriptor = try place.tree.open(place.name, flags, mode: 0o644)
        }
      } catch {
        throw RunError(.unwritable, "\(path) cannot be written: \(error.code.cause)")
      }
    }
    try self.init(
      descriptor: descriptor,
      name: path?.split(separator: "/").last.map(String.init) ?? "events",
      secrets: secrets,
      reserved: reserved,
      observers: observers
    )
  }

  /// - Parameter descriptor: closed in the end; -1 for a log that only lives in memory.
  init(
    descriptor: Int32,
    name: String,
    secrets: [Redactor.Secret],
    reserved: Set<String>,
    observers: [@Sendable (RunEvent) -> Void]
  ) throws(RunError) {
    // Held as long as the runner lives: by it a run that goes on is told from one that died.
    if descriptor >= 0 { flock(descriptor, LOCK_EX | LOCK_NB) }
    let redactor: Redactor
    do throws(RedactorError) {
      redactor = try Redactor(secrets: secrets, reserved: reserved)
    } catch {
      throw RunError(.badSecret, error.description)
    }
    start = .now
    self.reserved = reserved
    self.name = name
    state = Mutex(
      State(
        descriptor: descriptor,
        length: descriptor < 0 ? 0 : lseek(descriptor, 0, SEEK_END),
        redactor: redactor,
        secrets: secrets,
        observers: observers
      )
    )
  }

  deinit {
    state.withLock { if $0.descriptor >= 0 { close($0.descriptor) } }
  }

  /// Microseconds since the log was opened.
  package var now: Int { (ContinuousClock.now - start).inMicroseconds }

  /// Secrets that are masked in their own place only, because they are short or a common name.
  package var weakSecrets: [String] { state.withLock { $0.redactor.maskedOnlyInPlace.map(\.name) } }

  /// From here on this value appears nowhere.
  package func learn(_ secret: Redactor.Secret) {
    let secret = Redactor.Secret(learned: secret.name, value: secret.value)
    state.withLock { state in
      // A blank value is no secret, and nothing to look for.
      guard !state.secrets.contains(secret),
        let redactor = try? Redactor(secrets: state.secrets + [secret], reserved: reserved)
      else { return }
      state.secrets.append(secret)
      state.redactor = redactor
    }
  }

  /// What is known of secrets so far.
  package var redactor: Redactor { state.withLock { $0.redactor } }

  /// The same redaction for other texts of the run: logs, progress, messages.
  package func redacted(_ text: String) -> String {
    state.withLock { $0.redactor.redact(text) }
  }

  package func tell(_ what: RunEvent.What) {
    let event = RunEvent(at: now, what: what)
    // Encoding these values cannot fail: they hold no floating point and no custom keys.
    guard let original = try? JSONTextEncoder().bytes(of: event) else { return }
    state.withLock { state in
      var plain = original
      // A body in JSON stands in the line as a text, in which a secret that is escaped is escaped
      // twice: its own form is looked for in the text itself.
      if !state.secrets.isEmpty,
        plain.holdsEscapedBackslash || state.secrets.contains(where: \.isEscapedSomewhere),
        let tree = try? JSONParser().parse(plain)
      {
        plain = Array(Self.redacted(tree, by: state.redactor).description.utf8)
      }
      var line = state.redactor.redact(plain)
      // Masks hold nothing that JSON escapes, so what was a line of JSON nearly always still is one.
      var written: RunEvent? = line == original ? event : Self.event(line)
      if written == nil, let tree = try? JSONParser().parse(plain) {
        // A secret that reads like a number or a word of the form: texts only, then.
        line = Array(Self.redacted(tree, by: state.redactor).description.utf8)
        written = Self.event(line)
      }
      if let written {
        state.builder.add(written)
      } else {
        // Told without the event rather than with the secret.
        state.builder.addUnreadable()
      }
      line.append(UInt8(ascii: "\n"))
      write(line, &state)
      if event.isMilestone { bringToDisk(state) }
      if let written { for observer in state.observers { observer(written) } }
    }
  }

  private static func event(_ line: [UInt8]) -> RunEvent? {
    try? JSONTextDecoder().decode(from: line)
  }

  private static func redacted(_ value: JSONValue, by redactor: Redactor) -> JSONValue {
    switch value {
    case .string(let text): .string(redactor.redact(text))
    case .array(let items): .array(items.map { redacted($0, by: redactor) })
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, redacted($0.value, by: redactor)) }))
    default: value
    }
  }

  /// The record so far.
  package func record() -> RunRecord? { state.withLock { $0.builder.record() } }

  /// Why the file could not be written; nil where all is well.
  package var problem: String? { state.withLock { $0.problem } }

  /// On a thread of its own: a busy disk must not hold up what is being timed.
  private func bringToDisk(_ state: State) {
    let copy = fcntl(state.descriptor, F_DUPFD_CLOEXEC, 0)
    guard copy >= 0 else { return }
    DispatchQueue.global(qos: .utility).async {
      fdatasync(copy)
      close(copy)
    }
  }

  private func write(_ line: [UInt8], _ state: inout State) {
    guard state.descriptor >= 0, state.problem == nil else { return }
    var rest = line[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(state.descriptor, $0.baseAddress, $0.count) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else {
        state.problem = String(cString: strerror(errno))
        // Half a line is none.
        ftruncate(state.descriptor, state.length)
        return
      }
      rest = rest.dropFirst(count)
    }
    state.length += off_t(line.count)
  }
}

extension RunEvent {
  /// Whether the file is brought to the disk after it, so that a machine that loses its power has
  /// what was seen before.
  fileprivate var isMilestone: Bool {
    switch what {
    case .runStarted, .stageStarted, .stageFinished, .runFinished: true
    default: false
    }
  }
}

extension Duration {
  package var inMicroseconds: Int {
    let (seconds, attoseconds) = components
    return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
  }
}

extension [UInt8] {
  /// Whether two backslashes stand together.
  fileprivate var holdsEscapedBackslash: Bool {
    withUnsafeBufferPointer { bytes in
      bytes.indices.dropFirst().contains { bytes[$0] == 0x5C && bytes[$0 - 1] == 0x5C }
    }
  }
}

extension Redactor.Secret {
  /// Whether some writer of JSON, XML or URLs writes it in another form than its own.
  fileprivate var isEscapedSomewhere: Bool {
    !value.utf8.allSatisfy { byte in
      switch byte {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
      default: false
      }
    }
  }
}
