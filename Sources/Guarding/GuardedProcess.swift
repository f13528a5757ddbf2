/// A live process of a run.
package struct GuardedProcess: Sendable, Codable, Equatable, Hashable {
  package var processID: Int32
  var parentID: Int32
  /// In clock ticks since boot. With the process id it names one process for as long as the
  /// machine is up.
  var startTime: UInt64
  /// The program's name as the kernel has it, at most 15 bytes; never its arguments, which may
  /// hold a secret.
  package var program: String
  /// The service, or `command <n>`, that it belongs to, where that can be told.
  package var unit: String?
}
