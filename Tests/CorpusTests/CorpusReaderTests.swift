import Corpus
import Evidence
import Formats
import Foundation
import Git
import Glibc
import Testing

@Suite struct CorpusReaderTests {
  @Test func aRootThatIsNotThereIsMissing() throws {
    let corpus = try CorpusFolder()
    let reading = corpus.reading()
    #expect(reading.state == .rootMissing)
    #expect(reading.tree == nil)
    #expect(reading.detail == "is not there")
    #expect(reading.coverage.isVacuous == false)
  }

  @Test func aRootThatIsAFileIsMissing() throws {
    let corpus = try CorpusFolder()
    try Data().write(to: URL(filePath: corpus.root))
    #expect(corpus.reading().state == .rootMissing)
    #expect(corpus.reading().detail == "is not a folder")
  }

  @Test func aRootThatIsALinkToNothingOrToItselfIsMissing() throws {
    for target in ["none", "recipe-info"] {
      let corpus = try CorpusFolder()
      try FileManager.default.createSymbolicLink(
        atPath: corpus.root,
        withDestinationPath: target
      )
      #expect(corpus.reading().state == .rootMissing)
    }
  }

  @Test func aRootThatIsALinkToAFolderIsRead() throws {
    let corpus = try CorpusFolder()
    try corpus.write("x", to: "a/tests/x.py")
    try FileManager.default.moveItem(atPath: corpus.root, toPath: "\(corpus.path)/real")
    try FileManager.default.createSymbolicLink(atPath: corpus.root, withDestinationPath: "real")
    #expect(corpus.reading().state == .noEntry)
    #expect(corpus.reading(of: "a").scripts.map(\.path) == ["x.py"])
  }

  /// What a submodule that was not fetched looks like.
  @Test func aRootWithoutAnyRecipeProvesNothing() throws {
    let corpus = try CorpusFolder()
    try corpus.folder(".")
    #expect(corpus.reading().state == .rootMissing)
    try corpus.write("x", to: "README.md")
    try corpus.folder("_template/tests")
    try corpus.folder(".git")
    #expect(corpus.reading().state == .rootMissing)
    #expect(corpus.reading().detail == "holds no recipe")
  }

  @Test func aRecipeWithoutEntryIsVacuousWithCountAndTree() throws {
    let corpus = try CorpusFolder()
    for recipe in ["a", "b", "_template", ".hidden"] {
      try corpus.write("", to: "\(recipe)/tests/x.py")
    }
    try corpus.write("", to: "plausible.md")
    let reading = corpus.reading()
    #expect(reading.state == .noEntry)
    #expect(reading.recipes == 2)
    #expect(try reading.tree == FolderTree.hash(of: corpus.root))
    #expect(reading.coverage.isVacuous)
  }

  /// As UTF-8, two recipes whose names look the same are two.
  @Test func namesAreComparedByTheirBytes() throws {
    let corpus = try CorpusFolder()
    try corpus.write("", to: "caf\u{E9}/tests/x.py")
    #expect(corpus.reading(of: "caf\u{E9}").state == .scripts)
    #expect(corpus.reading(of: "cafe\u{301}").state == .noEntry)
    #expect(corpus.reading(of: "CAF\u{E9}").state == .noEntry)
  }

  @Test(arguments: ["", ".", "..", "../a", "a/tests", "_template", ".git", "a\0"])
  func whatIsNoNameOfARecipeProvesNothing(recipe: String) throws {
    let corpus = try CorpusFolder()
    try corpus.write("", to: "a/tests/x.py")
    try corpus.write("", to: "_template/tests/x.py")
    let reading = corpus.reading(of: recipe)
    #expect(reading.state == .unreadable)
    #expect(reading.scripts.isEmpty)
  }

  @Test func anEntryWithoutTestsOrScriptsIsVacuousAndSaysWhatIsThere() throws {
    let corpus = try CorpusFolder()
    try corpus.write("", to: "other/tests/x.py")
    try corpus.folder("plausible")
    #expect(corpus.reading().state == .noScripts)
    #expect(corpus.reading().detail == "has no folder tests")
    try corpus.folder("plausible/tests")
    #expect(corpus.reading().state == .noScripts)
    #expect(corpus.reading().detail == "has an empty folder tests")
    try corpus.write("", to: "plausible/tests/README.md")
    try corpus.write("", to: "plausible/tests/_common.py")
    try corpus.write("", to: "plausible/tests/testsecrets/password.py")
    try corpus.write("", to: "plausible/tests/__pycache__/x.py")
    let reading = corpus.reading()
    #expect(reading.state == .noScripts)
    #expect(reading.recipes == 2)
    #expect(reading.detail == "has no scripts in tests, only README.md, _common.py")
  }

