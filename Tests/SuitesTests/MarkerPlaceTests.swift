import Evidence
import Formats
import Testing

@testable import Suites

/// Where a marker may be as awkward as data are.
@Suite struct MarkerPlaceTests {
  private func line(_ seed: String, _ verify: String, vars: String = "{}") throws -> Int? {
    try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": """
        services: {db: {postgres: {database: x}}}
        vars: \(vars)
        integrity:
          db:
            seed: [\(seed)]
            verify: [\(verify)]
        """
      ])
      let suite = try SuiteLoader.load(folder: folder.path).suite
      return suite.integrity["db"]?.plainMarkerPlace(vars: suite.vars)?.line
    }
  }

  private static let look =
    #"{postgres: {service: db, sql: "SELECT $1 AS t FROM a", params: ["{{marker}}"]}, "#
    + #"expect: {row: {t: "{{marker}}"}}}"#

  @Test(arguments: [
    #"{postgres: {service: db, sql: "INSERT INTO a VALUES ($1, $2)", params: ["{{marker}}", "{{marker.large}}"]}}"#,
    #"{http: {post: "/notes/{{marker.token}}", json: {a: ["{{marker}}"]}}}"#,
    #"{http: {post: /notes, form: {a: "{{marker}}"}}}"#,
    #"{http: {put: /note, text: "{{marker}}"}}"#,
    #"{file: {service: app, path: "/a/{{marker.token}}", write: "{{marker}}"}}"#,
    #"{exec: {service: app, argv: [tee, "{{marker.token}}"], stdin: "{{marker}}"}}"#,
    #"{http: {put: /note, text: "{{whole}}"}}"#,
  ])
  func `What is handed over as a whole may be anything`(seed: String) throws {
    #expect(try line(seed, Self.look, vars: #"{whole: "{{marker}}"}"#) == nil)
  }

  @Test(arguments: [
    #"{http: {put: "/notes/{{marker}}", json: {a: "{{marker}}"}}}"#,
    #"{http: {get: /notes, query: {a: "{{marker}}"}}}"#,
    #"{http: {post: /notes, headers: {A: "{{marker}}"}, json: {a: "{{marker}}"}}}"#,
    #"{http: {post: /notes, json: {a: "{{marker}}.test"}}}"#,
    #"{http: {post: /notes, text: "<a>{{marker}}</a>"}}"#,
    #"{file: {service: app, path: "/a/{{marker}}", write: "{{marker}}"}}"#,
    #"{file: {service: app, path: /a/b, link: "{{marker}}"}}"#,
    #"{exec: {service: app, argv: [add, "{{marker}}"]}}"#,
    #"{http: {post: /notes, json: {a: "{{site}}"}}}"#,
  ])
  func `One place that would break makes it plain in the whole entry`(seed: String) throws {
    #expect(try line(seed, Self.look, vars: #"{site: "{{marker}}.test"}"#) == 5)
  }

  @Test(arguments: [
    #"{body: {contains: "{{marker}}"}}"#, #"{xpath: {"//a": "{{marker}}"}}"#,
    #"{json: {$.a: {startsWith: "{{marker}}"}}}"#, #"{header: {a: "{{marker}}"}}"#,
  ])
  func `So does a look that sees it in something else`(expect: String) throws {
    let seed = #"{http: {post: /notes, json: {a: "{{marker}}"}}}"#
    #expect(try line(seed, "{http: {get: /notes}, expect: \(expect)}") == 6)
  }

  @Test func `Names that begin with the marker's are nobody's variable`() throws {
    #expect(throws: (any Error).self) { try line("", "", vars: "{marker.token: a}") }
  }
}
