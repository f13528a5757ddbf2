import Suites
import Testing

@testable import Drafting

/// How a recipe gets into a parity.yml that somebody wrote.
struct ProjectEntryTests {
  private let entry = ProjectEntry(
    recipe: "notes",
    source: .folder("/srv/recipes/notes"),
    shown: "../recipes/notes"
  )

  @Test(arguments: [
    ("", "recipes:\n  notes: \"../recipes/notes\"\n"),
    ("suites: s\n# end", "suites: s\n# end\nrecipes:\n  notes: \"../recipes/notes\"\n"),
    (
      "recipes:\n    # ours\n    wiki: ../w\nreports: r\n",
      "recipes:\n    notes: \"../recipes/notes\"\n    # ours\n    wiki: ../w\nreports: r\n"
    ),
    ("recipes: {wiki: ../w}\n", "recipes: {wiki: ../w, notes: \"../recipes/notes\"}\n"),
    ("recipes: {} # none\n", "recipes: {notes: \"../recipes/notes\"} # none\n"),
    (
      "recipes:\r\n  wiki: ../w\r\n",
      "recipes:\r\n  notes: \"../recipes/notes\"\r\n  wiki: ../w\r\n"
    ),
  ])
  func `A recipe is a line more, and every other byte stays`(_ text: String, _ added: String) {
    #expect(entry.added(to: text, folder: "/srv/project") == added)
  }

  @Test(arguments: [
    "recipes: {wiki: ../w} # {all}\n", "recipes: {\n  wiki: ../w}\n", "\"recipes\": {wiki: ../w}\n",
    "recipes: *all\n", "recipes: [\n", "unknown: key\n",
  ])
  func `What has no certain place is not edited`(_ text: String) {
    #expect(entry.added(to: text, folder: "/srv/project") == nil)
  }

  @Test func `Another recipe of the name is never replaced`() {
    let other = "recipes:\n  notes: ../other\n"
    #expect(entry.added(to: other, folder: "/srv/project") == nil)
  }
}
