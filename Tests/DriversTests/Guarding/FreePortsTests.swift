import Glibc
import Testing

@testable import Guarding

@Suite struct FreePortsTests {
  private func bindPort(_ port: UInt16, reuse: Bool) -> Int32? {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var on: Int32 = reuse ? 1 : 0
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, 4)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    if isBound, listen(socket, 1) == 0 { return socket }
    close(socket)
    return nil
  }

  @Test func `Two reservations never share a port`() throws {
    let reservations = try (0..<20).map { _ in try FreePorts.reserve(20) }
    let ports = reservations.flatMap(\.ports)
    #expect(Set(ports).count == 400)
  }

  @Test func `A service that reuses addresses listens on a port that is still held`() throws {
    let ports = try FreePorts.reserve(1)
    for _ in 0..<2 {
      let socket = try #require(bindPort(ports.ports[0], reuse: true))
      close(socket)
    }
    #expect(bindPort(ports.ports[0], reuse: false) == nil)
    ports.release(ports.ports[0])
    let socket = try #require(bindPort(ports.ports[0], reuse: false))
    close(socket)
  }
}
