internal import CLinux
internal import Glibc

/// The descriptors of a process about to be started. Closes what nobody has taken.
final class ProcessPipes {
  private var input: [Int32]
  private var outputs: [OutputStream: [Int32]] = [:]

  /// - Parameter input: whether standard input is a pipe; else it is `/dev/null`.
  init(input hasInput: Bool) throws(GuardianError) {
    input = []
    if hasInput {
      input = try Self.pipe()
    } else {
      let null = open("/dev/null", O_RDONLY | O_CLOEXEC)
      guard null >= 0 else { throw .system("/dev/null") }
      input = [null, -1]
    }
    for stream in OutputStream.allCases { outputs[stream] = try Self.pipe() }
  }

  deinit {
    for descriptor in input + outputs.values.joined() where descriptor >= 0 { close(descriptor) }
  }

  /// What the process gets as 0, 1 and 2.
  var childDescriptors: [Int32] {
    [input[0]] + OutputStream.allCases.map { outputs[$0]?[1] ?? -1 }
  }

  /// Its outputs as proc(5) names them.
  var outputNames: Set<String> {
    Set(outputs.values.compactMap { ProcessTable.link("/proc/self/fd/\($0[1])") })
  }

  func takeReader(of stream: OutputStream) -> Int32 {
    defer { outputs[stream]?[0] = -1 }
    return outputs[stream]?[0] ?? -1
  }

  /// Nil if there is no pipe for standard input.
  func takeWriter() -> Int32? {
    defer { input[1] = -1 }
    return input[1] >= 0 ? input[1] : nil
  }

  private static func pipe() throws(GuardianError) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    guard shim_linux_pipe(&ends) == 0 else { throw .system("pipe") }
    return ends
  }
}
