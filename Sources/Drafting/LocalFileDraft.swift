import Suites

/// `local.yml`, as far as this machine has programs for the recipe's images.
struct LocalFileDraft {
  private let recipe: DraftedRecipe
  private let programs: Set<String>
  private let kinds: [String: LocalServiceDraft.Kind]
  private let ports: [String: [Int]]
  private(set) var file = DraftFile("local.yml")

  /// Services for which nothing is there.
  var missing: [Compose.Service] {
    recipe.compose.services.filter { kinds[$0.name] == .other }
  }

  init(_ recipe: DraftedRecipe, programs: Set<String>) {
    self.recipe = recipe
    self.programs = programs
    let named = recipe.compose.services.map { service in
      (service.name, LocalServiceDraft.kind(of: service, in: recipe, programs))
    }
    let kinds = Dictionary(named) { first, _ in first }
    self.kinds = kinds
    ports = recipe.compose.services.reduce(into: [:]) { ports, service in
      let kind = kinds[service.name] ?? .other
      ports[service.name] = LocalServiceDraft.ports(of: kind, service, recipe)
    }
    write()
  }

  private mutating func write() {
    file.comment(
      "How the services of \(recipe.name) run as processes of this machine, drafted from the compose "
        + "files. All keys: docs/local-driver.md"
    )
    file.add("search: [\"/usr/lib/postgresql/*/bin\", /usr/sbin, /usr/bin]")
    file.add("services:")
    // Databases first: who waits for them comes after.
    let services = recipe.compose.services
    let ordered =
      services.filter { recipe.databases[$0.name] != nil }
      + services.filter { recipe.databases[$0.name] == nil }
    for service in ordered { write(service) }
  }

  private mutating func write(_ service: Compose.Service) {
    let draft = LocalServiceDraft(
      service: service,
      recipe: recipe,
      programs: programs,
      ports: ports
    )
    file.add("\(service.name):", indent: 2)
    for name in draft.hostsWithoutPort {
      let other = recipe.databases.keys.first { service.environment[name]?.hasSuffix($0) == true }
      let port =
        other.flatMap { ports[$0]?.first }.map { "{{port.\(other ?? "").\($0)}}" } ?? "elsewhere"
      file.open("\(name) has no port beside it; it is \(port) here, not the usual one", indent: 4)
    }
    for question in hookQuestions(service) { file.open(question, indent: 4) }
    switch kinds[service.name] ?? .other {
    case .postgres: file.add(draft.postgres(), indent: 4)
    case .mysql: file.add(draft.mysql(), indent: 4)
    case .clickhouse: file.add(draft.clickhouse(), indent: 4)
    case .redis: file.add(draft.redis(), indent: 4)
    case .nginx:
      file.open(
        "what answers otherwise in a new version? `reports` says so; until then no upgrade is shown to "
          + "have happened",
        indent: 4
      )
      file.add(NginxDraft(draft: draft).lines(), indent: 4)
    case .php: php(draft)
    case .other: other(draft)
    }
  }

  /// A script's own paths are those of the container.
  private func hookQuestions(_ service: Compose.Service) -> [String] {
    let scripts = recipe.hookScripts(of: service)
    var asked: Set<String> = []
    return service.mounts.compactMap { mount in
      let script = scripts.first { script in
        // What only stands in for a variable is that variable's here.
        let text = script.text.replacing(":-\(mount.target)}", with: "}")
        return text.contains(mount.target) && asked.insert(script.name).inserted
      }
      return script.map {
        "\($0.name) names \(mount.target), which is {{volume.\(mount.volume)}} here: let it take the "
          + "folder from a variable, or say under `hooks` what runs in its place"
      }
    }
  }

  private mutating func php(_ draft: LocalServiceDraft) {
    let fpm = LocalServiceDraft.fpm(programs) ?? "php-fpm"
    let conf = [
      "[global]", "error_log = /dev/stderr", "daemonize = no", "[www]",
      "listen = 127.0.0.1:{{port.9000}}", "pm = static", "pm.max_children = 4", "clear_env = no",
      "catch_workers_output = yes",
    ]
    file.add(draft.head, indent: 4)
    file.add(["files:"], indent: 4)
    for secret in draft.secretFiles {
      file.add("\(secret.name): \(YAMLText.scalar(secret.content))", indent: 6)
    }
    file.add(["  php-fpm.conf: |"] + conf.map { "    " + $0 }, indent: 4)
    file.add(draft.environment(), indent: 4)
    let words = [fpm, "--nodaemonize", "--fpm-config", "{{folder}}/php-fpm.conf"]
    file.add([LocalServiceDraft.command(words), "ready: {port: 9000, within: 30s}"], indent: 4)
    file.add("restart_on_upgrade: true", indent: 4)
  }

  /// What the compose file knows of a program that this machine does not have.
  private mutating func other(_ draft: LocalServiceDraft) {
    let service = draft.service
    let image = service.image.split(separator: "/").last.map(String.init) ?? service.name
    let name = image.split(separator: ":").first.map(String.init) ?? service.name
    file.open(
      "nothing here is known to run \(service.image); install it, and say how it is started and on "
        + "which port it listens",
      indent: 4
    )
    file.add(draft.head, indent: 4)
    file.add(LocalServiceDraft.files(draft.secretFiles), indent: 4)
    file.add(draft.environment(), indent: 4)
    let words = service.command.map(draft.here)
    file.add(LocalServiceDraft.command(words.isEmpty ? [name] : words), indent: 4)
    file.add("restart_on_upgrade: true", indent: 4)
  }
}
