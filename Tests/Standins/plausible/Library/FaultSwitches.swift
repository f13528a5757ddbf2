import FoundationEssentials
import Synchronization

/// The faults given at the start, and those of a file that is read again whenever somebody asks.
package final class FaultSwitches: Sendable {
  private let fixed: FaultSet
  private let path: String?
  private let log: Log
  private let lastText = Mutex("")

  package init(_ fixed: FaultSet, file path: String? = nil, log: Log = .silent) {
    self.fixed = fixed
    self.path = path
    self.log = log
  }

  /// What is on now. A file that is not there switches nothing on.
  package var current: FaultSet {
    guard let path else { return fixed }
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let (faults, complaints) = FaultSet.parse(text)
    let changed = lastText.withLock { last in
      defer { last = text }
      return last != text
    }
    if changed {
      let names = faults.values.keys.map(\.rawValue).sorted()
      log.line("faults: \(names.isEmpty ? "none" : names.joined(separator: " "))")
      for complaint in complaints { log.line("faults: \(complaint)") }
    }
    return fixed.merging(faults)
  }
}
