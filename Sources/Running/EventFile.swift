package import Evidence
package import Files
import Formats
import FoundationEssentials
import Glibc

/// Reads `events.ndjson`, also one that was cut in the middle of a line.
package enum EventFile {
  /// Whether the run that a file tells of goes on: its runner lives and has more to say.
  package static func isBeingWritten(_ path: String, in tree: FileTree) -> Bool {
    guard let descriptor = try? tree.open(path, O_RDONLY) else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }

  /// Makes the record of the run that a file tells of.
  ///
  /// Lines that cannot be read are counted, not skipped in silence.
  package static func record(at path: String, in tree: FileTree) throws(RunError) -> RunRecord {
    let data: [UInt8]
    do {
      data = try tree.contents(path)
    } catch {
      throw RunError(
        .unreadable,
        error.isAbsent ? "\(path) is gone: what the run saw is lost" : "\(path) \(error.code)"
      )
    }
    var builder = RunRecord.Builder()
    let decoder = JSONTextDecoder()
    for line in data.split(separator: UInt8(ascii: "\n")) {
      let value = try? JSONParser().parse(Array(line))
      // Asked first: what else another version wrote may not be readable here at all.
      if let schema = value?["what"]?["runStarted"]?["schema"]?.intValue.map({ Int($0) }),
        schema != RunEvent.schemaVersion
      {
        let other = schema > RunEvent.schemaVersion ? "a later" : "an earlier"
        throw RunError(
          .otherSchema(schema),
          "\(path) was written by \(other) parity (schema \(schema); this one reads "
            + "\(RunEvent.schemaVersion)): run the recipe again"
        )
      }
      if let event = try? value.map({ try decoder.decode(RunEvent.self, from: $0) }) {
        builder.add(event)
      } else {
        builder.addUnreadable()
      }
    }
    guard let record = builder.record() else {
      throw RunError(
        .noRun,
        data.isEmpty
          ? "\(path) is empty: what the run saw is lost"
          : "\(path) does not begin with the start of a run that can be read"
      )
    }
    return record
  }
}
