/// What a command line asks of the world, read from its words.
struct CommandLine {
  /// What a request's program prints.
  enum Printed: Sendable {
    case body, status, headers, address, nothing, unknown
    /// The body, and then the status.
    case bodyAndStatus
  }

  struct Request: Sendable {
    var method: String
    var address: String
    var printed: Printed
    /// The program's own status tells of an answer of 400 and above.
    var failsOnError: Bool
    /// Where the body goes; nil where that is no file.
    var file: String?
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

  /// - Parameter isOpen: There are more words, which are not known: they may change method,
  ///   address and output.
  init(_ words: [String], isOpen: Bool = false) {
    let words = Self.withoutPrefix(words[...])
    guard let first = words.first else { return }
    let name = Self.name(first)
    let rest = Array(words.dropFirst())
    switch name {
    case "curl": curl(rest, isOpen)
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

  fileprivate static let curlValues: Set<String> = [
    "-A", "-b", "-c", "-C", "-e", "-E", "-K", "-m", "-u", "-x", "-r", "-Y", "-y", "-z", "-Q", "-t",
    "--user", "--max-time", "--connect-timeout", "--retry", "--retry-delay", "--retry-max-time",
    "--user-agent", "--cookie", "--cookie-jar", "--cacert", "--cert", "--key", "--resolve",
    "--connect-to", "--proxy", "--referer", "--interface", "--range", "--limit-rate", "--config",
    "--max-redirs", "--unix-socket", "--netrc-file", "--oauth2-bearer", "--ciphers", "--stderr",
  ]

  /// What curl was told, word by word.
  private struct CurlOptions {
    var method: String?
    var addresses: [String] = []
    var data: [String] = []
    var isUpload = false, isHead = false, asQuery = false, fails = false, showsHeaders = false
    var isPlain = false
    var format: String?
    var output: String?

    /// One option; `value` gives what it is given.
    mutating func take(_ option: String, _ value: () -> String) {
      switch option {
      case "--request", "-X": method = value()
      case "--data", "--data-raw", "--data-binary", "--json", "--form", "--form-string",
        "--data-ascii", "-d", "-F":
        data.append(value())
      case "--data-urlencode": data.append(Self.encoded(value()))
      case "--upload-file", "-T":
        _ = value()
        isUpload = true
      case "--get", "-G": asQuery = true
      case "--head", "-I": isHead = true
      case "--fail", "--fail-with-body", "-f": fails = true
      case "--include", "-i": showsHeaders = true
      case "--globoff", "-g": isPlain = true
      case "--write-out", "-w": format = value()
      case "--output", "-o": output = value()
      case "--dump-header", "-D": if value() == "-" { showsHeaders = true }
      case "--url": addresses.append(value())
      case _ where CommandLine.curlValues.contains(option): _ = value()
      default: break
      }
    }

    /// `name=content` with its content as it stands in a query.
    private static func encoded(_ text: String) -> String {
      guard let equal = text.firstIndex(of: "=") else {
        return text.contains("@") ? Fingerprint.hole : PythonText.escaped(text)
      }
      let name = text[..<equal].isEmpty ? "" : text[...equal]
      return name + PythonText.escaped(String(text[text.index(after: equal)...]))
    }

    var printed: Printed {
      if let format, format.contains("%{http_code}") || format.contains("%{response_code}") {
        let isOnly = format.contains("%{") && format.split(separator: "%{").count <= 2
        guard isOnly else { return .unknown }
        // `-w '\n%{http_code}'` stands behind the body, unless that goes elsewhere.
        if output == nil && !isHead { return format.hasPrefix("%") ? .unknown : .bodyAndStatus }
        return .status
      }
      if let format, format.contains("%{redirect_url}") || format.contains("%{url_effective}") {
        return .address
      }
      if isHead || showsHeaders { return .headers }
      return output != nil && output != "-" ? .nothing : .body
    }
  }

  private mutating func curl(_ words: [String], _ isOpen: Bool) {
    var options = CurlOptions()
    var rest = words[...]
    while let word = rest.popFirst() {
      func next() -> String { rest.popFirst() ?? Fingerprint.hole }
      if word.hasPrefix("--") {
        let name = String(word.prefix { $0 != "=" })
        let given = word.firstIndex(of: "=").map { String(word[word.index(after: $0)...]) }
        options.take(name) { given ?? next() }
      } else if word.hasPrefix("-"), word.utf8.count > 1 {
        // Letters that stand together; the first with a value takes the rest.
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
          options.take("-\(letter)") {
            defer { letters = "" }
            return letters.isEmpty ? next() : String(letters)
          }
        }
      } else {
        options.addresses.append(word)
      }
    }
    let hasBody = !options.data.isEmpty && !options.asQuery
    let known =
      options.method
      ?? (options.isUpload ? "PUT" : options.isHead ? "HEAD" : hasBody ? "POST" : "GET")
    let file = options.output.flatMap { $0 == "/dev/null" || $0 == "-" ? nil : $0 }
    for address in options.addresses.flatMap({ options.isPlain ? [$0] : Self.globbed($0) }) {
      let query = options.asQuery ? options.data.joined(separator: "&") : ""
      let sign = query.isEmpty ? "" : address.contains("?") ? "&" : "?"
      requests.append(
        Request(
          method: isOpen && options.method == nil ? Fingerprint.hole : known,
          address: address + sign + query,
          printed: isOpen ? .unknown : options.printed,
          failsOnError: options.fails,
          file: file
        )
      )
    }
    if isOpen, options.addresses.isEmpty {
      requests.append(
        Request(
          method: options.method ?? Fingerprint.hole,
          address: Fingerprint.hole,
          printed: .unknown,
          failsOnError: options.fails
        )
      )
    }
  }

  /// curl's own `{one,two}`; a range in brackets is a hole.
  private static func globbed(_ address: String) -> [String] {
    if let open = address.firstIndex(of: "{"), let close = address[open...].firstIndex(of: "}"),
      address[open..<close].contains(",")
    {
      let inside = address[address.index(after: open)..<close]
      return inside.split(separator: ",", omittingEmptySubsequences: false).prefix(64)
        .flatMap { globbed("\(address[..<open])\($0)\(address[address.index(after: close)...])") }
    }
    if let open = address.firstIndex(of: "["), let close = address[open...].firstIndex(of: "]"),
      address[open..<close].contains("-")
    {
      let rest = address[address.index(after: close)...]
      return ["\(address[..<open])\(Fingerprint.hole)\(rest)"]
    }
    return [address]
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
