import Suites

/// One service of `local.yml`: how a program that this machine has stands for its image.
struct LocalServiceDraft {
  let service: Compose.Service
  let recipe: DraftedRecipe
  /// Names of programs that the machine has.
  let programs: Set<String>
  /// By their names in the compose file: the ports that each drafted service listens on.
  let ports: [String: [Int]]

  var name: String { service.name }

  /// The kinds of images for which there are programs.
  enum Kind { case postgres, mysql, clickhouse, redis, nginx, php, other }

  /// - Returns: `other` where the machine lacks the program, too.
  static func kind(
    of service: Compose.Service,
    in recipe: DraftedRecipe,
    _ programs: Set<String>
  ) -> Kind {
    func has(_ names: String...) -> Bool { names.allSatisfy(programs.contains) }
    switch recipe.databases[service.name]?.kind {
    case .postgres: return has("initdb", "postgres", "pg_isready", "createdb") ? .postgres : .other
    case .mysql:
      return has("mariadb-install-db", "mariadbd") && isPlain(service, recipe) ? .mysql : .other
    case .clickhouse:
      return has("clickhouse-server", "clickhouse-client") && isPlain(service, recipe)
        ? .clickhouse : .other
    case .redis: return has("redis-server") ? .redis : .other
    case nil: break
    }
    let image = service.image.split(separator: "/").last.map(String.init) ?? ""
    let words = image.split { ":-".contains($0) }
    if words.first == "nginx", has("nginx"), NginxDraft.fits(service, recipe) { return .nginx }
    if words.first == "php", words.contains("fpm"), Self.fpm(programs) != nil { return .php }
    return .other
  }

  /// Whether names and written passwords can stand in a statement and in XML as they are.
  private static func isPlain(_ service: Compose.Service, _ recipe: DraftedRecipe) -> Bool {
    let database = recipe.databases[service.name]
    let names = [database?.database, database?.user].compactMap { $0 }
    let isName = names.allSatisfy { name in
      name.first?.isLetter == true
        && name.utf8.allSatisfy {
          ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x5F
        }
    }
    return isName
      && recipe.secrets.all.compactMap(\.value).allSatisfy { value in
        !value.contains { "'\\\n<&".contains($0) }
      }
  }

  static func fpm(_ programs: Set<String>) -> String? {
    programs.filter { $0.hasPrefix("php-fpm") }.max()
  }

  static func ports(of kind: Kind, _ service: Compose.Service, _ recipe: DraftedRecipe) -> [Int] {
    switch kind {
    case .postgres: [5432]
    case .mysql: [3306]
    case .clickhouse: [8123, 9000]
    case .redis: [6379]
    case .php: [9000]
    case .nginx: [open(service, recipe) ?? 80]
    case .other: [open(service, recipe)].compactMap { $0 }
    }
  }

  private static func open(_ service: Compose.Service, _ recipe: DraftedRecipe) -> Int? {
    recipe.app.service == service.name ? recipe.app.port : service.openPorts.first
  }

  // MARK: Parts that all have

  var database: DraftedDatabase? { recipe.databases[name] }

  /// The folder that a volume is, or one of the service's own where its data are in none.
  func folder(at target: String, else own: String) -> String {
    let mounts = service.mounts.filter { target == $0.target || target.hasPrefix($0.target + "/") }
    guard let mount = mounts.max(by: { $0.target.count < $1.target.count }) else {
      return "{{folder}}/\(own)"
    }
    // What the image makes below the volume is made by the program.
    return "{{volume.\(mount.volume)}}"
  }

  var head: [String] {
    var lines: [String] = []
    if let own = ports[name], !own.isEmpty {
      lines.append("ports: [\(own.map(String.init).joined(separator: ", "))]")
    }
    let volumes = Set(service.mounts.map(\.volume)).sorted()
    if !volumes.isEmpty { lines.append("volumes: \(YAMLText.list(volumes))") }
    let needed = service.dependsOn.filter { ports[$0] != nil || recipe.databases[$0] != nil }
    if !needed.isEmpty { lines.append("after: \(YAMLText.list(needed.sorted()))") }
    return lines
  }

  /// Variables in the order of their names; `own` stands over those of the compose file.
  func environment(_ own: [(String, String)] = []) -> [String] {
    var lines: [String] = []
    let own = own + hookFolders
    let names = Set(own.map(\.0))
    for (name, value) in service.environment.sorted(by: { $0.key < $1.key })
    where !names.contains(name) {
      let shown = port(name, value) ?? here(value)
      lines.append("  \(YAMLText.scalar(name)): \(YAMLText.scalar(shown))")
    }
    lines += own.map { "  \($0.0): \(YAMLText.scalar($0.1))" }
    return lines.isEmpty ? [] : ["environment:"] + lines
  }

