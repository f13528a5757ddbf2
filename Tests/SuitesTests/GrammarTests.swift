import BuiltTool
import Formats
import Foundation
import Testing

@testable import Suites

struct GrammarTests {
  @Test func everyTableHasItsNameOnceAndEveryReferenceATable() {
    let names = Grammar.tables.map(\.name)
    #expect(Set(names).count == names.count)
    let roots = ["recipe", "local", "swarm", "check", "project"]
    for root in roots.map(Shape.table) {
      for name in SuiteSchemas.tables(from: root) { #expect(Grammar.table(name) != nil, "\(name)") }
    }
  }

  @Test(arguments: Grammar.tables) func everyKeyStandsOnceAndHasASentence(_ table: Table) {
    #expect(Set(table.fields.map(\.key)).count == table.fields.count)
    for field in table.fields {
      #expect(field.doc.hasSuffix(".") || field.doc.hasSuffix("?"), "\(table.name).\(field.key)")
      #expect(!field.alsoKnownAs.contains(field.key))
    }
    for key in table.oneOf { #expect(table[key] != nil, "\(table.name).\(key)") }
  }

  /// A key in the grammar that no reader asks for would be accepted and silently ignored.
  @Test func theReadersAskForEveryKeyOfTheGrammarAndForNoOther() throws {
    let loader = SuiteLoader(folder: Fixtures.path("plausible"))
    _ = try loader.load()
    var asked = loader.reader.asked
    for (table, keys) in try ProjectLoader.keysAsked(
      in: """
        recipes: {a: {git: x}}
        corpus: {root: x}
        policy: {functional_checks: 2}
        swarm: {nodes: {worker: ssh://worker.example.org}}
        """
    ) {
      asked[table, default: []].formUnion(keys)
    }
    let folder = try Self.tcpSuite()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let health = SuiteLoader(folder: folder)
    _ = try health.load()
    for (table, keys) in health.reader.asked { asked[table, default: []].formUnion(keys) }
    for table in Grammar.tables {
      #expect(asked[table.name] == Set(table.fields.map(\.key)), "\(table.name)")
    }
  }

  private static func tcpSuite() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appending(path: "suites-\(UUID())").path
    try Folder(path: folder).write([
      "recipe.yml": """
      health: {tcp: {service: app, port: 64738}}
      stores: {files: {volatile: {cache: made again}, holds_nothing: all of it is made again, written_by: editors}}

      """,
      "steps/look.yml": "- {http: {get: \"{{path}}\"}, expect: {status: 200}}\n",
      "functional/looks.yml": "test_look: {steps: [{use: look, with: {path: /}}]}\n",
    ])
    return folder
  }

  @Test(arguments: SuiteSchemas.all.map(\.fileName))
  func theCommittedSchemaIsTheOneOfTheGrammar(_ name: String) throws {
    let text = try #require(SuiteSchemas.all.first { $0.fileName == name }?.text)
    try Golden.compare(text, withFile: "\(Fixtures.repository)/docs/schema/\(name)")
  }

  @Test(arguments: SuiteSchemas.all.map(\.fileName))
  func everySchemaHasEveryKeyOfItsTables(_ name: String) throws {
    let schema = try Self.schema(name)
    for (table, definition) in schema["$defs"]?.objectValue?.members.map({ ($0.key, $0.value) })
      ?? []
    {
      let keys = definition["properties"]?.objectValue?.keys ?? []
      #expect(keys.sorted() == Grammar.table(table)?.fields.map(\.key).sorted())
    }
  }

  private static func schema(_ name: String) throws -> JSONValue {
    let text = SuiteSchemas.all.first { $0.fileName == name }?.text ?? ""
    return try JSONParser().parse(text)
  }

  /// Good suites are valid by the schemas too.
  @Test func everyGoodFileFitsItsSchema() throws {
    let files =
      Self.suiteFiles(Fixtures.path("plausible")) + Self.recipes().flatMap(Self.suiteFiles)
    #expect(files.count >= 5)
    for (path, schema) in files {
      let problems = try Self.problems(path, schema)
      #expect(problems.isEmpty, "\(path): \(problems)")
    }
  }

  @Test(arguments: [
    "unknown_keys.recipe.yml", "durations.recipe.yml", "steps.checks.yml", "services.local.yml",
    "scalars.recipe.yml", "project.parity.yml", "swarm.swarm.yml",
  ])
  func mistakesInTheFormDoNotFitTheSchema(_ name: String) throws {
    let kind = name.split(separator: ".")[1]
    let problems = try Self.problems(Fixtures.path("mistakes/\(name)"), "\(kind).schema.json")
    #expect(!problems.isEmpty)
  }

  private static func problems(_ path: String, _ schema: String) throws -> [String] {
    let sink = DiagnosticSink()
    let bytes = Array(try Data(contentsOf: URL(filePath: path)))
    let node = try #require(YAMLReader.read(bytes, file: path, into: sink))
    return SchemaValidator(schema: try Self.schema(schema)).problems(node.asJSON)
  }

  private static func recipes() -> [String] {
    let folder = "\(Fixtures.repository)/Tests/recipes"
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
      .map { "\(folder)/\($0)" }
  }

  private static func suiteFiles(_ folder: String) -> [(String, String)] {
    let files = SuiteFiles(folder: folder)
    var found: [(String, String)] = []
    if files.exists("recipe.yml") { found.append(("\(folder)/recipe.yml", "recipe.schema.json")) }
    if files.exists("local.yml") { found.append(("\(folder)/local.yml", "local.schema.json")) }
    if files.exists("swarm.yml") { found.append(("\(folder)/swarm.yml", "swarm.schema.json")) }
    for part in ["overlays"] + SuiteLoader.functionalFolders {
      for entry in files.entries(in: part) ?? [] where entry.name.hasSuffix(".yml") {
        found.append(("\(folder)/\(part)/\(entry.name)", "checks.schema.json"))
      }
    }
    return found
  }
}

extension ProjectLoader {
  /// The keys that are asked for while a project is read.
  fileprivate static func keysAsked(in text: String) throws -> [String: Set<String>] {
    try Folder.temporary { folder in
      try folder.write(["parity.yml": text])
      let loader = ProjectLoader(folder: folder.path)
      _ = loader.project(Array(text.utf8))
      return loader.reader.asked
    }
  }
}

extension YAMLNode {
  /// As a YAML reader of YAML's core schema would see it.
  fileprivate var asJSON: JSONValue {
    switch content {
    case .mapping(let members): .object(JSONObject(members.map { ($0.key, $0.value.asJSON) }))
    case .sequence(let items): .array(items.map(\.asJSON))
    case .scalar(let scalar):
      if isNull {
        .null
      } else if scalar.isQuoted {
        .string(scalar.text)
      } else if scalar.text == "true" || scalar.text == "false" {
        .bool(scalar.text == "true")
      } else {
        JSONValue(numberText: scalar.text) ?? .string(scalar.text)
      }
    }
  }
}
