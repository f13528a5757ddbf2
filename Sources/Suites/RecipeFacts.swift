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
    ("mariadb", .mysql), ("mysql", .mysql), ("percona", .mysql),
    ("mongo", .database), ("mongodb", .database), ("redis", .database), ("valkey", .database),
    ("keydb", .database),
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
    var name = image.lowercased()
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

  /// Every store of a recipe, by name: each service with a known database image, each named volume that
  /// belongs to none of these, and each other place that a service of another kind mounts.
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
      let settings = suite?.stores[name]
      var facts = StoreFacts(
        name: name,
        kind: kind,
        services: services.sorted(by: UTF8Order.precedes),
        volumes: volumes.sorted(by: UTF8Order.precedes),
        hasMarker: entry != nil,
        mechanism: mechanism(volumes),
        counts: entry?.counts.map(\.table) ?? []
      )
      facts.volatile = settings.flatMap { $0.volatile.isEmpty ? nil : $0.volatile }
      facts.holdsNothing = settings?.holdsNothing
      facts.plainMarker = entry?.plainMarkerPlace(vars: suite?.vars ?? [])
      let hooked = labels.filter {
        ($0.preHook ?? $0.restorePreHook ?? $0.restorePostHook) != nil
      }
      if hooked.contains(where: { services.contains($0.service) }) { facts.isHooked = true }
      stores.append(facts)
    }
    for service in compose.services {
      var kind = database(of: service.image)
      switch suite?.services[service.name]?.database?.kind {
      case .postgres: kind = .postgres
      case .mysql: kind = .mysql
      case .clickhouse: kind = .clickhouse
      case .redis: kind = .database
      case .sqlite, nil: break
      }
      guard let kind else {
        for mount in service.namelessMounts {
          add(mount.store(of: service.name), .mount, [service.name], [])
        }
        continue
      }
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
  static func noBackupReason(of compose: Compose, suite: Suite) -> Reason? {
    switch suite.backup.capable {
    case true?: return nil
    case false?: return .declared(suite.backup.capableReason ?? "")
    case nil:
      return BackupLabels.labelled(in: compose).isEmpty
        ? Reason(.noBackupLabel) : nil
    }
  }
}

extension Compose {
  /// The bind mount or anonymous volume that a store is, with the service that has it.
  package func namelessMount(of store: String) -> (service: String, mount: NamelessMount)? {
    for service in services {
      for mount in service.namelessMounts where mount.store(of: service.name) == store {
        return (service.name, mount)
      }
    }
    return nil
  }

  /// The service that Traefik leads to by its labels, and the port: `app` where several are.
  package var routedApp: (service: String, port: Int)? {
    let ordered = services.filter { $0.name == "app" } + services.filter { $0.name != "app" }
    for service in ordered {
      for label in service.deployLabels
      where label.name.hasPrefix("traefik.http.services.")
        && label.name.hasSuffix(".loadbalancer.server.port")
      {
        if let port = Int(label.value) { return (service.name, port) }
      }
    }
    return nil
  }

  /// Of the service `app`, which is the one that people reach, or of the only one.
  package var appImage: String? {
    self[service: "app"]?.image ?? (services.count == 1 ? services[0].image : nil)
  }
}

extension Suite {
  /// The services that it declares to be databases.
  var databases: Set<String> { Set(services.filter { $0.value.database != nil }.keys) }
}

extension StoreFacts {
  /// Whether the tool knows how to look into it.
  package func isInventoried(in suite: Suite) -> Bool {
    switch (kind, suite.services[name]?.database?.kind) {
    case (.postgres, .postgres?), (.mysql, .mysql?), (.clickhouse, .clickhouse?), (.volume, _),
      (.mount, _):
      true
    default: false
    }
  }
}
