import Evidence
import Testing

@testable import Suites

@Suite struct CarryTests {
  private func carry(_ check: String) throws -> Carry? {
    let suite = try Folder.temporary { folder in
      try folder.write(["recipe.yml": "", "functional/a.yml": "test_x:\n" + check])
      return try SuiteLoader.load(folder: folder.path).suite
    }
    let plan = Plan(
      suite: suite,
      compose: Compose(services: [], volumes: []),
      driver: "local",
      base: RecipeRevision(version: "0", tree: "cc"),
      target: RecipeRevision(version: "1", tree: "aa"),
      suiteTree: "bb"
    )
    let id = CheckID(folder: "functional", stem: "a", name: "test_x")
    let carry = plan.planned.first { $0.id == id }?.carry
    let carried = plan.planned.filter { $0.origin == id }
    if case .again? = carry {
      #expect(carried.map(\.stage) == [.install, .upgrade, .restore, .recover])
      #expect(carried.allSatisfy { $0.id.folder == "carried" && $0.kind == .integrity })
    } else {
      #expect(carried.isEmpty)
    }
    return carry
  }

  @Test func `Looks and what sends nothing fresh are performed again`() throws {
    let found = try carry(
      """
        steps:
          - http: {post: /login, form: {user: admin}}
          - http: {post: /notes, json: {title: "{{unique}}"}}
            capture: {id: {jsonpath: $.id}}
          - http: {get: /notes}
          - http: {get: "/notes/{{id}}"}
            expect: {json: {title: "{{unique}}"}}
      """
    )
    #expect(found == .again([0, 2, 3]))
  }

  @Test func `A form is sent once, and looked for by a later page`() throws {
    let found = try carry(
      """
        steps:
          - http: {get: /new}
          - http: {form: {from: form, set: {title: "{{unique}}"}}}
            expect: {body: {contains: "{{unique}}"}}
          - http: {get: "/notes/{{unique}}"}
            expect: {body: {contains: "{{unique}}"}}
      """
    )
    #expect(found == .again([0, 2]))
  }

  @Test func `What changes it after the last look cannot be carried`() throws {
    let found = try carry(
      """
        steps:
          - http: {post: /notes, json: {title: "{{unique}}"}}
            capture: {id: {jsonpath: $.id}}
          - http: {get: "/notes/{{id}}"}
            expect: {json: {title: "{{unique}}"}}
          - http: {delete: "/notes/{{id}}"}
      """
    )
    #expect(found == .not(.endsWithAct(step: 3)))
  }

  @Test func `A suite may say why it is not carried`() throws {
    let found = try carry(
      """
        not_carried: it fills the disk
        steps:
          - http: {put: "/{{unique}}", text: "{{unique}}"}
          - http: {get: "/{{unique}}"}
            expect: {body: "{{unique}}"}
      """
    )
    #expect(found == .not(.declared(why: "it fills the disk")))
  }

  @Test func `What looks at content only is not carried`() throws {
    let found = try carry("  steps: [{http: {get: /}, expect: {body: {contains: Notes}}}]")
    #expect(found == nil)
  }
}
