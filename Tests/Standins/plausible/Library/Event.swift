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
  /// What it does to its visitor's session: a row that is new, or one that takes back the row before
  /// and one in its place.
  package var sessionRows: [SessionRow]
}

/// One row of `sessions_v2`, which ClickHouse collapses by `sign`.
package struct SessionRow: Sendable, Equatable {
  /// 1, or -1 where it takes back a row that is equal otherwise.
  package var sign = 1
  package var id: UInt64
  package var siteID: Int64
  package var userID: UInt64
  package var hostname: String
  package var start: Date
  package var last: Date
  package var entryPage: String
  package var exitPage: String
  package var pageviews: Int
  package var events: Int
}

/// Gives a visitor a number that says nothing about them, and a session until half an hour has
/// passed without an event.
package struct Visitors: Sendable {
  private var sessions: [UInt64: SessionRow] = [:]
  private let salt: UInt64

  package init(salt: UInt64) {
    self.salt = salt
  }

  package func user(address: String, agent: String, domain: String) -> UInt64 {
    Visitors.hash("\(salt)|\(address)|\(agent)|\(domain)")
  }

  /// - Returns: The session as it is now, after the row that is taken back.
  package mutating func see(
    _ user: UInt64,
    on page: PageAddress,
    named name: String,
    of site: Int64,
    at time: Date
  ) -> [SessionRow] {
    let isPageview = name == "pageview"
    if let known = sessions[user], time.timeIntervalSince(known.last) < 30 * 60 {
      var before = known
      before.sign = -1
      var now = known
      now.last = time
      now.exitPage = page.path
      now.pageviews += isPageview ? 1 : 0
      now.events += 1
      sessions[user] = now
      return [before, now]
    }
    let new = SessionRow(
      id: Visitors.hash("\(user)|\(time.timeIntervalSince1970)"),
      siteID: site,
      userID: user,
      hostname: page.host,
      start: time,
      last: time,
      entryPage: page.path,
      exitPage: page.path,
      pageviews: isPageview ? 1 : 0,
      events: 1
    )
    sessions[user] = new
    return [new]
  }

  /// FNV-1a, 64 bits.
  static func hash(_ text: String) -> UInt64 {
    text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
  }
}
