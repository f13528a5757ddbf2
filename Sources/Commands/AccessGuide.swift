import Deployments
import Evidence
import Suites

/// What a person needs to look around in a deployment: addresses, accounts, the command for each store.
struct AccessGuide {
  let suite: Suite
  let access: Access
  let baseURL: String
  let domain: String
  /// By name.
  let secrets: [String: String]
  let showsSecrets: Bool

  private static let mask = "••••••"

  /// - Parameter logs: where the logs of services are.
  func text(logs: String) -> String {
    var lines = ["", "\(suite.recipe) is up at \(baseURL), as \(domain)"]
    for service in access.services {
      let ways = self.ways(to: service)
      if !ways.isEmpty { lines += ["", service.name] + ways.map { "  " + $0 } }
    }
    if !access.volumes.isEmpty {
      lines += ["", "volumes"]
      for (name, volume) in access.volumes.sorted(by: { $0.key < $1.key }) {
        switch volume {
        case .folder(let path): lines.append("  \(name)  \(path)")
        case .ofEngine(_, let command): lines.append("  \(name)  \(Self.line(command))")
        }
      }
    }
    let accounts = self.accounts
    if !accounts.isEmpty { lines += ["", "accounts"] + accounts.map { "  " + $0 } }
    lines += ["", "logs  \(logs)", "Ctrl-C takes it down.", ""]
    return lines.joined(separator: "\n")
  }

  // MARK: Services

  private func ways(to service: Access.Service) -> [String] {
    if let settings = suite.services[service.name], let database = settings.database,
      let line = client(of: database, settings.port, service)
    {
      return [line]
    }
    if !service.inside.isEmpty { return [Self.line(service.inside + ["sh"])] }
    return service.ports.sorted { $0.key < $1.key }.map { inside, port in
      "port \(inside) is 127.0.0.1:\(port)"
    }
  }

  /// The command line of the database's own client, inside the container or on this machine.
  private func client(
    of database: ServiceSettings.Database,
    _ asked: Int?,
    _ service: Access.Service
  ) -> String? {
    let name = filled(database.name) ?? ""
    let user = filled(database.user)
    let password = database.password.map { showsSecrets ? filled($0) ?? "" : Self.mask }
    func address(_ inside: Int, _ host: String, _ port: String) -> [String]? {
      if !service.inside.isEmpty { return [] }
      return service.ports[asked ?? inside].map { ["\(host)=127.0.0.1", "\(port)=\($0)"] }
    }
    var words: [String]
    var variable = ""
    switch database.kind {
    case .postgres:
      guard let place = address(5432, "--host", "--port") else { return nil }
      words = ["psql"] + place + ["--username=\(user ?? "postgres")", name]
      variable = "PGPASSWORD"
    case .mysql:
      guard let place = address(3306, "--host", "--port") else { return nil }
      words = ["mariadb"] + place + ["--user=\(user ?? "root")", name]
      variable = "MYSQL_PWD"
    case .redis:
      guard let place = address(6379, "-h", "-p") else { return nil }
      words = ["redis-cli"] + place.flatMap { $0.split(separator: "=").map(String.init) }
      if !name.isEmpty, name != "0" { words += ["-n", name] }
      variable = "REDISCLI_AUTH"
    case .clickhouse:
      let native = service.ports[9000].map { ["--host=127.0.0.1", "--port=\($0)"] }
      guard let place = service.inside.isEmpty ? native : [] else { return nil }
      words = ["clickhouse-client"] + place + ["--database=\(name)"]
      if let user { words.append("--user=\(user)") }
      if let password { words.append("--password=\(password)") }
    case .sqlite: return nil
    }
    guard let password, !variable.isEmpty else { return Self.line(service.inside + words) }
    if service.inside.isEmpty { return "\(variable)=\(Self.quoted(password)) \(Self.line(words))" }
    // Before the container's own name, which stands last.
    let inside = service.inside.dropLast() + ["--env", "\(variable)=\(password)"]
    return Self.line(inside + service.inside.suffix(1) + words)
  }

  /// A template with secrets and fixed values in it; nil where it holds anything else.
  private func filled(_ template: Template?) -> String? {
    guard let template else { return nil }
    let constants = suite.vars.filter { $0.function == nil && $0.value.names.isEmpty }
    return template.parts.reduce("" as String?) { text, part in
      guard let text else { return nil }
      switch part {
      case .text(let own): return text + own
      case .name(let name):
        if Template.isSecret(name) {
          let key = name.hasPrefix("secret.") ? String(name.dropFirst("secret.".count)) : name
          let value = secrets[key]
          return text + (showsSecrets ? value ?? "" : Self.mask)
        }
        return constants.first { $0.name == name }.map { text + $0.value.source }
      }
    }
  }

  // MARK: Accounts

  /// The suite's fixed values and its secrets: what somebody logs in with is among them.
  private var accounts: [String] {
    let values = suite.vars.compactMap { variable -> String? in
      guard variable.function == nil, let value = filled(variable.value) else { return nil }
      return "\(variable.name)  \(value)"
    }
    let hidden = secrets.sorted { $0.key < $1.key }.map { name, value in
      "secret \(name)  \(showsSecrets ? value : Self.mask)"
    }
    let hint = hidden.isEmpty || showsSecrets ? [] : ["(--show-secrets shows them on a terminal)"]
    return values + hidden + hint
  }

  // MARK: Shell

  private static func line(_ words: [String]) -> String {
    words.filter { !$0.isEmpty }.map(quoted).joined(separator: " ")
  }

  /// For a POSIX shell.
  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy {
      ($0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A) || ($0 >= 0x30 && $0 <= 0x39)
        || "-_=./:@,+%".utf8.contains($0)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: "'\\''") + "'"
  }
}
