/// What a command line asks of the world, read from its words.
struct CommandLine {
  /// What a request's program prints.
  enum Printed: Sendable {
    case body, status, headers, address, nothing
    /// The body, and then the status.
    case bodyAndStatus
  }

  struct Request: Sendable {
    var method: String
    var address: String
    var printed: Printed
    /// The program's own status tells of an answer of 400 and above.
    var failsOnError: Bool
  }

  var requests: [Request] = []
  var system: (kind: CorpusSystem.Kind, text: String)?

  private static let sql: Set<String> = [
    "psql", "mysql", "mariadb", "sqlite3", "clickhouse-client", "clickhouse", "mongosh", "mongo",
    "redis-cli", "cqlsh",
  ]
  private static let outside: Set<String> = [
    "ssh", "nc", "ncat", "openssl", "git", "dig", "host", "nslookup", "rclone", "restic", "kubectl",
    "ldapsearch", "swaks", "sendmail", "telnet", "rsync", "scp", "ftp", "sftp", "http", "https",
    "websocat", "smtp-cli", "docker-compose", "pg_dump", "pg_isready", "ffmpeg", "mosquitto_pub",
    "mosquitto_sub",
  ]
  private static let before: Set<String> = [
    "sudo", "command", "exec", "env", "time", "nohup", "timeout", "retry", "xargs", "nice",
  ]

  /// The words behind `sudo`, `timeout 60` and their like.
  static func withoutPrefix(_ words: ArraySlice<String>) -> ArraySlice<String> {
    var words = words
    while let first = words.first, before.contains(name(first)) {
      words = words.dropFirst()
      // Options of the program before, and its duration.
      while let next = words.first,
        next.hasPrefix("-") || next.first?.isNumber == true || next.contains("=")
          || next == Fingerprint.hole
      {
        words = words.dropFirst()
      }
    }
    return words
  }

  init(_ words: [String]) {
    let words = Self.withoutPrefix(words[...])
    guard let first = words.first else { return }
    let name = Self.name(first)
    let rest = Array(words.dropFirst())
    switch name {
    case "curl": curl(rest)
    case "wget": wget(rest)
    case "docker", "podman", "nerdctl": docker(name, rest)
    case "abra": system = (.abra, Self.joined(rest))
    case _ where Self.sql.contains(name): system = (.sql, Self.statement(name, rest))
    case _ where Self.outside.contains(name): system = (.command, Self.joined([name] + rest))
    default: break
    }
  }

  static func name(_ word: String) -> String {
    String(word.split(separator: "/").last ?? "")
  }

  static func joined(_ words: [String]) -> String { words.joined(separator: " ") }

  /// The statement of a client program, without how the database is found.
  private static func statement(_ name: String, _ words: [String]) -> String {
    for flag in ["-c", "--command", "-e", "--execute", "-q", "--query", "--eval"] {
      for (index, word) in words.enumerated() {
        if word == flag, index + 1 < words.count { return words[index + 1] }
        if flag.hasPrefix("--"), let value = word.rest(after: "\(flag)=") { return value }
        // `-tAc "…"`: flags of one letter stand together.
        if flag.utf8.count == 2, flag != "-q", word.hasPrefix("-"), !word.hasPrefix("--"),
          word.hasSuffix(flag.dropFirst()), word.utf8.count <= 5, index + 1 < words.count
        {
          return words[index + 1]
        }
      }
    }
    return joined([name] + words)
  }

  private mutating func docker(_ name: String, _ words: [String]) {
    guard let place = words.firstIndex(where: { !$0.hasPrefix("-") }) else { return }
    let isRun = ["exec", "run"].contains(words[place])
    system = (isRun ? .exec : .command, Self.joined([name] + words))
    guard isRun else { return }
    // What runs in the container may itself be a statement or a request.
    for (index, word) in words.enumerated().dropFirst(place + 2) {
      if Self.sql.contains(Self.name(word)) || word == "curl" || word == "wget" {
        let inner = CommandLine(Array(words[index...]))
        requests = inner.requests
        if let own = inner.system { system = own }
        return
      }
    }
  }

  private static let curlValues: Set<String> = [
    "-A", "-b", "-c", "-C", "-e", "-E", "-K", "-m", "-u", "-x", "-r", "-Y", "-y", "-z", "-Q", "-t",
    "--user", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "--retry-max-time",
    "--user-agent", "--cookie", "--cookie-jar", "--cacert", "--cert", "--key", "--resolve",
    "--connect-to", "--proxy", "--referer", "--interface", "--range", "--limit-rate", "--config",
    "--max-redirs", "--unix-socket", "--netrc-file", "--oauth2-bearer", "--ciphers", "--stderr",
  ]

