import Glibc

/// The unprivileged users of a run: its guardian's, and that of its services and commands.
package struct ServiceIdentity: Sendable, Codable, Equatable {
  /// Of services and commands. Never 0: the guardian refuses to run anything as root.
  var user: UInt32
  var group: UInt32
  /// Of the guardian, whom no service may signal; `user` where only one user can be had.
  package var guardian: UInt32

  init(user: UInt32, group: UInt32, guardian: UInt32? = nil) {
    self.user = user
    self.group = group
    self.guardian = guardian ?? user
  }

  /// The user and group that this process runs as.
  static var current: ServiceIdentity {
    ServiceIdentity(user: geteuid(), group: getegid())
  }

  /// Whether the users are the run's alone, so that whatever is theirs is the run's.
  var isRunsOwn: Bool { guardian != user }

  // MARK: The range

  /// Users that nobody else gives out: above those that `useradd` makes (to 60000) and those that
  /// systemd gives to homes, containers and greeters (60001 to 60705), below its dynamic ones (61184
  /// to 65519). A container whose users are mapped has them, too: it has 65536.
  static let range: ClosedRange<UInt32> = 60706...61182
  /// A run's guardian, its services, and who kills them and is nobody else.
  private static let usersOfRun: UInt32 = 3

  /// Of every run that there may be at a time.
  static var all: [ServiceIdentity] {
    stride(from: range.lowerBound, through: range.upperBound, by: Int(usersOfRun))
      .compactMap { ServiceIdentity(guardian: $0) }
  }

  /// The users of the run whose guardian has this one; nil where no run's guardian can have it.
  init?(guardian: UInt32) {
    guard Self.range.contains(guardian),
      (guardian - Self.range.lowerBound).isMultiple(of: Self.usersOfRun)
    else { return nil }
    self.init(user: guardian + 1, group: guardian + 1, guardian: guardian)
  }

  /// Who kills the services' processes.
  var killer: UInt32 { guardian + 2 }

  /// All of a run's own.
  var users: ClosedRange<UInt32> { guardian...killer }
}
