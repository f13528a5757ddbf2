import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The addresses of a host, looked up before a client's library would: they do so without a deadline.
///
/// `getaddrinfo` cannot be interrupted. It has a thread of its own, which is left to itself when
/// time is up.
package final class NameLookup: Sendable {
  private let found = Mutex<[String]>([])
  private let done: Wakeup

  private init?() {
    guard let done = Wakeup() else { return nil }
    self.done = done
  }

  /// In the system's order; empty where the name is not known.
  ///
  /// - Parameter until: Where it ended earlier than with an answer.
  package static func addresses(
    of host: String,
    until deadline: Deadline
  ) -> (addresses: [String], outcome: Deadline.Outcome) {
    if isAddress(host) { return ([host], .ready) }
    guard let lookup = NameLookup(), DedicatedThread.start({ lookup.run(host) }) else {
      return ([], .ready)
    }
    let outcome = deadline.wait(lookup.done.descriptor, reading: true, writing: false)
    return (lookup.found.withLock { $0 }, outcome)
  }

  private static func isAddress(_ host: String) -> Bool {
    var buffer = in6_addr()
    return inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1
  }

  private func run(_ host: String) {
    defer { done.fire() }
    var hints = addrinfo()
    hints.ai_family = AF_UNSPEC
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, nil, &hints, &list) == 0 else { return }
    defer { freeaddrinfo(list) }
    var addresses: [String] = []
    var next = list
    while let entry = next {
      var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      let status = getnameinfo(
        entry.pointee.ai_addr,
        entry.pointee.ai_addrlen,
        &text,
        socklen_t(text.count),
        nil,
        0,
        NI_NUMERICHOST
      )
      if status == 0 {
        let end = text.firstIndex(of: 0) ?? text.endIndex
        addresses.append(
          String(decoding: text[..<end].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        )
      }
      next = entry.pointee.ai_next
    }
    found.withLock { [addresses] in $0 = addresses }
  }
}
