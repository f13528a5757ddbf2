/// How a person gets at what is deployed, beside the app's own address.
package struct Access: Sendable, Hashable {
  package struct Service: Sendable, Hashable {
    package var name: String
    /// What stands in front of a command that is to run inside it; empty where it is a process of
    /// this machine.
    package var inside: [String]
    /// By the port inside the service: the one of 127.0.0.1 that leads to it.
    package var ports: [Int: Int]

    package init(name: String, inside: [String] = [], ports: [Int: Int] = [:]) {
      self.name = name
      self.inside = inside
      self.ports = ports
    }
  }

  package enum Volume: Sendable, Hashable {
    case folder(String)
    /// By its name on the engine, with the command that tells where it is.
    case ofEngine(name: String, command: [String])
  }

  /// In the order of their names.
  package var services: [Service]
  /// By their names in the compose file.
  package var volumes: [String: Volume]

  package init(services: [Service] = [], volumes: [String: Volume] = [:]) {
    self.services = services
    self.volumes = volumes
  }
}
