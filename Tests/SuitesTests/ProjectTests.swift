import Formats
import Testing

@testable import Suites

struct ProjectTests {
  @Test func pathsAreRelativeToTheFileThatIsFoundUpward() throws {
    try Folder.temporary { folder in
      try folder.write([
        "parity.yml": """
        suites: Tests/recipes
        recipes:
          plausible: Tests/recipes/plausible/recipe
          other: {git: https://example.com/other.git, ref: 1.0.0}
          local: {git: ../local}
        corpus: {root: Tests/corpus/recipe-info, sample: true}
        reports: ./reports
        driver: local
        publish: swarm
        policy: {functional_checks: 3}
        """,
        "a/b/c.txt": "",
        "Tests/recipes/plausible/recipe.yml": "",
        "Tests/recipes/a b/recipe.yml": "",
        "Tests/recipes/none/x": "",
      ])
      let project = try ProjectLoader.find(from: folder.path + "/a/b")
      let root = project.folder
      #expect(root.hasSuffix("/example"))
      #expect(project.suites == root + "/Tests/recipes")
      #expect(project.reports == root + "/reports")
      #expect(project.recipes["plausible"] == .folder(root + "/Tests/recipes/plausible/recipe"))
      let other = GitSource(try GitAddress("https://example.com/other.git"), ref: "1.0.0")
      #expect(project.recipes["other"] == .git(other))
      let parent = root.split(separator: "/").dropLast().joined(separator: "/")
      #expect(project.recipes["local"] == .git(GitSource(GitAddress(folder: "/\(parent)/local"))))
      #expect(project.corpus == .folder(root + "/Tests/corpus/recipe-info", isSample: true))
      #expect(project.driver == "local")
      #expect(project.publish == "swarm")
      #expect(project.policy.functionalChecks == 3)
      #expect(project.suiteNames() == ["plausible"])
    }
  }

  @Test func anEmptyProjectHasDefaults() throws {
    try Folder.temporary { folder in
      try folder.write(["parity.yml": ""])
      let project = try ProjectLoader.load(folder: folder.path)
      #expect(project.suites == project.folder + "/suites")
      #expect(project.corpus == nil)
      #expect(project.policy.functionalChecks == 2)
    }
  }

  @Test func aCorpusThatIsNotThereNeedsItsReason() throws {
    try Folder.temporary { folder in
      try folder.write(["parity.yml": "corpus: {none: the catalogue has no older tests}\n"])
      #expect(
        try ProjectLoader.load(folder: folder.path).corpus
          == .some(.none(reason: "the catalogue has no older tests"))
      )
    }
  }

  @Test(arguments: ["../../x", "a b", "", "..", ".", "-x", "a/b", "a\nb", ".git", "ä"])
  func whatCouldLeaveAFolderIsNoRecipeName(_ name: String) {
    #expect(!Project.isRecipeName(name))
  }

  @Test(arguments: ["plausible", "matrix-synapse", "n8n", "a_b", "v1.0"])
  func ordinaryNamesAreRecipeNames(_ name: String) { #expect(Project.isRecipeName(name)) }
}
