package import Evidence
package import Formats

/// One act of a check: a request, a query, a command; what is expected of it; what is kept of it.
package struct Step: Sendable {
  package indirect enum Action: Sendable {
    case http(HTTPAction)
    case query(QueryAction)
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
  /// Where the shared steps that it is one of are used, the innermost first; empty for others.
  package var uses: [SourcePlace] = []

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
    case .query(let action): action.database.rawValue
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
    case multipart([FormPart])
    case file(Template)
    case fresh(FreshBytes)
  }

  package enum Authorization: Sendable {
    case basic(user: Template, password: Template)
    case bearer(Template)
  }

  /// Whose cookies go along.
  package enum Session: Sendable, Hashable {
    /// Nobody's: none are sent, and none are kept.
    case off
    /// Those of the user of this name; of most checks the only one, who has none.
    case named(String)

    /// Where the printed lines keep them.
    package var cookieFile: String? {
      switch self {
      case .off: nil
      case .named(""): "cookies"
      case .named(let name): "cookies-\(name)"
      }
    }
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
  /// A form of the page before, which says method, address and the rest of the body itself.
  package var form: PageForm?
  package var authorization: Authorization?
  package var redirects: Redirects = .none
  package var session = Session.named("")
  package var verifiesTLS = true
  package var timeout: Duration?
}

/// A form of a page, and what a user does with it.
package struct PageForm: Sendable {
  package var selector: CSSSelector
  /// Several of one field one after the other.
  package var fields: [FormPart]
  /// By name or value; nil for the first.
  package var button: Template?
}

/// What is put into a field of a form.
package struct FormPart: Sendable {
  package enum Content: Sendable {
    case text(Template)
    case file(Template)
    case fresh(FreshBytes)
  }

  package var name: String
  package var content: Content
  /// A part that is no upload has neither.
  package var isUpload = false
  package var filename: Template?
  package var type: Template?
}

/// The databases that steps ask, by the grammar's word for them.
package enum DatabaseKind: String, CaseIterable, Sendable {
  case postgres
  /// MariaDB and MySQL.
  case mysql
  case clickhouse
  case redis
  /// A file of a service, not a service.
  case sqlite

  /// Those that a service is declared to be.
  package static let services: [DatabaseKind] = [.postgres, .mysql, .clickhouse, .redis]

  /// The port that a server of this kind listens on unless told otherwise; 0 for a file.
  package var usualPort: Int {
    switch self {
    case .postgres: 5432
    case .mysql: 3306
    case .clickhouse: 8123
    case .redis: 6379
    case .sqlite: 0
    }
  }
}

extension QueryAction {
  /// Changes nothing as far as can be told from its form.
  package var isReading: Bool {
    if database == .redis { return RedisCommand.reading.contains(statement) }
    let word = statement.drop { !$0.isLetter }.prefix { $0.isLetter }.uppercased()
    return ["SELECT", "SHOW", "EXPLAIN", "DESCRIBE", "EXISTS", "VALUES"].contains(word)
  }
}

/// One statement for a database, or one command for Redis.
package struct QueryAction: Sendable {
  package enum Parameters: Sendable {
    /// `$1`, `$2` …, or `?` in their order; of a Redis command its arguments.
    case positional([TemplateTree])
    /// `{name:Type}`.
    case named([(name: String, value: TemplateTree)])
    case none
  }

  package var database: DatabaseKind
  package var service: String
  /// Of SQLite: the database's file as the service sees it.
  package var path: Template?
  /// Taken as written: no value is ever filled into it. Of Redis the command's name, in upper case.
  package var statement: String
  package var parameters: Parameters
  package var timeout: Duration?

  package init(
    _ database: DatabaseKind,
    service: String,
    path: Template? = nil,
    statement: String,
    parameters: Parameters = .none,
    timeout: Duration? = nil
  ) {
    self.database = database
    self.service = service
    self.path = path
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
  /// Whether a proxy before the app sees what it asks; nil for what the suite says of all scripts.
  package var record: Bool?
}

package struct FileAction: Sendable {
  package enum Source: Sendable, Hashable {
    case service(String)
    /// The snapshot that the backup stage took.
    case snapshot
  }

  package var source: Source
  package var path: Template
  /// What it does there; nil to look.
  package var act: Act?
  /// Whether what the path is, beside what is in it, is looked at.
  package var asksForPath = false

  package enum Act: Sendable {
    /// With these permissions, where they are given.
    case write(Template, mode: Int?)
    case link(to: Template)
    case folder(mode: Int?)
    case mode(Int)

    var templates: [Template] {
      switch self {
      case .write(let template, _), .link(let template): [template]
      case .folder, .mode: []
      }
    }
  }

  /// What is written there.
  var write: Template? {
    if case .write(let content, _)? = act { content } else { nil }
  }
}

package struct ScriptAction: Sendable {
  /// Below the suite's folder.
  package var path: String
  /// As in coverage; empty where the file was not read.
  package var hash = ""
  /// Of its first line `#!`; empty where it has none.
  package var interpreter: [String] = []
  package var arguments: [Template] = []
  package var stdin: Template?
  package var environment: [(name: String, value: Template)] = []
  package var timeout: Duration?
  /// Whether a proxy before the app sees what it asks; nil for what the suite says of all scripts.
  package var record: Bool?
}
