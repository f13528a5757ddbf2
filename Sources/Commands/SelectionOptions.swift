import ArgumentParser
import Evidence
import Suites

/// Which of a recipe's checks are run.
struct SelectionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Only a part of the page: P1, P2, P3, P4; several with commas.",
      valueName: "part"
    ),
    completion: .list(ClaimPart.allCases.map(\.rawValue)),
    transform: Self.readParts
  )
  var only: [[ClaimPart]] = []

  @Option(
    help: ArgumentHelp(
      "Only a check: its id, its file, its name, or name[row]; repeatable.",
      valueName: "check"
    ),
    completion: ProjectCompletions.checks
  )
  var check: [String] = []

  @Flag(help: "Only checks that have not passed since the last full run.")
  var rerunFailed = false

  var selection: CheckSelection {
    CheckSelection(parts: only.flatMap(\.self), names: check)
  }

  /// The first option that asks for a part; nil where all is asked for.
  var asked: String? {
    rerunFailed ? "--rerun-failed" : !only.isEmpty ? "--only" : !check.isEmpty ? "--check" : nil
  }

  func validate() throws {
    if let empty = check.first(where: \.isEmpty) {
      throw ValidationError("--check needs a check's id, not \"\(empty)\"")
    }
    if rerunFailed, !selection.isEmpty {
      throw ValidationError(
        "--rerun-failed picks the checks itself: leave out \(check.isEmpty ? "--only" : "--check")"
      )
    }
  }

  private static func readParts(_ text: String) throws -> [ClaimPart] {
    try text.split(separator: ",", omittingEmptySubsequences: false).map { name in
      if let part = ClaimPart(rawValue: name.uppercased()) { return part }
      let all = ClaimPart.allCases.map { "\($0.rawValue) \($0.word)" }.joined(separator: ", ")
      throw ValidationError("\"\(Console.quotable(String(name)))\" is not a part; parts are \(all)")
    }
  }
}

extension ClaimPart {
  fileprivate var word: String {
    switch self {
    case .p1: "(lifecycle)"
    case .p2: "(ports of older scripts)"
    case .p3: "(functional)"
    case .p4: "(data integrity)"
    }
  }
}

/// How several recipes are run.
struct SweepOptions: ParsableArguments {
  @Flag(help: "Stop at the first failure.")
  var failFast = false

  @Option(help: ArgumentHelp("Stop after this many failures.", valueName: "number"))
  var maxFailures: Int?

  @Option(help: ArgumentHelp("Run this many recipes at once.", valueName: "number"))
  var jobs = 1

  @Option(
    help: ArgumentHelp(
      "Run one part of the recipes, as 2/5; `parity merge` merges the parts.",
      valueName: "part/parts"
    ),
    transform: Self.readShard
  )
  var shard: Shard?

  @Flag(name: .shortAndLong, help: "Print only what is not as claimed, and the closing list.")
  var quiet = false

  @Flag(help: "Print a line for every operation and every check.")
  var verbose = false

  @Option(
    help: ArgumentHelp(
      "The form of progress on standard error: text, or json, an object a line.",
      valueName: "form"
    )
  )
  var logFormat = LogFormat.text

  enum LogFormat: String, CaseIterable, ExpressibleByArgument { case text, json }

  var progress: ProgressForm {
    logFormat == .json ? .json : quiet ? .quiet : verbose ? .verbose : .usual
  }

  /// Nil where any number may fail.
  var failureLimit: Int? { failFast ? 1 : maxFailures }

  func validate() throws {
    if quiet, verbose { throw ValidationError("--quiet and --verbose exclude one another") }
    if verbose, logFormat == .json {
      throw ValidationError("--log-format json tells everything: leave --verbose out")
    }
    if let maxFailures {
      guard maxFailures > 0 else {
        throw ValidationError("--max-failures needs a number from 1, not \(maxFailures)")
      }
      if failFast {
        throw ValidationError("--fail-fast is --max-failures 1: give one of them")
      }
    }
    guard (1...64).contains(jobs) else {
      throw ValidationError("--jobs needs a number from 1 to 64, not \(jobs)")
    }
  }

  private static func readShard(_ text: String) throws -> Shard {
    if let shard = Shard(text) { return shard }
    throw ValidationError(
      "--shard needs a part and the number of parts, as 2/5, not \"\(Console.quotable(text))\""
    )
  }
}
