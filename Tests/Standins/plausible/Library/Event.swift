package import FoundationEssentials

/// One row of `events_v2`.
package struct Event: Sendable, Equatable {
  package var timestamp: Date
  package var name: String
  package var siteID: Int64
  package var userID: UInt64
  package var sessionID: UInt64
  package var page: PageAddress
  package var referrer: String
  package var referrerSource: String
  package var agent: UserAgent
  package var metaKeys: [String]
  package var metaValues: [String]
}

/// Gives a visitor a number that says nothing about them, and a session until half an hour has
/// passed without an event.
package struct Visitors: Sendable {
  private var sessions: [UInt64: (id: UInt64, last: Date)] = [:]
  private let salt: UInt64

  package init(salt: UInt64) {
    self.salt = salt
  }

  package mutating func identify(
    address: String,
    agent: String,
    domain: String,
    at time: Date
  ) -> (user: UInt64, session: UInt64) {
    let user = Visitors.hash("\(salt)|\(address)|\(agent)|\(domain)")
    var session = Visitors.hash("\(user)|\(time.timeIntervalSince1970)")
    if let known = sessions[user], time.timeIntervalSince(known.last) < 30 * 60 {
      session = known.id
    }
    sessions[user] = (session, time)
    return (user, session)
  }

  /// FNV-1a, 64 bits.
  private static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
