import Suites

/// The files of a suite for a recipe, with what only a person can say.
package struct SuiteDraft: Sendable {
  package private(set) var files: [DraftFile] = []
  /// What is open and stands in no file.
  package private(set) var notes: [String] = []

  /// - Parameters:
  ///   - programs: names of the programs that this machine has.
  ///   - writesLocal: whether local.yml is written where some service has no program here, too.
  ///   - adopted: what an older suite says; nil where there is none.
  package init(
    _ recipe: DraftedRecipe,
    programs: Set<String>,
    writesLocal: Bool,
    adopting adopted: AdoptedSettings? = nil
  ) {
    files.append(RecipeFileDraft(recipe, adopting: adopted).file)
    guard recipe.isKnown else { return }
    let local = LocalFileDraft(recipe, programs: programs)
    if local.missing.isEmpty || writesLocal {
      files.append(local.file)
    } else {
      let names = local.missing.map { "\($0.name) (\($0.image))" }.joined(separator: ", ")
      notes.append(
        YAMLText.printable(
          "no local.yml: this machine is not known to run \(names); --local drafts it"
        )
      )
    }
    files.append(Self.swarm(recipe))
  }

  private static func swarm(_ recipe: DraftedRecipe) -> DraftFile {
    var file = DraftFile("swarm.yml")
    file.comment(
      "\(recipe.name) on a Docker Swarm, as its compose files say. All keys: docs/swarm-driver.md"
    )
    if recipe.compose.routedApp == nil {
      let (service, port) = recipe.app
      if let port {
        file.open(
          "no label of Traefik says where the app listens: is it port \(port) of \(service)?"
        )
        file.add("app: {service: \(service), port: \(port)}")
      } else {
        file.open("no label of Traefik says where the app listens: name its port")
        file.comment("app: {service: \(service), port: 80}")
      }
    }
    let shared = recipe.shared
    if recipe.compose.routedApp != nil, shared.isEmpty {
      file.comment(
        "Nothing more is needed: the app's port is in its labels, the rest in .env.sample."
      )
    }
    if !shared.isEmpty {
      file.open(
        "others on the engine may use these, too, and a run is refused until `shares` allows each, with "
          + "the reason"
      )
      file.comment("shares:")
      for outside in shared { file.comment("  \(YAMLText.scalar(key(of: outside))): why") }
    }
    return file
  }

  /// As `shares` names it.
  private static func key(of outside: Compose.Outside) -> String {
    switch outside.kind {
    case .volume(let key), .network(let key): key
    case .path, .port: outside.name
    }
  }
}
