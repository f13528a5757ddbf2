import Files
import Formats
import Glibc
import Programs

/// One call of the `git` program that nothing around it can bend.
///
/// The environment is our own, so that no `GIT_DIR`, hook, pager, credential or setting of a user
/// or a machine has a say; and whatever the configuration of a foreign repository could start
/// (hooks, a file system monitor, filters, a transport for missing objects) is turned off. That is
/// also why the owner of a repository that was asked for need not be checked (`safe.directory`); one that
/// is found above has a `ceiling`.
struct GitCommand: Sendable {
  /// Where `git` looks for the repository.
  var folder: String
  var timeLimit: Duration
  /// A folder above, from which on upwards it does not look; nil where there is none.
  var ceiling: String?
  /// What it asks a server for; nil where it asks none.
  ///
  /// Then it has the user's own environment and configuration, credential helpers among them, and
  /// may speak the protocols of `GitAddress`.
  var address: GitAddress?

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
    let subject = subject(arguments)
    guard let git = Self.program else {
      throw GitError(.gitMissing, "git is not on the path")
    }
    let output: CommandOutput
    do throws(ProgramError) {
      output = try await git.run(
        Command(
          argv: ["git", "--no-pager", "-C", folder] + arguments,
          stdin: input,
          environment: variables,
          deadline: timeLimit,
          outputLimit: limit
        )
      )
    } catch {
      if error.code == .cancelled { throw GitError(.cancelled, "\(subject) was cancelled") }
      throw GitError(.failed(status: -1), "\(subject) could not be run: \(error.reason)")
    }
    let status: Int32
    switch output.ending {
    case .exited(let code): status = code
    case .signalled(let signal): status = 128 + signal
    case .timedOut: throw GitError(.timedOut, "\(subject) was not done within \(timeLimit)")
    }
    guard !output.isCut else {
      throw GitError(.tooLarge, "\(subject) says more than \(limit) bytes")
    }
    return Answer(status: status, output: output.stdout, complaint: complaint(output.stderr))
  }

  private func subject(_ arguments: [String]) -> String {
    "git \(arguments.first ?? "")\(address == nil ? " in \(folder)" : "")"
  }

  /// The first line; of what came of a server, the first that git calls an error.
  private func complaint(_ bytes: [UInt8]) -> String {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    let errors = lines.filter { line in
      ["fatal: ", "error: "].contains { line.starts(with: $0.utf8) }
    }
    let line = (address == nil ? nil : errors.first) ?? lines.first ?? []
    return GitAddress.masked(DiskPath.shown(line.prefix(500)))
  }

  /// The output of a call that must end with status 0.
  func output(
    _ arguments: [String],
    input: [UInt8] = [],
    limit: Int = 16 << 20
  ) async throws(GitError) -> [UInt8] {
    let answer = try await run(arguments, input: input, limit: limit)
    guard answer.status == 0 else { throw await failure(arguments, answer) }
    return answer.output
  }

  func failure(_ arguments: [String], _ answer: Answer) async -> GitError {
    let subject = "\(subject(arguments)) ended with status \(answer.status)"
    if address == nil, let remedy = await remedyOfPartialClone {
      return GitError(.missingObject, "\(subject)\(remedy)")
    }
    return GitError(
      .failed(status: answer.status),
      answer.complaint.isEmpty ? subject : "\(subject): \(answer.complaint)"
    )
  }

  /// What to do about objects that a clone was made without (`--filter`), for the end of a message;
  /// nil where the clone is whole.
  var remedyOfPartialClone: String? {
    get async {
      let pattern = "^(remote[.].*[.]promisor|extensions[.]partialclone)$"
      let answer = try? await run(["config", "--local", "--get-regexp", pattern])
      guard let answer, answer.status == 0 else { return nil }
      return
        "; this is a partial clone (--filter), which may lack what is asked for: fetch the rest "
        + "with `git fetch --refetch --no-filter`, or check out without `filter:`"
    }
  }

  /// The whole environment: nothing else is passed on.
  var variables: [String: String] {
    if let address { return Self.variables(for: address) }
    var variables = [
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
    variables["GIT_CEILING_DIRECTORIES"] = ceiling
    variables["GIT_CONFIG_COUNT"] = String(Self.settings.count)
    for (index, setting) in Self.settings.enumerated() {
      variables["GIT_CONFIG_KEY_\(index)"] = setting.key
      variables["GIT_CONFIG_VALUE_\(index)"] = setting.value
    }
    return variables
  }

  /// Looked up once: trying every folder of the path for each call costs a fork each.
  private static let program = Program.find("git", path: path)

  static let settings: [(key: String, value: String)] = [
    ("safe.directory", "*"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", "/dev/null"),
    ("core.attributesFile", "/dev/null"),
    ("submodule.recurse", "false"),
  ]

  /// The path without its relative parts, which would mean another program in another folder.
  static var path: String {
    let inherited = getenv("PATH").map { String(cString: $0) } ?? ""
    let absolute = inherited.split(separator: ":").filter { $0.hasPrefix("/") }
    return absolute.isEmpty ? "/usr/local/bin:/usr/bin:/bin" : absolute.joined(separator: ":")
  }
}
