/// What one step did and saw. Secret values are gone from every text in it.
package struct StepRecord: Codable, Hashable, Sendable {
  /// Where the step stands among its check's steps: `2`, or `2.1` inside a group; from 1.
  package var number: String
  /// The step's own word: `http`, `postgres`, `mysql`, `clickhouse`, `redis`, `sqlite`, `exec`, `file`, `script`,
  /// `group`; `recorded` for what a proxy saw of a script.
  package var kind: String
  /// What it does, as written in the suite: values in braces are not filled in.
  package var title: String
  package var place: SourcePlace?
  package var outcome: Outcome
  /// How often it was performed, the last time included.
  package var attempts: Int
  /// Of an act: how many attempts before the last got an error of the server's or no answer; nil where
  /// none did.
  package var failedAttempts: Int?
  /// From the first attempt's start to the last one's end.
  package var microseconds: Int
  /// The last attempt's.
  package var exchange: Exchange?
  /// The last attempt's, in the order of the suite.
  package var assertions: [Assertion]
  /// Names of what was captured, in order; values are not kept.
  package var captured: [String]

  package init(
    number: String,
    kind: String,
    title: String,
    place: SourcePlace?,
    outcome: Outcome,
    attempts: Int = 1,
    failedAttempts: Int? = nil,
    microseconds: Int = 0,
    exchange: Exchange? = nil,
    assertions: [Assertion] = [],
    captured: [String] = []
  ) {
    self.number = number
    self.kind = kind
    self.title = title
    self.place = place
    self.outcome = outcome
    self.attempts = attempts
    self.failedAttempts = failedAttempts
    self.microseconds = microseconds
    self.exchange = exchange
    self.assertions = assertions
    self.captured = captured
  }
}

/// What went over the wire, or between processes.
package enum Exchange: Codable, Hashable, Sendable {
  case http(HTTPExchange)
  case sql(SQLExchange)
  case command(CommandExchange)
  case file(FileExchange)
}

package struct HTTPExchange: Codable, Hashable, Sendable {
  package var method: String
  package var url: String
  /// Each request as it was sent, with its answer's status, the last one's included; nil where no
  /// redirect was followed.
  package var hops: [Hop]?
  /// Nil where no answer came.
  package var status: Int?
  package var version: String?
  package var requestHeaders: [[String]]
  package var responseHeaders: [[String]]
  package var requestBytes: Int
  package var responseBytes: Int
  /// The first 4 KiB, where it is text.
  package var requestBody: String?
  package var responseBody: String?
  package var timings: Timings?
  /// The same request as a command line, with secrets as shell variables; empty where it was another
  /// program's.
  package var curl: String
  package var connectionReused: Bool
  /// True where a redirect, or an address out of an answer, led to a host that is not the deployment's;
  /// else nil.
  package var isElsewhere: Bool?

  package struct Hop: Codable, Hashable, Sendable {
    package var method: String
    package var url: String
    package var status: Int

    package init(method: String, url: String, status: Int) {
      self.method = method
      self.url = url
      self.status = status
    }
  }

  /// Microseconds from the start of the request, in the order of its phases.
  package struct Timings: Codable, Hashable, Sendable {
    package var nameLookup: Int
    package var connect: Int
    package var tls: Int
    package var firstByte: Int
    package var total: Int

    package init(nameLookup: Int, connect: Int, tls: Int, firstByte: Int, total: Int) {
      self.nameLookup = nameLookup
      self.connect = connect
      self.tls = tls
      self.firstByte = firstByte
      self.total = total
    }
  }

  package init(
    method: String,
    url: String,
    hops: [Hop]? = nil,
    status: Int? = nil,
    version: String? = nil,
    requestHeaders: [[String]] = [],
    responseHeaders: [[String]] = [],
    requestBytes: Int = 0,
    responseBytes: Int = 0,
    requestBody: String? = nil,
    responseBody: String? = nil,
    timings: Timings? = nil,
    curl: String,
    connectionReused: Bool = false
  ) {
    self.method = method
    self.url = url
    self.hops = hops
    self.status = status
    self.version = version
    self.requestHeaders = requestHeaders
    self.responseHeaders = responseHeaders
    self.requestBytes = requestBytes
    self.responseBytes = responseBytes
    self.requestBody = requestBody
    self.responseBody = responseBody
    self.timings = timings
    self.curl = curl
    self.connectionReused = connectionReused
  }
}

package struct SQLExchange: Codable, Hashable, Sendable {
  /// The service that was asked.
  package var service: String
  package var statement: String
  package var parameters: [String]
  package var columns: [String]
  /// The number of rows in the answer; nil where no answer came.
  package var rowCount: Int?
  /// The first 20 rows as JSON, each at most 1 KiB.
  package var rows: [String]
  /// SQLSTATE, or the server's own code.
  package var errorCode: String?
  /// Who asked in our place where the port could not be reached: `psql inside the container`; nil
  /// for a connection of our own.
  package var through: String?
  package var microseconds: Int

  package init(
    service: String,
    statement: String,
    parameters: [String] = [],
    columns: [String] = [],
    rowCount: Int? = nil,
    rows: [String] = [],
    errorCode: String? = nil,
    through: String? = nil,
    microseconds: Int = 0
  ) {
    self.service = service
    self.statement = statement
    self.parameters = parameters
    self.columns = columns
    self.rowCount = rowCount
    self.rows = rows
    self.errorCode = errorCode
    self.through = through
    self.microseconds = microseconds
  }
}

package struct CommandExchange: Codable, Hashable, Sendable {
  /// Nil for a tool of ours that runs beside the services.
  package var service: String?
  package var argv: [String]
  /// `exit 0`, `signal 9`, `timed out`; nil where it did not start.
  package var ending: String?
  /// The last 4 KiB of each.
  package var stdout: String
  package var stderr: String
  package var microseconds: Int
  /// Of a script: how many requests a recording proxy saw of it; nil where nothing was recorded.
  package var recorded: Int?

  package init(
    service: String?,
    argv: [String],
    ending: String? = nil,
    stdout: String = "",
    stderr: String = "",
    microseconds: Int = 0
  ) {
    self.service = service
    self.argv = argv
    self.ending = ending
    self.stdout = stdout
    self.stderr = stderr
    self.microseconds = microseconds
  }
}

package struct FileExchange: Codable, Hashable, Sendable {
  /// The service whose file system it is, or `snapshot`.
  package var source: String
  package var path: String
  /// Nil where there is no such file.
  package var bytes: Int?

  package init(source: String, path: String, bytes: Int? = nil) {
    self.source = source
    self.path = path
    self.bytes = bytes
  }
}
