import Deployments
import Formats
import Programs

/// What hooks and the commands before a start printed, in files of the run's `logs`: of one name all
/// that it printed in this run, in order, without secrets.
struct CommandLogs {
  /// Replaces a file of the folder; false where it cannot be written.
  let write: @Sendable (_ name: String, _ bytes: [UInt8]) -> Bool
  private var kept: [String: [UInt8]] = [:]

  init(write: @escaping @Sendable (String, [UInt8]) -> Bool) { self.write = write }

  /// - Returns: the file's name; nil where nothing was printed, and for what is no service's.
  mutating func keep(_ operation: Operation, _ redactor: Redactor) -> String? {
    guard operation.service != nil, let output = operation.output,
      !(output.stdout + output.stderr).isEmpty
    else { return nil }
    let name = String(
      operation.name.map {
        $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "." || $0 == "-") ? $0 : "-"
      }
    )
    var text = redactor.redact(Array("== \(operation.name) (\(output.ending))\n".utf8))
    for (title, bytes) in [("stdout", output.stdout), ("stderr", output.stderr)]
    where !bytes.isEmpty {
      text += Array("-- \(title)\n".utf8)
      text += TextCut.known(bytes, without: redactor, isCut: output.isCut)
      if text.last != UInt8(ascii: "\n") { text.append(UInt8(ascii: "\n")) }
    }
    if output.isCut { text += Array("-- more was printed than is kept\n".utf8) }
    kept[name, default: []] += text
    return write(name + ".log", kept[name] ?? []) ? name + ".log" : nil
  }
}