  private mutating func curl(_ words: [String]) {
    var method: String?
    var addresses: [String] = []
    var hasBody = false
    var isHead = false
    var asQuery = false
    var data: [String] = []
    var format: String?
    var output: String?
    var fails = false
    var showsHeaders = false
    var index = 0
    func value(_ word: String, _ length: Int) -> String {
      if word.utf8.count > length { return String(word.dropFirst(length)) }
      index += 1
      return index < words.count ? words[index] : Fingerprint.hole
    }
    while index < words.count {
      let word = words[index]
      let (long, given): (String, String?) =
        word.hasPrefix("--")
        ? (
          String(word.prefix { $0 != "=" }),
          word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) }
        ) : (word, nil)
      switch long {
      case "--request": method = given ?? value(long, long.utf8.count)
      case "--data", "--data-raw", "--data-binary", "--data-urlencode", "--json", "--form",
        "--form-string", "--data-ascii":
        data.append(given ?? value(long, long.utf8.count))
        hasBody = true
      case "--upload-file":
        _ = given ?? value(long, long.utf8.count)
        method = method ?? "PUT"
      case "--get": asQuery = true
      case "--head": isHead = true
      case "--fail", "--fail-with-body", "--fail-early": fails = true
      case "--include": showsHeaders = true
      case "--write-out": format = given ?? value(long, long.utf8.count)
      case "--output": output = given ?? value(long, long.utf8.count)
      case "--dump-header":
        if (given ?? value(long, long.utf8.count)) == "-" { showsHeaders = true }
      case "--header": _ = given ?? value(long, long.utf8.count)
      case "--url": addresses.append(given ?? value(long, long.utf8.count))
      case _ where word.hasPrefix("--"):
        if given == nil, Self.curlValues.contains(long) { index += 1 }
      case _ where word.hasPrefix("-") && word.utf8.count > 1:
        // Letters that stand together; the first with a value takes the rest.
        var letters = word.dropFirst()
        loop: while let letter = letters.popFirst() {
          let rest = String(letters)
          func own() -> String {
            if !rest.isEmpty { return rest }
            index += 1
            return index < words.count ? words[index] : Fingerprint.hole
          }
          switch letter {
          case "X":
            method = own()
            break loop
          case "d", "F":
            data.append(own())
            hasBody = true
            break loop
          case "T":
            _ = own()
            method = method ?? "PUT"
            break loop
          case "w":
            format = own()
            break loop
          case "o":
            output = own()
            break loop
          case "D":
            if own() == "-" { showsHeaders = true }
            break loop
          case "H":
            _ = own()
            break loop
          case "I": isHead = true
          case "G": asQuery = true
          case "f": fails = true
          case "i": showsHeaders = true
          default:
            if Self.curlValues.contains("-\(letter)") {
              _ = own()
              break loop
            }
          }
        }
      default: addresses.append(word)
      }
      index += 1
    }
    let printed: Printed =
      if let format, format.contains("%{http_code}") || format.contains("%{response_code}") {
        // `-w '\n%{http_code}'` stands behind the body, unless that goes elsewhere.
        output == nil && !isHead ? .bodyAndStatus : .status
      } else if let format,
        format.contains("%{redirect_url}") || format.contains("%{url_effective}")
      {
        .address
      } else if isHead || showsHeaders {
        .headers
      } else if output != nil, output != "-" {
        .nothing
      } else {
        .body
      }
    let chosen = method ?? (isHead ? "HEAD" : hasBody && !asQuery ? "POST" : "GET")
    for address in addresses {
      let query = asQuery && !data.isEmpty ? "?" + data.joined(separator: "&") : ""
      requests.append(
        Request(
          method: chosen,
          address: address + query,
          printed: printed,
          failsOnError: fails
        )
      )
    }
  }

  private static let wgetValues: Set<String> = [
    "-O", "-o", "-t", "-T", "-U", "-P", "-w", "-Q", "--tries", "--timeout", "--output-document",
    "--header", "--user", "--password", "--user-agent",
  ]

  private mutating func wget(_ words: [String]) {
    var method = "GET"
    var output: String?
    var showsHeaders = false
    var index = 0
    var addresses: [String] = []
    while index < words.count {
      let word = words[index]
      let value = index + 1 < words.count ? words[index + 1] : Fingerprint.hole
      if word == "--spider" {
        method = "HEAD"
      } else if word == "-S" || word == "--server-response" {
        showsHeaders = true
      } else if word.hasPrefix("--post-data") || word.hasPrefix("--post-file") {
        method = "POST"
        if !word.contains("=") { index += 1 }
      } else if let named = word.rest(after: "--method=") {
        method = named
      } else if word.hasPrefix("-"), word.hasSuffix("O-") {
        output = "-"
      } else if word.hasPrefix("-"), !word.hasPrefix("--"), word.hasSuffix("O") {
        output = value
        index += 1
      } else if let named = word.rest(after: "--output-document=") {
        output = named
      } else if word.hasPrefix("-") {
        if Self.wgetValues.contains(word) { index += 1 }
      } else {
        addresses.append(word)
      }
      index += 1
    }
    let printed: Printed = showsHeaders ? .headers : output == "-" ? .body : .nothing
    for address in addresses {
      requests.append(
        Request(method: method, address: address, printed: printed, failsOnError: true)
      )
    }
  }
}
