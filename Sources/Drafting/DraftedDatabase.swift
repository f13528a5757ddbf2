import Evidence
import Suites

/// A database service that steps can ask.
struct DraftedDatabase: Sendable {
  enum Kind: String, Sendable {
    case postgres, mysql, clickhouse, redis

    var port: Int {
      switch self {
      case .postgres: 5432
      case .mysql: 3306
      case .clickhouse: 8123
      case .redis: 6379
      }
    }
  }

  let kind: Kind
  /// Of Redis nil.
  var database: String?
  var user: String?
  /// As a text of the suite: `{{secret.NAME}}`.
  var password: String?
  /// Of the root user of MariaDB, likewise.
  var rootPassword: String?
  /// What only a person can say.
  var questions: [String] = []

  /// Nil for a service that is no database which steps can ask.
  init?(of service: Compose.Service, in compose: Compose, _ secrets: inout DraftedSecrets) {
    guard let kind = Self.kind(of: service.image) else { return nil }
    self.kind = kind
    let reader = Reader(service: service, compose: compose)
    switch kind {
    case .postgres:
      user = reader.value("POSTGRES_USER") ?? "postgres"
      database = reader.value("POSTGRES_DB") ?? user
      password = reader.password(["POSTGRES_PASSWORD"], &secrets)
      let isTrusted = service.environment["POSTGRES_HOST_AUTH_METHOD"] == "trust"
      if password == nil, !isTrusted { questions.append("the password of \(user ?? "postgres")") }
    case .mysql: readMySQL(reader, &secrets)
    case .clickhouse:
      user = reader.value("CLICKHOUSE_USER")
      password = reader.password(["CLICKHOUSE_PASSWORD"], &secrets)
      database =
        reader.value("CLICKHOUSE_DB") ?? reader.value("CLICKHOUSE_DATABASE")
        ?? reader.nameElsewhere() ?? "default"
    case .redis:
      let words = service.command
      if let index = words.firstIndex(of: "--requirepass"), index + 1 < words.count {
        password = reader.password(from: words[index + 1], &secrets)
      } else {
        password = reader.password(["REDIS_PASSWORD", "VALKEY_PASSWORD"], &secrets)
      }
    }
  }

  private mutating func readMySQL(_ reader: Reader, _ secrets: inout DraftedSecrets) {
    func both(_ name: String) -> [String] { ["MARIADB_\(name)", "MYSQL_\(name)"] }
    rootPassword = reader.password(both("ROOT_PASSWORD"), &secrets)
    user = both("USER").compactMap(reader.value).first
    password = user == nil ? rootPassword : reader.password(both("PASSWORD"), &secrets)
    if password == nil { questions.append("the password of \(user ?? "root")") }
    if let name = both("DATABASE").compactMap(reader.value).first {
      database = name
    } else {
      database = reader.nameElsewhere() ?? reader.service.name
      questions.append("the name of the app's database; the image makes none")
      // The image makes its user only together with a database.
      if rootPassword != nil { (user, password) = (nil, rootPassword) }
    }
  }

  private static func kind(of image: String) -> Kind? {
    switch RecipeFacts.database(of: image) {
    case .postgres: return .postgres
    case .mysql: return .mysql
    case .clickhouse: return .clickhouse
    case .database:
      let last = image.split(separator: "/").last?.split(separator: ":").first ?? ""
      return ["redis", "valkey", "keydb", "dragonfly"].contains { last.contains($0) } ? .redis : nil
    default: return nil
    }
  }

  /// The value of `services.NAME` in recipe.yml.
  var setting: String {
    var members: [(name: String, value: String)] = []
    if let database { members.append(("database", database)) }
    if let user { members.append(("user", user)) }
    if let password { members.append(("password", password)) }
    return "{\(kind.rawValue): \(YAMLText.mapping(members))}"
  }

  /// Looks values up in a service's variables.
  private struct Reader {
    let service: Compose.Service
    let compose: Compose

    /// Nil where it is not set, or empty.
    func value(_ name: String) -> String? {
      guard let value = service.environment[name], !value.isEmpty else { return nil }
      return DraftedSecrets.template(value)
    }

    /// From `NAME`, or from the secret that `NAME_FILE` leads to.
    func password(_ names: [String], _ secrets: inout DraftedSecrets) -> String? {
      for name in names {
        if let value = service.environment[name], !value.isEmpty {
          return password(from: value, &secrets)
        }
        let file = service.files.first { $0.target == service.environment[name + "_FILE"] }
        guard let file, file.source.kind == .secret else { continue }
        secrets.add(DraftedSecrets.Secret(name: file.source.key))
        return "{{secret.\(file.source.key)}}"
      }
      return nil
    }

    /// What stands in the file for everybody is a secret in form only.
    func password(from value: String, _ secrets: inout DraftedSecrets) -> String {
      if value.contains("\u{1}") { return DraftedSecrets.template(value) }
      let name = "\(service.name)_password"
      // A suite has no way to write two braces as a secret.
      let isWritable = !value.contains("{{")
      secrets.add(
        DraftedSecrets.Secret(name: name, value: isWritable ? value : nil, isGiven: !isWritable)
      )
      return "{{secret.\(name)}}"
    }

    /// The database that another service's address of this one names, or its variable for it.
    func nameElsewhere() -> String? {
      for other in compose.services where other.name != service.name {
        for (name, value) in other.environment.sorted(by: { $0.key < $1.key }) {
          let isName = name.hasSuffix("DB_NAME") || name.hasSuffix("DATABASE_NAME")
          if isName, !value.isEmpty, !value.contains("\u{1}") { return value }
          guard value.contains(service.name), value.contains("://") else { continue }
          let path = value.split(separator: "/", omittingEmptySubsequences: false)
          guard path.count > 3, let last = path[3].split(separator: "?").first else { continue }
          return DraftedSecrets.template(String(last))
        }
      }
      return nil
    }
  }
}
