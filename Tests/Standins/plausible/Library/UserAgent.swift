/// What a `User-Agent` says about who sent an event.
package struct UserAgent: Sendable, Equatable {
  /// Whether Plausible would count it; of bots it drops the events.
  package var isCounted: Bool
  package var browser: String
  package var system: String
  package var screen: String

  package init(_ text: String?) {
    let text = text ?? ""
    let folded = text.lowercased()
    func has(_ words: [String]) -> Bool { words.contains { folded.contains($0) } }

    isCounted = !has(UserAgent.bots)
    browser = UserAgent.browsers.first { text.contains($0.0) }?.1 ?? ""
    system = UserAgent.systems.first { text.contains($0.0) }?.1 ?? ""
    screen = has(["mobile", "iphone"]) ? "Mobile" : "Desktop"
  }

  /// Libraries and command-line programs are none of them, nor is a request without a user agent.
  private static let bots = [
    "googlebot", "bingbot", "uptimerobot", "pingdom", "lighthouse", "facebookexternalhit",
    "headlesschrome",
  ]
  // The first that fits: Edge names Chrome and Safari too, Chrome names Safari, iOS names Mac OS X.
  private static let browsers = [
    ("Edg/", "Microsoft Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
  ]
  private static let systems = [
    ("iPhone", "iOS"), ("iPad", "iOS"), ("Android", "Android"), ("Windows", "Windows"),
    ("Mac OS X", "Mac"), ("Linux", "GNU/Linux"),
  ]
}
