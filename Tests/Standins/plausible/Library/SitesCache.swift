/// A row of `sites`, as much of it as counting needs.
package struct Site: Sendable, Equatable {
  package var id: Int64
  package var domain: String

  package init(id: Int64, domain: String) {
    self.id = id
    self.domain = domain
  }
}

/// The sites known when the database was last asked.
///
/// A refresh sees what was updated in the last 15 minutes, so that a site inserted with an old or a local
/// time waits for the next load, which reads all of them and forgets what is gone.
package struct SitesCache: Sendable {
  private var sites: [String: Site]?

  package init() {}

  package var isLoaded: Bool { sites != nil }
  package var count: Int { sites?.count ?? 0 }

  package subscript(domain: String) -> Site? {
    sites?[domain]
  }

  package mutating func load(_ all: [Site]) {
    sites = [:]
    merge(all)
  }

  package mutating func merge(_ updated: [Site]) {
    for site in updated { sites?[site.domain] = site }
  }

  /// Well once it has been loaded and, where there are sites, knows one.
  package func isReady(databaseHasSites: Bool) -> Bool {
    isLoaded && (count > 0 || !databaseHasSites)
  }
}
