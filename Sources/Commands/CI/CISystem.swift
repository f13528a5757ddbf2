import ArgumentParser

/// A CI that is known by the variables that it sets.
enum CISystem: String, CaseIterable {
  case github, gitea, forgejo, gitlab, woodpecker, drone

  /// Forgejo's runner sets the variables of Gitea and GitHub too, and Gitea's those of GitHub: who is
  /// not the first is asked for first. Woodpecker sets `CI=woodpecker`, and on wish Drone's.
  static func recognised(by environment: [String: String]) -> CISystem? {
    func isSet(_ name: String) -> Bool { environment[name] == "true" }
    if isSet("FORGEJO_ACTIONS") { return .forgejo }
    if isSet("GITEA_ACTIONS") { return .gitea }
    if isSet("GITHUB_ACTIONS") { return .github }
    if environment["CI"] == "woodpecker" { return .woodpecker }
    if isSet("GITLAB_CI") { return .gitlab }
    if isSet("DRONE") { return .drone }
    return nil
  }

  /// Whether lines of the output can be commands to the runner.
  var takesCommands: Bool {
    switch self {
    case .github, .gitea, .forgejo: true
    case .gitlab, .woodpecker, .drone: false
    }
  }

  /// Whether it shows annotations beside lines of files: the others print the command as it is.
  var showsAnnotations: Bool { self == .github }
}

struct CIOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Speak to this CI: \(CIChoice.list); auto goes by the environment.",
      valueName: "name"
    ),
    completion: .list(CIChoice.names)
  )
  var ci = CIChoice.auto
}

enum CIChoice: ExpressibleByArgument {
  case auto, none
  case system(CISystem)

  static let names = ["auto", "none"] + CISystem.allCases.map(\.rawValue)
  static let list = names.joined(separator: ", ")

  init?(argument: String) {
    switch argument {
    case "auto": self = .auto
    case "none": self = .none
    default:
      guard let system = CISystem(rawValue: argument) else { return nil }
      self = .system(system)
    }
  }

  var defaultValueDescription: String { "auto" }

  func system(_ environment: [String: String]) -> CISystem? {
    switch self {
    case .auto: CISystem.recognised(by: environment)
    case .none: nil
    case .system(let system): system
    }
  }
}