  /// Variables that scripts of hooks take a mount from, as in `${BACKUP_DIR:-/var/lib/mysql}`.
  private var hookFolders: [(String, String)] {
    var folders: [String: String] = [:]
    for script in recipe.hookScripts(of: service) {
      for match in script.text.matches(of: /\$\{([A-Za-z_]+):-([^}]*)\}/) {
        let mount = service.mounts.first { $0.target == match.2 }
        guard let mount, service.environment[String(match.1)] == nil else { continue }
        folders[String(match.1)] = "{{volume.\(mount.volume)}}"
      }
    }
    return folders.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// Secrets as files of the service's own, by the names that they have in the container.
  var secretFiles: [(name: String, content: String)] {
    service.files.filter { $0.source.kind == .secret }.map { file in
      (Self.secretFile(file), "{{secret.\(file.source.key)}}")
    }
  }

  private static func secretFile(_ file: Compose.MappedFile) -> String {
    "secrets/" + (file.target.split(separator: "/").last.map(String.init) ?? file.source.key)
  }

  static func files(_ files: [(name: String, content: String)]) -> [String] {
    files.isEmpty
      ? [] : ["files:"] + files.map { "  \($0.name): \(YAMLText.scalar($0.content))" }
  }

  static func command(_ words: [String], behind key: String = "command") -> String {
    "\(key): \(YAMLText.list(words))"
  }

  // MARK: What is elsewhere on this machine

  /// Where `DB_PORT` stands beside a `DB_HOST` that is a service: the port that it has here.
  private func port(_ name: String, _ value: String) -> String? {
    guard name.hasSuffix("PORT"), let number = Int(value),
      let host = service.environment[String(name.dropLast(4)) + "HOST"]
    else { return nil }
    let other = ports.first { entry in
      (host == entry.key || host == "${STACK_NAME}_\(entry.key)") && entry.value.contains(number)
    }
    return other.map { "{{port.\($0.key).\(number)}}" }
  }

  /// Hosts of databases that have no port beside them: programs take the usual one.
  var hostsWithoutPort: [String] {
    service.environment.filter { name, value in
      name.hasSuffix("HOST") && service.environment[String(name.dropLast(4)) + "PORT"] == nil
        && ports.keys.contains { value == $0 || value == "${STACK_NAME}_\($0)" }
    }.keys.sorted()
  }

  /// A value of the compose file with what it says of hosts, ports, folders and secrets as it is on
  /// this machine.
  func here(_ value: String) -> String {
    var text = DraftedSecrets.template(value)
    for file in service.files where file.source.kind == .secret && text == file.target {
      return "{{folder}}/\(Self.secretFile(file))"
    }
    for mount in service.mounts
    where text == mount.target || text.hasPrefix(mount.target + "/") {
      return "{{volume.\(mount.volume)}}" + text.dropFirst(mount.target.count)
    }
    for (other, numbers) in ports.sorted(by: { $0.key.count > $1.key.count }) {
      for host in ["${STACK_NAME}_\(other)", other] {
        if text == host { return "127.0.0.1" }
        for port in numbers {
          text = text.replacingHost("\(host):\(port)", with: "127.0.0.1:{{port.\(other).\(port)}}")
        }
        if let port = numbers.first {
          text = text.replacingHost(
            host,
            with: "127.0.0.1:{{port.\(other).\(port)}}",
            inURLOnly: true
          )
        }
      }
    }
    return text
  }
}

extension String {
  /// Replaces a host where it stands as one: alone, or between the marks of a URL.
  ///
  /// - Parameter inURLOnly: only behind `//` or `@`, and before `/` or the end.
  fileprivate func replacingHost(
    _ host: String,
    with other: String,
    inURLOnly: Bool = false
  ) -> String {
    var result = ""
    var rest = self[...]
    while let found = rest.firstRange(of: host) {
      let before = rest[..<found.lowerBound]
      let after = rest[found.upperBound...]
      let begins =
        before.hasSuffix("//") || before.hasSuffix("@")
        || (!inURLOnly && (before.isEmpty && result.isEmpty || before.hasSuffix(",")))
      let ends = after.first.map { "/?,".contains($0) } ?? true
      result += before + (begins && ends ? other : host)
      rest = after
    }
    return result + rest
  }
}
