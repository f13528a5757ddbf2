import Glibc

/// Why the supervision of a run's processes could not do what it was asked for.
///
/// What a process did (its exit status, a time-out) is data, never an error.
package struct GuardianError: Error, Sendable, Codable, Equatable, CustomStringConvertible {
  package enum Code: Sendable, Codable, Equatable {
    /// The guardian has gone, so nobody knows about the processes it held.
    case guardianDied
    /// The guardian could not be started, or does not speak this protocol.
    case guardianUnusable
    /// The program is not there, or not on the `PATH` of the environment given.
    case executableNotFound
    /// The program is there but this user may not execute it.
    case notExecutable
    /// The working folder is not there, or may not be entered.
    case workingDirectoryUnusable
    /// The task that asked was cancelled.
    case cancelled
    /// The system call failed with this `errno`.
    case system(Int32)
    /// A request that contradicts itself or the state of the run; `subject` says how.
    case invalid
    /// No service of this name was started.
    case unknownService
    /// A service of this name is running.
    case serviceRunning
    /// Services would have run as root, or could have become root again.
    case privileged
    /// A run of the same name holds the lock.
    case locked(holder: LockHolder?)
    /// Something else than a regular file is there.
    case notAFile
    /// A folder or file may be changed by somebody who must not.
    case unsafePath
    /// A folder is somebody else's.
    case foreign(owner: UInt32)
    /// All users that runs may have are taken.
    case noUsers
  }

  var code: Code
  /// What it is about: a service, a program, a path; no secret.
  var subject: String

  init(_ code: Code, _ subject: String) {
    self.code = code
    self.subject = subject
  }

  /// An error of the system call just made; reads `errno`.
  static func system(_ subject: String) -> GuardianError {
    GuardianError(.system(errno), subject)
  }

  package var description: String {
    switch code {
    case .guardianDied: "\(subject): the guardian has died"
    case .guardianUnusable: "\(subject): the guardian cannot be used"
    case .executableNotFound: "\(subject): no such program"
    case .notExecutable: "\(subject): may not be executed"
    case .workingDirectoryUnusable: "\(subject): cannot be used as working folder"
    case .cancelled: "\(subject): interrupted"
    case .system(let number): "\(subject): \(String(cString: strerror(number)))"
    case .invalid: subject
    case .unknownService: "\(subject): no such service"
    case .serviceRunning: "\(subject): the service is running already"
    case .privileged: "\(subject): services must not run with root's rights"
    case .locked(let holder):
      "\(subject): in use by \(holder.map(String.init(describing:)) ?? "another run")"
    case .notAFile: "\(subject): is not a file"
    case .unsafePath: "\(subject): may be changed by another user"
    case .foreign(let owner):
      "\(subject) belongs to \(UserName.shown(owner)), not to \(UserName.shown(geteuid()))"
    case .noUsers:
      "\(subject): all users \(ServiceIdentity.range) are taken; `parity clean` frees those of dead "
        + "runs"
    }
  }
}
