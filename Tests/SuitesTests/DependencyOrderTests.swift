import Evidence
import Testing

@testable import Suites

/// In which order recipes that need each other are deployed, and what is refused.
struct DependencyOrderTests {
  private func suite(_ recipe: String, _ needs: [String], secrets: [String] = []) -> Suite {
    var suite = Suite(recipe: recipe, folder: "/nonexistent/\(recipe)")
    suite.dependencies = needs
    for (index, name) in needs.enumerated() {
      suite.dependencyPlaces[name] = SourcePlace(file: "recipe.yml", line: index + 1, column: 3)
    }
    suite.secrets = secrets.map { SecretSetting(name: $0, source: .value("x"), place: nil) }
    return suite
  }

  private func order(_ all: [Suite]) throws -> [String] {
    try DependencyOrder(of: all[0], known: all.map(\.recipe)) { name in
      try #require(all.first { $0.recipe == name })
    }.suites.map(\.recipe)
  }

  private func messages(_ all: [Suite]) -> [String] {
    do {
      _ = try order(all)
      return []
    } catch let error as SuiteErrors {
      return error.diagnostics.map {
        "\($0.file):\($0.line):\($0.column) \($0.message) \($0.nearest ?? "")"
      }
    } catch {
      return ["\(error)"]
    }
  }

  @Test func `Those that need none come first, then by name, each once`() throws {
    let all = [
      suite("app", ["sso", "mail"]), suite("sso", ["db", "mail"]), suite("mail", []),
      suite("db", ["disk"]), suite("disk", []),
    ]
    #expect(try order(all) == ["disk", "mail", "db", "sso"])
    #expect(try order([suite("app", [])]) == [])
  }

  @Test func `Two recipes wait for each other in no order`() throws {
    let shared = [suite("a", ["b"]), suite("b", []), suite("c", ["b", "a"])]
    #expect(try order(shared) == ["b"])
    #expect(try order([shared[2], shared[0], shared[1]]) == ["b", "a"])
  }

  @Test func `A circle, an unknown recipe and an unknown secret are told at their places`() {
    #expect(
      messages([suite("app", ["sso"]), suite("sso", ["db"]), suite("db", ["app"])])
        == ["db/recipe.yml:1:3 recipes need each other: app → sso → db → app "]
    )
    #expect(messages([suite("app", ["app"])]).count == 1)
    #expect(
      messages([suite("app", ["ss"]), suite("sso", [])])
        == ["app/recipe.yml:1:3 dependency \"ss\" has no suite sso"]
    )
    var app = suite("app", ["sso"])
    let place = SourcePlace(file: "functional/x.yml", line: 4, column: 9)
    app.dependencySecrets = ["clent", "client"].compactMap {
      DependencySecret("dependency.sso.secret.\($0)", place: place)
    }
    #expect(
      messages([app, suite("sso", [], secrets: ["client"])])
        == ["app/functional/x.yml:4:9 secret \"clent\" is not a secret of sso client"]
    )
  }

  @Test func `Checks know which recipes they name, by way of variables too`() throws {
    try Folder.temporary { folder in
      try folder.write([
        "recipe.yml": "dependencies: [sso, mail]\nvars: {who: '{{dependency.mail.domain}}'}\n",
        "functional/x.yml": """
        test_direct:
          steps:
            - http: {get: '{{dependency.sso.base_url}}/'}
              expect: {status: 200, body: a}
        test_by_name:
          steps:
            - http: {get: '/{{who}}'}
              expect: {status: 200, body: a}
        test_none:
          steps:
            - http: {get: /}
              expect: {status: 200, body: a}

        """,
      ])
      let suite = try SuiteLoader.load(folder: folder.path).suite
      #expect(suite.checks.map { $0.dependencies(of: suite) } == [["sso"], ["mail"], []])
    }
  }
}
