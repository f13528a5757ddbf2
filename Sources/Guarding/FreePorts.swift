internal import Glibc

/// Loopback TCP ports that no other run gets, held by bound sockets that do not listen.
///
/// Two sockets may be bound to one port if both set `SO_REUSEADDR` and neither listens yet
/// (socket(7), ip(7)); ports that the kernel picks, for bind or for connect, are never taken from
/// those that are bound. So a service that sets it (PostgreSQL, nginx, ClickHouse, Erlang, Go and
/// most others) is started while the port is still held, and there is no race. For one that does
/// not, call `release(_:)` just before it starts: then any process may get the port in between.
/// What remains in either case: a process that asks for this very number.
package final class FreePorts: Sendable {
  package let ports: [UInt16]
  private let sockets: GuardedDescriptors

  /// - Throws: `.system` if there are not that many free ports.
  package static func reserve(_ count: Int) throws(GuardianError) -> FreePorts {
    var ports: [UInt16] = []
    var sockets: [Int32] = []
    do throws(GuardianError) {
      for _ in 0..<count {
        let (socket, port) = try bindFree()
        sockets.append(socket)
        ports.append(port)
      }
    } catch {
      DescriptorList.close(sockets)
      throw error
    }
    return FreePorts(ports: ports, sockets: GuardedDescriptors(sockets))
  }

  private init(ports: [UInt16], sockets: GuardedDescriptors) {
    self.ports = ports
    self.sockets = sockets
  }

  /// Lets go of one port; the others stay held.
  package func release(_ port: UInt16) {
    if let index = ports.firstIndex(of: port) { sockets.close(at: index) }
  }

  /// The users who listen on a port of the loopback address, as proc(5) tells.
  static func listeners(on port: Int) -> [UInt32] {
    ["tcp", "tcp6"].flatMap { name in
      (ProcessTable.text(of: "/proc/net/\(name)") ?? "").split(separator: "\n").compactMap { line in
        // `0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1001`: 0A is who listens.
        let fields = line.split(separator: " ")
        guard fields.count > 7, fields[3] == "0A" else { return nil }
        let place = fields[1].split(separator: ":")
        guard place.count == 2, Int(place[1], radix: 16) == port,
          place[0].hasSuffix("0100007F") || place[0].allSatisfy({ $0 == "0" })
        else { return nil }
        return UInt32(fields[7])
      }
    }
  }

  private static func bindFree() throws(GuardianError) -> (socket: Int32, port: UInt16) {
    let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { throw .system("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        // Bound without the option, so that the kernel does not pick a port that another holder
        // shares; the option is for the service that comes later.
        guard bind(descriptor, $0, length) == 0 else { return false }
        var on: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        guard setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, size) == 0 else {
          return false
        }
        return getsockname(descriptor, $0, &length) == 0
      }
    }
    guard isBound else {
      let error = GuardianError.system("free port")
      close(descriptor)
      throw error
    }
    return (descriptor, UInt16(bigEndian: address.sin_port))
  }
}
