import Glibc
import Subprocess

/// One call of the `git` program that nothing around it can bend.
///
/// The environment is our own, so that no `GIT_DIR`, hook, pager, credential or setting of a user
/// or a machine has a say; and whatever the configuration of a foreign repository could start
/// (hooks, a file system monitor, filters, a transport for missing objects) is turned off. That is
/// also why the owner of the repository need not be checked (`safe.directory`).
struct GitCommand: Sendable {
  /// Where `git` looks for the repository.
  var folder: String
  var timeLimit: Duration
  /// More settings, over those of the repository.
  var settings: [(key: String, value: String)] = []

  struct Answer: Sendable {
    var status: Int32
    var output: [UInt8]
    /// The first line of what went to standard error.
    var complaint: String
  }

  /// Runs to the end and gives whatever status came.
  ///
  /// - Parameter limit: Of the output, in bytes.
  func run(
    _ arguments: [String],
    input: [UInt8] = [],
    limit: Int = 16 << 20
  ) async throws(GitError) -> Answer {
    let name = arguments.first ?? "git"
    let outcome = await withTaskGroup(of: Result<Answer, GitError>.self) { group in
      group.addTask { await finish(arguments, input: input, limit: limit) }
      group.addTask {
        do {
          try await Task.sleep(for: timeLimit)
          return .failure(
            GitError(.timedOut, "git \(name) in \(folder) was not done within \(timeLimit)")
          )
        } catch {
          return .failure(GitError(.cancelled, "git \(name) in \(folder) was cancelled"))
        }
      }
      let first = await group.next()
      group.cancelAll()
      return first
    }
    return try outcome?.get() ?? Answer(status: -1, output: [], complaint: "")
  }

  /// The output of a call that must end with status 0.
  func output(
    _ arguments: [String],
    input: [UInt8] = [],
    limit: Int = 16 << 20
  ) async throws(GitError) -> [UInt8] {
    let answer = try await run(arguments, input: input, limit: limit)
    guard answer.status == 0 else { throw failure(arguments, answer) }
    return answer.output
  }

  func failure(_ arguments: [String], _ answer: Answer) -> GitError {
    let subject = "git \(arguments.first ?? "") in \(folder) ended with status \(answer.status)"
    return GitError(
      .failed(status: answer.status),
      answer.complaint.isEmpty ? subject : "\(subject): \(answer.complaint)"
    )
  }

  private func finish(
    _ arguments: [String],
    input: [UInt8],
    limit: Int
  ) async -> Result<Answer, GitError> {
    do {
      let result = try await Subprocess.run(
        .name("git"),
        arguments: Arguments(["--no-pager", "-C", folder] + arguments),
        environment: .custom(variables),
        input: .array(input),
        output: .bytes(limit: limit),
        error: .bytes(limit: 1 << 20)
      )
      let status: Int32 =
        switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
      let line = result.standardError.prefix { $0 != UInt8(ascii: "\n") }.prefix(500)
      return .success(
        Answer(status: status, output: result.standardOutput, complaint: DiskPath.shown(line))
      )
    } catch let error as SubprocessError where error.code == .executableNotFound {
      return .failure(GitError(.gitMissing, "git is not on the path"))
    } catch let error as SubprocessError where error.code == .outputLimitExceeded {
      let subject = "git \(arguments.first ?? "") in \(folder)"
      return .failure(GitError(.tooLarge, "\(subject) says more than \(limit) bytes"))
    } catch {
      let subject = "git \(arguments.first ?? "") in \(folder)"
      return .failure(GitError(.failed(status: -1), "\(subject) could not be run: \(error)"))
    }
  }

  /// The whole environment: nothing else is passed on.
  var variables: [Environment.Key: String] {
    var variables: [Environment.Key: String] = [
      "PATH": Self.path,
      "LC_ALL": "C",
      "GIT_CONFIG_NOSYSTEM": "1",
      "GIT_CONFIG_GLOBAL": "/dev/null",
      "GIT_ATTR_NOSYSTEM": "1",
      "GIT_TERMINAL_PROMPT": "0",
      "GIT_OPTIONAL_LOCKS": "0",
      "GIT_LITERAL_PATHSPECS": "1",
      "GIT_NO_REPLACE_OBJECTS": "1",
      // A partial clone would fetch what it lacks, by a program that its configuration names.
      "GIT_NO_LAZY_FETCH": "1",
      "GIT_ALLOW_PROTOCOL": "none",
    ]
    let all = Self.settings + settings
    variables["GIT_CONFIG_COUNT"] = String(all.count)
    for (index, setting) in all.enumerated() {
      variables[Environment.Key(stringLiteral: "GIT_CONFIG_KEY_\(index)")] = setting.key
      variables[Environment.Key(stringLiteral: "GIT_CONFIG_VALUE_\(index)")] = setting.value
    }
    return variables
  }

  private static let settings: [(key: String, value: String)] = [
    ("safe.directory", "*"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.attributesFile", "/dev/null"),
    ("submodule.recurse", "false"),
  ]

  /// The path without its relative parts, which would mean another program in another folder.
  private static var path: String {
    let inherited = getenv("PATH").map { String(cString: $0) } ?? ""
    let absolute = inherited.split(separator: ":").filter { $0.hasPrefix("/") }
    return absolute.isEmpty ? "/usr/local/bin:/usr/bin:/bin" : absolute.joined(separator: ":")
  }
}
