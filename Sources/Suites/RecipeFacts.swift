package import Evidence
import Formats

/// What a recipe's compose file says about where it keeps data.
package enum RecipeFacts {
  /// Parts of image names that are databases, with their kind.
  private static let images: [(part: String, kind: StoreFacts.Kind)] = [
    ("postgres", .postgres), ("postgis", .postgres), ("timescale", .postgres),
    ("pgvector", .postgres), ("pgvecto-rs", .postgres), ("vectorchord", .postgres),
    ("postgresql", .postgres),
    ("clickhouse", .clickhouse),
    ("mariadb", .database), ("mysql", .database), ("percona", .database), ("mongo", .database),
    ("mongodb", .database), ("redis", .database), ("valkey", .database), ("keydb", .database),
    ("dragonfly", .database), ("elasticsearch", .database), ("opensearch", .database),
    ("meilisearch", .database), ("typesense", .database), ("couchdb", .database),
    ("cassandra", .database), ("influxdb", .database), ("neo4j", .database),
    ("cockroach", .database), ("etcd", .database), ("rethinkdb", .database),
    ("arangodb", .database), ("solr", .database), ("mssql", .database),
  ]

  /// Programs that are named like a database and keep nothing themselves.
  private static let tools = [
    "exporter", "backup", "pgbouncer", "pgadmin", "proxy", "insight", "commander", "express",
  ]

  /// The kind of database that an image is; nil for all others.
  package static func database(of image: String) -> StoreFacts.Kind? {
    var name = ComposeVariables.fill(image, [:]).lowercased()
    if let at = name.firstIndex(of: "@") { name = String(name[..<at]) }
    let last = name.split(separator: "/").last.map(String.init) ?? ""
    let base = last.split(separator: ":").first.map(String.init) ?? ""
    if tools.contains(where: base.contains) { return nil }
    let words = base.split { "-_.".contains($0) }.map(String.init)
    for (part, kind) in images {
      if base == part || words.contains(where: { $0 == part || $0 == part + "db" }) { return kind }
    }
    // ClickHouse's and TimescaleDB's own images have the name in the organisation too.
    let organisation = name.split(separator: "/").dropLast().last.map(String.init) ?? ""
    if organisation == "clickhouse", base.hasPrefix("clickhouse") { return .clickhouse }
    return nil
  }

  /// Every store of a recipe, by name: each service with a known database image, and each named
  /// volume that belongs to none of these.
  ///
  /// - Parameter suite: whether a store has a marker, and what is counted in it.
  package static func stores(of compose: Compose, suite: Suite? = nil) -> [StoreFacts] {
    let labels = BackupLabels.read(from: compose)
    var stores: [StoreFacts] = []
    var owned: Set<String> = []
    func mechanism(_ volumes: [String]) -> String? {
      let ways = volumes.flatMap { volume in
        // A volume of several services is one: what the one with a hook does says most.
        let keeping = labels.filter { $0.mechanism(of: volume) != nil }
        let hooked = keeping.filter { $0.preHook != nil }
        return (hooked.isEmpty ? Array(keeping.prefix(1)) : hooked)
          .compactMap { $0.mechanism(of: volume) }
      }
      return ways.isEmpty ? nil : ways.joined(separator: "; ")
    }
    func add(_ name: String, _ kind: StoreFacts.Kind, _ services: [String], _ volumes: [String]) {
      let entry = suite?.integrity[name]
      stores.append(
        StoreFacts(
          name: name,
          kind: kind,
          services: services.sorted(by: UTF8Order.precedes),
          volumes: volumes.sorted(by: UTF8Order.precedes),
          hasMarker: entry != nil,
          mechanism: mechanism(volumes),
          counts: entry?.counts.map(\.table) ?? []
        )
      )
    }
    for service in compose.services {
      var kind = database(of: service.image)
      switch suite?.services[service.name]?.database {
      case .postgres: kind = .postgres
      case .clickhouse: kind = .clickhouse
      case nil: break
      }
      guard let kind else { continue }
      let volumes = Set(service.mounts.map(\.volume))
      owned.formUnion(volumes)
      add(service.name, kind, [service.name], Array(volumes))
    }
    let mounted = compose.services.flatMap { service in service.mounts.map(\.volume) }
    for volume in Set(compose.volumes + mounted).subtracting(owned) {
      let services = compose.services.filter { $0.mounts.contains { $0.volume == volume } }
      add(volume, .volume, services.map(\.name), [volume])
    }
    return stores.sorted { UTF8Order.precedes($0.name, $1.name) }
  }

  /// Why the recipe has no backup to test; nil where it has one.
  package static func noBackupReason(of compose: Compose, suite: Suite) -> String? {
    switch suite.backup.capable {
    case true?: return nil
    case false?: return suite.backup.capableReason ?? "the suite says that it has none"
    case nil:
      return BackupLabels.labelled(in: compose).isEmpty
        ? "no service has backupbot.backup=true under deploy.labels" : nil
    }
  }
}

extension Compose {
  /// Of the service `app`, which is the one that people reach, or of the only one.
  package var appImage: String? {
    self[service: "app"]?.image ?? (services.count == 1 ? services[0].image : nil)
  }
}

extension Suite {
  /// The services that it declares to be databases.
  var databases: Set<String> { Set(services.filter { $0.value.database != nil }.keys) }
}