  @Test func everyScriptIsListedOnceInTheOrderOfItsBytes() throws {
    let corpus = try CorpusFolder()
    let names = ["health.py", "B.sh", "deep/er/login.bats", "deep.rb", "é.js", "a.ts", "run.pl"]
    for name in names { try corpus.write("text \(name)", to: "plausible/tests/\(name)") }
    let reading = corpus.reading()
    #expect(reading.state == .scripts)
    #expect(
      reading.scripts.map(\.path) == [
        "B.sh", "a.ts", "deep.rb", "deep/er/login.bats", "health.py", "run.pl", "é.js",
      ]
    )
    #expect(
      reading.scripts.map(\.language) == [
        .shell, .typeScript, .ruby, .bats, .python, .perl, .javaScript,
      ]
    )
    #expect(reading.scripts.first?.bytes == Array("text B.sh".utf8))
    #expect(reading.scripts.first?.hash == ObjectDigest.blobID(of: Array("text B.sh".utf8)))
    #expect(corpus.reading() == reading)
    #expect(reading.coverage.path == "recipe-info/plausible/tests")
  }

  @Test func theSameScriptUnderTwoRecipesCountsForBothWithOneHash() throws {
    let corpus = try CorpusFolder()
    try corpus.write("same", to: "plausible/tests/login.py")
    try corpus.write("same", to: "keycloak/tests/sso/login.py")
    let (one, other) = (corpus.reading(), corpus.reading(of: "keycloak"))
    #expect(one.scripts.map(\.path) == ["login.py"])
    #expect(other.scripts.map(\.path) == ["sso/login.py"])
    #expect(one.scripts.map(\.hash) == other.scripts.map(\.hash))
  }

  @Test func aNameThatIsNoTextIsAScriptOfItsOwn() throws {
    let corpus = try CorpusFolder()
    try corpus.folder("plausible/tests")
    try #require(corpus.writeEmpty([0x61, 0xE9] + Array(".py".utf8), in: "plausible/tests"))
    try #require(corpus.writeEmpty([0x61, 0xEA] + Array(".py".utf8), in: "plausible/tests"))
    try #require(corpus.writeEmpty([0xFF], in: "."))
    let reading = corpus.reading()
    #expect(reading.scripts.map(\.path) == ["a\\xE9.py", "a\\xEA.py"])
    #expect(reading.state == .scripts)
  }
}

@Suite struct CorpusLinkTests {
  @Test func aLinkThatStaysInsideIsReadUnderItsOwnName() throws {
    let corpus = try CorpusFolder()
    try corpus.write("text", to: "keycloak/tests/login.py")
    try corpus.folder("plausible/tests")
    try corpus.link("plausible/tests/sso.py", to: "../../keycloak/tests/login.py")
    try corpus.link("authentik", to: "keycloak")
    #expect(corpus.reading().scripts.map(\.path) == ["sso.py"])
    #expect(corpus.reading(of: "authentik").scripts.map(\.path) == ["login.py"])
    #expect(corpus.reading().recipes == 3)
  }

  @Test(arguments: ["/etc/hostname", "../../../outside.py", "none.py", "x.py"])
  func aLinkThatCannotBeFollowedIsNamedAndProvesNothing(target: String) throws {
    let corpus = try CorpusFolder()
    try corpus.folder("plausible/tests")
    try Data("secret".utf8).write(to: URL(filePath: "\(corpus.path)/outside.py"))
    try corpus.link("plausible/tests/x.py", to: target)
    let reading = corpus.reading()
    #expect(reading.state == .unreadable)
    #expect(reading.scripts.isEmpty)
    #expect(reading.unread.count == 1)
    #expect(reading.unread.first?.hasPrefix("x.py is a link that leads") == true)
  }

  @Test func anEntryThatLeadsOutsideIsNotReadNorCounted() throws {
    let corpus = try CorpusFolder()
    try corpus.write("", to: "a/tests/x.py")
    let outside = try CorpusFolder()
    try outside.write("", to: "tests/x.py")
    try corpus.link("plausible", to: outside.root)
    #expect(corpus.reading().state == .unreadable)
    #expect(corpus.reading().unread == ["plausible is a link that leads outside"])
    #expect(corpus.reading().recipes == 1)
    // It may be the entry of any recipe, so that none is proven to be absent.
    #expect(corpus.reading(of: "b").state == .unreadable)
    #expect(corpus.reading(of: "a").state == .scripts)
  }

  @Test func aLinkToAFolderFurtherDownIsNamedAndEndsTheWalk() throws {
    let corpus = try CorpusFolder()
    try corpus.write("", to: "plausible/tests/x.py")
    try corpus.link("plausible/tests/again", to: ".")
    let reading = corpus.reading()
    #expect(reading.state == .unreadable)
    #expect(reading.scripts.map(\.path) == ["x.py"])
    #expect(reading.unread == ["again is a link to a folder, which is not followed"])
  }

  @Test func anEntryOrATestsFolderThatIsAFileProvesNothing() throws {
    let corpus = try CorpusFolder()
    try corpus.write("", to: "a/tests/x.py")
    try corpus.write("", to: "plausible")
    try corpus.write("", to: "b/tests")
    #expect(corpus.reading().state == .unreadable)
    #expect(corpus.reading(of: "b").unread == ["tests is not a folder"])
    #expect(corpus.reading(of: "b").state == .unreadable)
  }

  @Test func aPipeOrBytesWhereAScriptShouldBeProveNothing() throws {
    let corpus = try CorpusFolder()
    try corpus.write("fine", to: "plausible/tests/fine.py")
    try corpus.write("\u{7F}ELF\0", to: "plausible/tests/health", isExecutable: true)
    #expect(mkfifo("\(corpus.root)/plausible/tests/wait.sh", 0o600) == 0)
    let reading = corpus.reading()
    #expect(reading.state == .unreadable)
    #expect(reading.scripts.map(\.path) == ["fine.py"])
    #expect(reading.unread == ["health is not text", "wait.sh is not a file"])
    #expect(reading.coverage.detail == "health is not text; wait.sh is not a file")
  }
}
