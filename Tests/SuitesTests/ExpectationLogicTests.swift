import Evidence
import Testing

@testable import Suites

/// What no answer satisfies, and what every answer does.
struct ExpectationLogicTests {
  private func messages(_ step: String) throws -> [String] {
    try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": "services: {db: {postgres: {database: x}}}",
        "functional/checks.yml": "test:\n  steps:\n    - \(step)\n",
      ])
      do {
        _ = try SuiteLoader.load(folder: folder.path)
        return []
      } catch let error as SuiteErrors {
        return error.diagnostics.map(\.message)
      }
    }
  }

  static let impossible = [
    ("{http: {get: /}, expect: {status: {\">\": 300, \"<\": 299}}}", "status < 299"),
    ("{http: {get: /}, expect: {status: {\">\": 200, \"<\": 201}}}", "status < 201"),
    ("{http: {get: /}, expect: {status: {\">\": 600}}}", "status > 600"),
    ("{http: {get: /}, expect: {status: {\"==\": 200, not: {\"==\": 200}}}}", "both"),
    ("{http: {get: /}, expect: {status: {\"==\": 200, \"!=\": 200}}}", "both"),
    ("{http: {get: /}, expect: {status: {exists: false}}}", "every answer has status"),
    ("{http: {get: /, redirects: 3}, expect: {status: 302}}", "3 redirects are followed"),
    ("{http: {get: /, redirects: 3}, expect: {status: [301, 302]}}", "redirects are followed"),
    ("{http: {get: /}, expect: {body: {startsWith: a, \"==\": b}}}", "both"),
    ("{http: {get: /}, expect: {body: {\"==\": a, contains: b}}}", "both"),
    ("{http: {get: /}, expect: {header: {x: {exists: false, contains: a}}}}", "both"),
    ("{http: {get: /}, expect: {json: {a: {isString: true, isList: true}}}}", "both"),
    ("{http: {get: /}, expect: {jsonpath: {$.a: {\">\": 5, \"<\": 3}}}}", "both"),
    ("{http: {get: /}, expect: {jsonpath: {$.a: {count: {\">\": 5, \"<\": 3}}}}}", "count"),
    ("{http: {get: /}, expect: {jsonpath: {$.a: {oneOf: [1, 2], \"==\": 3}}}}", "both"),
    (
      "{postgres: {service: db, sql: SELECT 1}, expect: {rows: 0, row: {a: 1}}}",
      "without rows"
    ),
    (
      "{postgres: {service: db, sql: SELECT 1}, expect: {rows: {\"<\": 1}, row: {a: {isInteger: true}}}}",
      "without rows"
    ),
    ("{postgres: {service: db, sql: SELECT 1}, expect: {rows: {\"<\": 0}}}", "rows < 0"),
    ("{exec: {service: app, argv: [a]}, expect: {exit: 256}}", "exit == 256"),
  ]

  @Test(arguments: impossible)
  func `What no answer can satisfy is refused`(_ step: String, _ words: String) throws {
    let found = try messages(step)
    #expect(found.count == 1)
    #expect(found.first?.hasPrefix("check can never pass: ") == true)
    #expect(found.first?.contains(words) == true, "\(found)")
  }

  static let empty = [
    "{http: {get: /}, expect: {status: {\">=\": 100}}}",
    "{http: {get: /}, expect: {status: {\"<\": 600}}}",
    "{http: {get: /}, expect: {status: {not: {\">\": 600}}}}",
    "{http: {get: /}, expect: {status: {exists: true}}}",
    "{http: {get: /}, expect: {body: {contains: \"\"}}}",
    "{http: {get: /}, expect: {body: {matches: \".*\"}}}",
    "{postgres: {service: db, sql: SELECT 1}, expect: {rows: {\">=\": 0}}}",
    "{exec: {service: app, argv: [a]}, expect: {stdout: {startsWith: \"\"}}}",
    "{http: {get: /}, expect: {body: {exists: true}}}",
    "{http: {get: /}, expect: {body: {not: {exists: false}}}}",
    "{http: {get: /}, expect: {body: {isString: true}}}",
    "{http: {get: /}, expect: {json: {$: {exists: true}}}}",
    "{http: {get: /}, expect: {xpath: {/*: {exists: true}}}}",
    "{http: {get: /}, expect: {xpath: {count(//p): {\">=\": 0}}}}",
    "{http: {get: /}, expect: {regex: {(?s).*: {exists: true}}}}",
    "{http: {get: /}, expect: {jsonpath: {$.items: {count: {\">=\": 0}}}}}",
    "{postgres: {service: db, sql: SELECT count(*) AS n FROM t}, expect: {row: {n: {\">=\": 0}}}}",
    "{postgres: {service: db, sql: SELECT count(*) FROM t}, expect: {row: {count: {\">\": -1}}}}",
    "{exec: {argv: [echo, worker works]}, expect: {stdout: {contains: worker works}}}",
    "{exec: {argv: [/bin/true]}, expect: {exit: 0}}",
    "{exec: {argv: [sh, -c, 'echo done; exit 0']}, expect: {stdout: {contains: done}}}",
    "{exec: {argv: [sh, -c, 'echo \"$0\"', \"{{unique}}\"]}, expect: {stdout: {contains: \"{{unique}}\"}}}",
    "{exec: {argv: [printf, \"id={{unique}}\"]}, expect: {stdout: {contains: \"{{unique}}\"}}}",
    "{exec: {argv: [cat], stdin: \"x\"}, expect: {stdout: x}}",
    // What was never there and never seen.
    "{http: {get: /}, expect: {header: {x-error: {exists: false}}}}",
    "{http: {get: /}, expect: {body: {not: {contains: Internal error}}}}",
    "{postgres: {service: db, sql: SELECT id FROM jobs WHERE failed}, expect: {rows: 0}}",
  ]

  @Test(arguments: empty) func `What every answer satisfies is refused`(_ step: String) throws {
    let found = try messages(step)
    #expect(
      found.contains { $0.contains("cannot fail") },
      "\(found)"
    )
  }

  static let possible = [
    "{http: {get: /}, expect: {status: {\">=\": 200, \"<\": 300}}}",
    "{http: {get: /}, expect: {status: 302, header: {location: {contains: login}}}}",
    "{http: {get: /, redirects: 3}, expect: {status: [200, 302]}}",
    "{http: {get: /, redirects: 3}, expect: {status: 304}}",
    "{http: {get: /}, expect: {json: {a: {\"==\": 1.0, \">=\": 1}}}}",
    "{http: {get: /}, expect: {body: {startsWith: a, endsWith: b, contains: c}}}",
    "{http: {get: /}, expect: {body: {matches: \"^[a-z]+$\"}}}",
    "{http: {get: /}, expect: {body: {matches: '^[\\x00-\\x7f]*$'}}}",
    "{http: {get: /}, expect: {body: {matches: '^[^\\x00]*$'}}}",
    "{http: {get: /}, expect: {body: {matches: '^[\\s\\S]{0,500}$'}}}",
    "{http: {get: /}, expect: {jsonpath: {$.a: {isInteger: true, \">\": 0.5, \"<\": 1.5}}}}",
    "{http: {get: /}, expect: {jsonpath: {$.a: {\">\": 0, \"<\": 1}}}}",
    "{http: {get: /}, expect: {body: {contains: \"{{unique}}\", \"==\": \"{{unique}}\"}}}",
    "{http: {get: /}, expect: {css: {li: {count: 1, \"==\": a}}}}",
    "{http: {get: /}, expect: {header: {x: {count: 1, startsWith: a}}}}",
    "{http: {get: /}, expect: {status: 200, header: {x: {exists: false}}}}",
    "{http: {get: /}, expect: {body: {contains: Notes, not: {contains: Internal error}}}}",
    "{postgres: {service: db, sql: SELECT count(*) AS n FROM t}, expect: {row: {n: {\">=\": 1}}}}",
    "{postgres: {service: db, sql: SELECT min(a) AS n FROM t}, expect: {row: {n: {\">=\": 0}}}}",
    "{http: {get: /}, expect: {jsonpath: {$.total: {\">=\": 0}}}}",
    "{exec: {argv: [sh, -c, 'curl -sf localhost && echo ok']}, expect: {stdout: {contains: ok}}}",
    "{exec: {argv: [sh, -c, 'echo $NGINX_ROOT']}, expect: {stdout: {contains: www}}}",
    "{exec: {argv: [cat, /etc/app.conf]}, expect: {stdout: {contains: on}}}",
    "{postgres: {service: db, sql: SELECT 1}, expect: {rows: {\">=\": 1}, row: {a: 1}}}",
  ]

  @Test(arguments: possible) func `What can pass and can fail is taken`(_ step: String) throws {
    #expect(try messages(step) == [])
  }

  @Test func `A look that must never happen and cannot is refused`() throws {
    let found = try messages(
      """
      {http: {get: /}, expect: {status: 200}}
          - {http: {get: /}, never: {for: 1s}, expect: {status: {">": 600}}}
      """
    )
    #expect(found == ["never cannot fail: no answer satisfies status > 600"])
  }
}
