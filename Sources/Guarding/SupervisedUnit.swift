internal import Glibc
internal import Programs

/// One service or command as the guardian holds it.
final class SupervisedUnit {
  enum Kind {
    case service(GuardedService)
    case command(Command, id: UInt64)
  }

  /// Where the unit is on its way to its end.
  enum Phase {
    case running
    /// It was told to stop, and is killed at the deadline.
    case stopping
    /// Its first process has gone well; the others may go by themselves until the deadline.
    case settling
    /// Everything of it is killed, until nothing is found or the deadline has passed.
    case killing
    /// Nothing more will be done about it.
    case done
  }

  static let tag = "PARITY_UNIT"

  let kind: Kind
  let tagValue: String
  let leader: Int32
  let started: ContinuousClock.Instant
  var phase = Phase.running
  var deadline: ContinuousClock.Instant?
  var end: CommandOutput.Ending?
  var outputs: [OutputPipe] = []
  var logs: [CappedLog] = []
  /// Its outputs as proc(5) names them, `pipe:[inode]`: who holds one is of this unit.
  var pipeNames: Set<String> = []
  var input: InputPipe?

  var forced = false
  var timedOut = false
  var cancelled = false
  var killed = KilledProcesses()
  /// Those seen below its first process, since orphans may have neither tag nor session of theirs.
  var seen: Set<ProcessIdentity> = []
  /// Requests to be answered when it is done.
  var waiting: [UInt64] = []
  var isOutputCut = false

  init(kind: Kind, tagValue: String, leader: Int32) {
    self.kind = kind
    self.tagValue = tagValue
    self.leader = leader
    started = ContinuousClock.now
  }

  var name: String {
    switch kind {
    case .service(let service): service.name
    case .command(_, let id): "command \(id)"
    }
  }

  var isService: Bool {
    if case .service = kind { true } else { false }
  }

  /// What `PARITY_UNIT` is for the processes of a unit: no two of them are alike on one machine.
  static func tagValue(_ kind: Kind, serial: Int, token: String) -> String {
    switch kind {
    case .service(let service): "\(token)/\(service.name)/\(serial)"
    case .command: "\(token)/command/\(serial)"
    }
  }

  func flushLogs() {
    for log in logs { log.flush() }
  }
}
