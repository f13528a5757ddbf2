/// What a `User-Agent` says about who sent an event.
package struct UserAgent: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    case browser
    case bot
    case library
    case headless
    case missing
  }

  package var kind: Kind
  package var browser: String
  package var system: String
  package var screen: String

  package init(_ text: String?) {
    let text = text ?? ""
    let folded = text.lowercased()
    func has(_ words: [String]) -> Bool { words.contains { folded.contains($0) } }

    kind =
      if !folded.contains(where: { !$0.isWhitespace }) {
        .missing
      } else if has(UserAgent.headless) {
        .headless
      } else if has(UserAgent.bots) {
        .bot
      } else if has(UserAgent.libraries) || !folded.contains("mozilla/") {
        .library
      } else {
        .browser
      }
    browser = UserAgent.browsers.first { text.contains($0.0) }?.1 ?? ""
    system = UserAgent.systems.first { text.contains($0.0) }?.1 ?? ""
    screen = has(["mobile", "iphone"]) ? "Mobile" : "Desktop"
  }

  /// Whether Plausible would count it; everything else is dropped.
  package var isCounted: Bool { kind == .browser }

  private static let headless = ["headless", "phantomjs", "puppeteer", "playwright", "selenium"]
  private static let bots = [
    "bot", "spider", "crawler", "slurp", "facebookexternalhit", "pingdom", "uptime", "monitor",
    "lighthouse", "preview",
  ]
  private static let libraries = [
    "curl/", "wget/", "python", "go-http-client", "okhttp", "java/", "libwww", "axios/",
    "node-fetch", "httpie", "aiohttp", "ruby", "postman", "guzzle",
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
