import Foundation
import Glibc
import Testing

@testable import Corpus

@Suite struct FingerprintCacheTests {
  private let corpus: CorpusFolder
  private var base: String { corpus.path + "/cache" }

  init() throws {
    corpus = try CorpusFolder()
    try corpus.write(
      "import requests\nfrom _api import get\ndef test_a(x):\n  assert get('/a').ok\n  odd(x)\n",
      to: "plausible/tests/a.py"
    )
    try corpus.write(
      "import requests\ndef get(p): return requests.get('https://h' + p)\n",
      to: "plausible/tests/_api.py"
    )
    try corpus.write("# About.\ncurl -f \"$1/b\" || exit 1\n", to: "plausible/tests/b.sh")
  }

  private func units() async -> [CorpusUnit] {
    await CorpusReading.units(of: [corpus.reading()], cache: FingerprintCache(below: base))[0]
  }

  private var entries: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: base + "/parity")) ?? []).sorted()
  }

  @Test func `What was kept is what was read`() async throws {
    let first = await units()
    #expect(first == (await corpus.reading().units()))
    #expect(entries.count == 1)
    #expect(await units() == first)
    // Had it been read again, another entry would say otherwise.
    let entry = try #require(entries.first)
    let text = try String(contentsOfFile: "\(base)/parity/\(entry)", encoding: .utf8)
    try text.replacing("About.", with: "Changed.")
      .write(toFile: "\(base)/parity/\(entry)", atomically: false, encoding: .utf8)
    #expect(await units().map(\.about).contains("Changed."))
    #expect(await units().map(\.unread) == first.map(\.unread))
    #expect(await units().map(\.requests) == first.map(\.requests))
    #expect(await units().map(\.assertions) == first.map(\.assertions))
    #expect(await units().map(\.lines) == first.map(\.lines))
  }

  @Test func `A helper that changed makes its folder be read again`() async throws {
    let first = await units()
    try corpus.write(
      "import requests\ndef get(p): return requests.get('https://h/v2' + p)\n",
      to: "plausible/tests/_api.py"
    )
    #expect(await units() != first)
    #expect(await units().flatMap(\.requests).map(\.path) == ["/v2/a", "/b"])
    #expect(entries.count == 2)
  }

  @Test(arguments: ["", "{}", "[[[[", "{\"key\":\"x\",\"scripts\":[]}", "\0"])
  func `A damaged entry is read anew and mended`(text: String) async throws {
    let first = await units()
    let entry = try #require(entries.first)
    try text.write(toFile: "\(base)/parity/\(entry)", atomically: false, encoding: .utf8)
    #expect(await units() == first)
    let mended = try String(contentsOfFile: "\(base)/parity/\(entry)", encoding: .utf8)
    #expect(mended.contains("test_a"))
  }

  @Test func `An entry of another script is not believed`() async throws {
    let first = await units()
    let entry = try #require(entries.first)
    let path = "\(base)/parity/\(entry)"
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let hash = try #require(first.first?.hash)
    try text.replacing(hash, with: String(repeating: "0", count: 40))
      .write(toFile: path, atomically: false, encoding: .utf8)
    #expect(await units() == first)
  }

  @Test func `Only a folder of one's own that nobody else may write is used`() async throws {
    let folder = base + "/parity"
    _ = await units()
    var info = stat()
    #expect(stat(folder, &info) == 0 && info.st_mode & 0o777 == 0o700)
    for (path, mode) in [(folder, mode_t(0o755)), (base, 0o777)] {
      try? FileManager.default.removeItem(atPath: folder)
      #expect(mkdir(folder, 0o700) == 0)
      #expect(chmod(path, mode) == 0)
      _ = await units()
      #expect(entries.isEmpty)
      #expect(chmod(path, 0o700) == 0)
    }
    let reading = corpus.reading()
    let others = FingerprintCache(below: base, owner: geteuid() + 1)
    _ = await CorpusReading.units(of: [reading], cache: others)
    #expect(entries.isEmpty)
    try FileManager.default.removeItem(atPath: folder)
    try FileManager.default.createDirectory(
      atPath: corpus.path + "/else",
      withIntermediateDirectories: true
    )
    try FileManager.default.createSymbolicLink(atPath: folder, withDestinationPath: "../else")
    _ = await units()
    #expect(entries.isEmpty)
  }

  @Test(arguments: ["/dev/null", "relative", "", "/proc/none"])
  func `Where there is no folder nothing is kept and all is read`(base: String) async {
    let cache = FingerprintCache(below: base)
    let units = await CorpusReading.units(of: [corpus.reading()], cache: cache)[0]
    #expect(units.count == 2)
  }

  @Test func `What nothing used for long goes`() async throws {
    _ = await units()
    let cache = FingerprintCache(below: base)
    cache.prune()
    #expect(entries.count == 1)
    cache.prune(now: time(nil) + (FingerprintCache.days + 1) * 86_400)
    #expect(entries.isEmpty)
  }
}
