package import Deployments

/// Watches what services keep beside their volumes while they serve.
///
/// What a service writes as it starts (a configuration out of a template, its process id) is its set-up;
/// what it writes between one look and the next is data.
package struct BesideWatch: Sendable {
  private var before: [String: [String: String]] = [:]
  private var written: [String: Set<String>] = [:]

  package init() {}

  /// The services have started, and serve from now on.
  package mutating func begin(_ deployment: any Deployment) async {
    before = [:]
    for service in await deployment.services {
      before[service] = await Self.files(deployment, service)
    }
  }

  /// Looks at what has been written since `begin`, before anything stops or restarts a service.
  package mutating func look(_ deployment: any Deployment) async {
    for service in await deployment.services {
      guard let was = before[service], let now = await Self.files(deployment, service) else {
        continue
      }
      for (path, stamp) in now where was[path] != stamp {
        written[service, default: []].insert(path)
      }
    }
  }

  /// By service, sorted; those that have written nothing are not in it.
  package var found: [String: [String]] { written.mapValues { $0.sorted() } }

  /// Nil where the driver cannot tell, or the service does not run.
  private static func files(_ deployment: any Deployment, _ service: String) async
    -> [String: String]?
  {
    try? await deployment.filesBesideVolumes(of: service)
  }
}
