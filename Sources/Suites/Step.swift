package import Evidence

/// One act of a check: a request, a query, a command; what is expected of it; what is kept of it.
package struct Step: Sendable {
  package indirect enum Action: Sendable {
    case http(HTTPAction)
    case postgres(SQLAction)
    case clickhouse(SQLAction)
    case exec(ExecAction)
    case file(FileAction)
    case script(ScriptAction)
    case group([Step])
  }

  package var action: Action
  package var retry: Retry?
  package var never: Never?
  /// In the order of the suite.
  package var expect: [Expectation] = []
  package var capture: [Capture] = []
  package var when: Condition?
  package var place: SourcePlace

  package init(
    action: Action,
    retry: Retry? = nil,
    never: Never? = nil,
    expect: [Expectation] = [],
    capture: [Capture] = [],
    when: Condition? = nil,
    place: SourcePlace
  ) {
    self.action = action
    self.retry = retry
    self.never = never
    self.expect = expect
    self.capture = capture
    self.when = when
    self.place = place
  }

  /// Do it again while it is not satisfied.
  package struct Retry: Sendable, Hashable {
    package var within: Duration
    /// Statuses, SQLSTATEs or exit codes on which it stops early, beside the built-in ones.
    package var stopOn: [String] = []
  }

  /// At no look during this time may the expectation hold: something must not happen.
  package struct Never: Sendable, Hashable {
    package var duration: Duration
  }

  /// The word of the grammar.
  package var word: String {
    switch action {
    case .http: "http"
    case .postgres: "postgres"
    case .clickhouse: "clickhouse"
    case .exec: "exec"
    case .file: "file"
    case .script: "script"
    case .group: "group"
    }
  }
}

package struct HTTPAction: Sendable {
  package enum Body: Sendable {
    case json(TemplateTree)
    case text(Template)
    /// `application/x-www-form-urlencoded`, in order.
    case form([(name: String, value: Template)])
    case file(Template)
  }

  package enum Authorization: Sendable {
    case basic(user: Template, password: Template)
    case bearer(Template)
  }

  package enum Redirects: Sendable, Hashable {
    case none
    case atMost(Int)
  }

  package var method: String
  /// A path below the base URL, or a whole URL.
  package var target: Template
  /// Nil for the app; else the service and its port.
  package var service: String?
  package var port: Int?
  package var headers: [(name: String, value: Template)] = []
  package var query: [(name: String, value: Template)] = []
  package var body: Body?
  package var authorization: Authorization?
  package var redirects: Redirects = .none
  package var verifiesTLS = true
  package var timeout: Duration?
}

package struct SQLAction: Sendable {
  package enum Parameters: Sendable {
    /// `$1`, `$2` …
    case positional([TemplateTree])
    /// `{name:Type}`.
    case named([(name: String, value: TemplateTree)])
    case none
  }

  package var service: String
  /// Taken as written: no value is ever filled into it.
  package var statement: String
  package var parameters: Parameters
  package var timeout: Duration?

  package init(
    service: String,
    statement: String,
    parameters: Parameters = .none,
    timeout: Duration? = nil
  ) {
    self.service = service
    self.statement = statement
    self.parameters = parameters
    self.timeout = timeout
  }
}

package struct ExecAction: Sendable {
  package var service: String
  package var argv: [Template]
  package var user: String?
  package var stdin: Template?
  package var environment: [(name: String, value: Template)] = []
  package var timeout: Duration?
}

package struct FileAction: Sendable {
  package enum Source: Sendable, Hashable {
    case service(String)
    /// The snapshot that the backup stage took.
    case snapshot
  }

  package var source: Source
  package var path: Template
  /// Where it is an act: what is written there; nil to read.
  package var write: Template?
}

package struct ScriptAction: Sendable {
  /// Below the suite's folder.
  package var path: String
  package var arguments: [Template] = []
  package var timeout: Duration?
}
