import Evidence
import Foundation
import Git
import Testing

@testable import Corpus

@Suite struct CorpusRepositoryTests {
  private func git(_ corpus: CorpusFolder, _ words: String...) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "git", "-C", corpus.path, "-c", "user.name=t", "-c", "user.email=t@example.org",
      ] + words
    process.environment = [
      "PATH": "/usr/local/bin:/usr/bin:/bin", "GIT_CONFIG_GLOBAL": "/dev/null",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  private func committed() throws -> CorpusFolder {
    let corpus = try CorpusFolder()
    try corpus.write("assert requests.get('https://h/a').ok\n", to: "plausible/tests/a.py")
    try git(corpus, "init", "-q")
    try git(corpus, "add", "-A")
    try git(corpus, "commit", "-qm", "one")
    return corpus
  }

  private func reading(_ folder: String, _ revision: String = "HEAD") async throws -> CorpusReading
  {
    let repository = CorpusRepository(
      folder: folder,
      revision: revision,
      shownAs: "corpus",
      isSample: false
    )
    return try #require(await repository.readings(of: ["plausible"]).first)
  }

  @Test func theCommitIsReadAndNotTheWorkTree() async throws {
    let corpus = try committed()
    let before = corpus.reading()
    try corpus.write("pass\n", to: "plausible/tests/b.py")
    try corpus.write("pass\n", to: "plausible/tests/a.py")
    for folder in [corpus.path, corpus.root] {
      let reading = try await reading(folder)
      #expect(reading.state == .scripts)
      #expect(reading.scripts == before.scripts)
      #expect(await reading.units() == before.units())
      #expect(reading.tree == before.tree)
      #expect(reading.commit?.utf8.count == 40)
      #expect(reading.root == "corpus/recipe-info@HEAD")
    }
    try git(corpus, "add", "-A")
    try git(corpus, "commit", "-qm", "two")
    #expect(try await reading(corpus.path).scripts.map(\.path) == ["a.py", "b.py"])
    #expect(try await reading(corpus.path, "HEAD~1").scripts == before.scripts)
  }

  @Test func whatIsNoRepositoryOrRevisionIsMissing() async throws {
    let corpus = try committed()
    #expect(try await reading(corpus.path, "none").state == .rootMissing)
    #expect(try await reading("\(corpus.path)/none").state == .rootMissing)
    #expect(try await reading(try CorpusFolder().path).state == .rootMissing)
    let gone = try await reading(corpus.path, "none")
    #expect(gone.detail?.contains("none is no commit of") == true)
  }

  @Test func aLinkThatLeadsOutOfTheRepositoryProvesNothing() async throws {
    let corpus = try committed()
    try corpus.link("plausible/tests/x.py", to: "/etc/hostname")
    try git(corpus, "add", "-A")
    try git(corpus, "commit", "-qm", "link")
    let reading = try await reading(corpus.path)
    #expect(reading.state == .unreadable)
    #expect(reading.detail?.contains("x.py is a link that leads out") == true)
  }

  @Test func aBareRepositoryIsReadLikeItsClone() async throws {
    let corpus = try committed()
    let place = try CorpusFolder()
    try git(corpus, "clone", "-q", "--bare", corpus.path, "\(place.path)/bare.git")
    let bare = try await reading("\(place.path)/bare.git")
    #expect(bare.state == .scripts)
    let clone = try await reading(corpus.path)
    #expect(bare.scripts == clone.scripts)
    #expect(bare.tree == clone.tree)
    #expect(bare.commit == clone.commit)
    // A folder inside one is none.
    #expect(try await reading("\(place.path)/bare.git/objects").state == .rootMissing)
  }

  @Test func nothingIsLeftBehind() async throws {
    let corpus = try committed()
    let place = try CorpusFolder()
    let repository = CorpusRepository(
      folder: corpus.path,
      revision: "HEAD",
      shownAs: "corpus",
      isSample: false,
      temporary: place.path
    )
    #expect(await repository.readings(of: ["plausible"]).map(\.state) == [.scripts])
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty)
  }
}
