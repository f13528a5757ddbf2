import Evidence
import MarkdownDocuments

/// Reads a page that somebody wrote by hand, of any family, or one of this tool's own.
///
/// Tables are read by the words of their headers, lists by the files and functions that they name,
/// prose by a few set phrases. What none of them explains is kept as it stands. No word that is not
/// known becomes a claim that something holds.
package struct PageReader {
  private var page = ImportedPage()
  /// Of the heading above: P1 to P4, and what it is about.
  private var part: ClaimPart?
  private var heading = ""

  private init() {}

  /// - Throws: where the page is longer than 1 MiB, or nested deeper than anybody writes.
  package static func read(_ text: String) throws(ImportError) -> ImportedPage {
    let plain = PageText.plain(text)
    var reader = PageReader()
    reader.page.lines = PageText.lines(plain)
    do {
      // This tool's own pages are read as they are written, and end, as far as claims go, where the
      // suite's own words begin.
      let end = text.firstRange(of: OwnPage.notesMark)?.lowerBound ?? text.endIndex
      let limits = MarkdownDocument.Limits(bytes: 1 << 20)
      let written = try MarkdownDocument(parsing: String(text[..<end]), limits: limits)
      if let claims = OwnPage.claims(written) {
        reader.page.claims = claims
        reader.page.recipe = OwnPage.recipe(written)
        return reader.page
      }
      for block in try MarkdownDocument(parsing: plain, limits: limits).blocks {
        reader.read(block)
      }
    } catch {
      throw ImportError(.tooLarge, error.description, line: error.line ?? 0)
    }
    return reader.page
  }

  // MARK: Blocks

  private mutating func read(_ block: MarkdownBlock) {
    switch block.kind {
    case .heading(_, let content): enter(content.plainText)
    case .table(let table): read(table)
    case .list(let list):
      for item in list.items { read(item, file: nil) }
    case .paragraph(let content):
      let text = PageText.folded(content.plainText)
      if isTitle(text, block.lines) { enter(text) } else { prose(text, block.lines) }
    case .quote(let blocks):
      for block in blocks { read(block) }
    case .code, .html: keep(block.lines)
    case .thematicBreak: break
    }
  }

  private mutating func enter(_ title: String) {
    let title = PageText.folded(title)
    if page.recipe == nil { page.recipe = Self.recipe(title) }
    heading = title
    part = Self.part(title)
  }

  /// A heading that lost its mark in a copy: one short line that begins with its part, or is one of
  /// the set titles.
  private func isTitle(_ text: String, _ lines: ClosedRange<Int>) -> Bool {
    guard lines.count == 1, text.count <= 90, !text.hasSuffix("."), !text.hasSuffix(":") else {
      return false
    }
    if page.recipe == nil, Self.recipe(text) != nil { return true }
    if ClaimPart.allCases.contains(where: { text.hasPrefix($0.rawValue + " ") }) { return true }
    let key = PageText.key(text)
    return ["lifecycle", "notes deferrals", "deferrals", "non ports", "parity port", "readiness"]
      .contains { key == $0 || key.hasPrefix($0 + " ") }
  }

  private static func recipe(_ title: String) -> String? {
    guard PageText.has("parity", in: title) else { return nil }
    // `Parity — keycloak`, `immich — parity map`, `PARITY — drone`.
    let parts = title.replacing("–", with: "—").split(separator: "—", maxSplits: 1).map {
      String($0).trimmed
    }
    guard parts.count == 2 else { return nil }
    let name = PageText.key(parts[0]) == "parity" ? parts[1] : parts[0]
    let first = name.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    let isName = !first.isEmpty && first.utf8.allSatisfy(letters.contains)
    // A part of the page is no recipe: `P2 — Parity port` has a capital letter.
    return isName ? first : nil
  }

  private static func part(_ title: String) -> ClaimPart? {
    let words: [(ClaimPart, [String])] = [
      (.p3, ["p3", "recipe specific", "functional tests"]),
      (.p4, ["p4", "integrity"]),
      (.p1, ["p1", "lifecycle", "tiers"]),
      (.p2, ["p2", "parity port", "parity ports", "non ports"]),
    ]
    let key = " \(PageText.key(title)) "
    return words.first { $0.1.contains { key.contains(" \($0) ") } }?.0
  }

  private var isNonPorts: Bool { PageText.has("non ports", "non port", "not ported", in: heading) }
  private var isDeferrals: Bool {
    PageText.has("deferrals", "deferral", "deferred", "skips", in: heading)
  }

  // MARK: Tables

  private mutating func read(_ table: MarkdownTable) {
    guard let columns = PageColumns(table.header) else {
      keep(table.header.line...(table.rows.last?.line ?? table.header.line))
      return
    }
    for row in table.rows {
      let text = PageText.folded(row.cells.map(\.plainText).joined(separator: " | "))
      var claim: PageClaim?
      if columns.has(.tier), columns.has(.status) {
        claim = tier(row, columns, text)
      } else if columns.has(.original) {
        claim = port(row, columns, text)
      } else if columns.has(.test) {
        claim = test(row, columns, text)
      } else if columns.has(.store) {
        claim = store(row, columns, text)
      }
      guard let claim else {
        keep(row.line...row.line)
        continue
      }
      page.claims.append(claim)
    }
  }

  private func claim(
    _ kind: PageClaim.Kind,
    _ row: MarkdownTable.Row,
    _ columns: PageColumns,
    _ text: String
  ) -> PageClaim {
    var claim = PageClaim(kind, text: text, lines: row.line...row.line)
    if columns.has(.status) {
      claim.word = columns.text(.status, of: row)
      claim.status = PageStatus.read(claim.word)
    }
    let reason = columns.text(.reason, of: row)
    claim.reason = reason.isEmpty ? nil : reason
    describe(&claim, columns.text(.verified, of: row))
    return claim
  }

  /// What any sentence about a test may name.
  private func describe(_ claim: inout PageClaim, _ text: String) {
    claim.requests = PageText.requests(text)
    claim.statuses = PageText.statuses(text)
    // What is to come is no test that is there.
    guard let plan = text.firstRange(of: "ill land as ") else { return }
    let tail = text[plan.upperBound...]
    let sentence = tail.firstRange(of: ". ").map { tail[..<$0.lowerBound] } ?? tail
    claim.planned = PageText.tests(String(sentence))
    let planned = claim.planned
    claim.tests.removeAll { planned.contains($0) }
    if claim.status == .claimed || claim.status == .unknown { claim.status = .planned }
  }

  private func port(_ row: MarkdownTable.Row, _ columns: PageColumns, _ text: String) -> PageClaim?
  {
    guard let original = PageText.references(columns.text(.original, of: row)).first else {
      return nil
    }
    let cell = columns.text(.test, of: row)
    var claim = self.claim(.port, row, columns, text)
    claim.original = original
    claim.tests = PageText.tests(cell).filter { !claim.planned.contains($0) }
    // Where no test is named, the cell itself may say why.
    if claim.tests.isEmpty, claim.planned.isEmpty || claim.status == .planned, !cell.isEmpty {
      let inside = cell.hasPrefix("(") ? String(cell.dropFirst().prefix { $0 != ")" }) : cell
      let own = PageStatus.read(inside)
      if own != .claimed, own != .unknown { claim.status = own }
      if claim.status == .claimed { claim.status = .unknown }
      if claim.word.isEmpty { claim.word = cell }
    }
    if claim.status == .claimed, claim.tests.isEmpty { claim.status = .unknown }
    if claim.reason == nil, claim.status != .claimed { claim.reason = claim.word }
    return claim
  }

  private func test(_ row: MarkdownTable.Row, _ columns: PageColumns, _ text: String) -> PageClaim?
  {
    let tests = PageText.tests(columns.text(.test, of: row))
    guard !tests.isEmpty else { return nil }
    var claim = self.claim(.test, row, columns, text)
    claim.tests = tests
    return claim
  }

  private func tier(_ row: MarkdownTable.Row, _ columns: PageColumns, _ text: String) -> PageClaim?
  {
    let name = columns.text(.tier, of: row)
    guard !name.isEmpty else { return nil }
    var claim = self.claim(.lifecycle, row, columns, text)
    claim.stages = PageText.stages(name)
    return claim
  }

  private func store(_ row: MarkdownTable.Row, _ columns: PageColumns, _ text: String) -> PageClaim?
  {
    let name = PageText.key(columns.text(.store, of: row))
    guard !name.isEmpty else { return nil }
    var claim = self.claim(.store, row, columns, text)
    claim.store = name
    claim.marker = columns.text(.marker, of: row)
    claim.stages = [.restore]
    if !columns.has(.status) { claim.status = .unknown }
    return claim
  }

  // MARK: Lists

  private mutating func read(_ item: MarkdownList.Item, file: PageReference?) {
    var own = ""
    var inner: [MarkdownBlock] = []
    var ownLines = item.lines.lowerBound...item.lines.lowerBound
    for block in item.blocks {
      if case .paragraph(let content) = block.kind, inner.isEmpty {
        own += (own.isEmpty ? "" : " ") + PageText.folded(content.plainText)
        ownLines = item.lines.lowerBound...max(item.lines.lowerBound, block.lines.upperBound)
      } else {
        inner.append(block)
      }
    }
    let below = file ?? leading(own)
    let nested = inner.flatMap { block -> [MarkdownList.Item] in
      if case .list(let list) = block.kind { list.items } else { [] }
    }
    let hasFunctions = nested.contains { leading(firstText($0))?.function != nil }
    if let claim = listed(own, ownLines, file: file, isOnlyFile: hasFunctions) {
      page.claims.append(claim)
    } else if !hasFunctions || own.trimmed != below?.raw {
      keep(ownLines)
    }
    for item in nested { read(item, file: below?.path == nil ? nil : below) }
    for block in inner {
      if case .list = block.kind { continue }
      read(block)
    }
  }

  private func firstText(_ item: MarkdownList.Item) -> String {
    for case .paragraph(let content) in item.blocks.map(\.kind) { return content.plainText }
    return ""
  }

  /// The test or file that a text begins with.
  private func leading(_ text: String) -> PageReference? {
    guard let first = PageText.references(text).first, text.trimmed.hasPrefix(first.raw) else {
      return nil
    }
    return first
  }

  private func listed(
    _ text: String,
    _ lines: ClosedRange<Int>,
    file: PageReference?,
    isOnlyFile: Bool
  ) -> PageClaim? {
    let first = leading(text)
    if isNonPorts, let first {
      var claim = PageClaim(.nonPort, text: text, lines: lines)
      (claim.original, claim.status) = (first, .skipped)
      claim.reason = String(text.dropFirst(first.raw.count)).trimmed
      return claim
    }
    if isDeferrals {
      var claim = PageClaim(.deferral, text: text, lines: lines)
      claim.status = .deferred
      describe(&claim, text)
      return claim
    }
    guard !isOnlyFile, let first, !PageText.tests(first.raw).isEmpty else { return nil }
    var claim = PageClaim(.test, text: text, lines: lines)
    claim.tests = PageText.tests(text).filter { $0.function != nil || $0 == first }
    if let file, let path = file.path {
      for index in claim.tests.indices where claim.tests[index].path == nil {
        claim.tests[index].path = path
      }
    } else if first.path != nil {
      for index in claim.tests.indices where claim.tests[index].path == nil {
        claim.tests[index].path = first.path
      }
      // Of a file whose functions are named the functions count.
      if claim.tests.contains(where: { $0.function != nil }) {
        claim.tests.removeAll { $0.function == nil }
      }
    }
    describe(&claim, text)
    return claim
  }

  // MARK: Prose

  private mutating func prose(_ text: String, _ lines: ClosedRange<Int>) {
    let before = page.claims.count
    if let claim = Self.vacuous(text, lines) { page.claims.append(claim) }
    if let claim = Self.readiness(text, lines) { page.claims.append(claim) }
    if let claim = Self.storeInProse(text, lines, part) { page.claims.append(claim) }
    if page.claims.count == before { page.claims += Self.overlays(text, lines) }
    guard page.claims.count == before else { return }
    giveReason(text)
    keep(lines)
  }

  /// A section on why a stage is skipped is what "see below" means in a table of tiers.
  private mutating func giveReason(_ text: String) {
    guard PageText.has("skip", in: heading) else { return }
    let stages = PageText.stages(heading)
    guard !stages.isEmpty,
      let index = page.claims.firstIndex(where: {
        $0.kind == .lifecycle && $0.status == .skipped && !Set($0.stages).isDisjoint(with: stages)
      }), page.claims[index].reason.map({ PageText.key($0) == "see below" }) ?? true
    else { return }
    page.claims[index].reason = text
  }

  private static func vacuous(_ text: String, _ lines: ClosedRange<Int>) -> PageClaim? {
    guard
      PageText.has("vacuously satisfied", "vacuous", "vacuously", in: text)
        || PageText.has("no scripts to port", "nothing to port", in: text)
    else { return nil }
    return PageClaim(.vacuous, text: text, lines: lines)
  }

  /// `HEALTH_PATH = /api/health, HEALTH_OK = (200,)`.
  private static func readiness(_ text: String, _ lines: ClosedRange<Int>) -> PageClaim? {
    guard let name = text.firstRange(of: "HEALTH_PATH") else { return nil }
    let rest = text[name.upperBound...].drop { $0 == " " || $0 == "=" || $0 == "`" || $0 == "\"" }
    let path = String(rest.prefix { !$0.isWhitespace && !"`,;\"".contains($0) })
    guard path.hasPrefix("/") else { return nil }
    var claim = PageClaim(.readiness, text: text, lines: lines)
    claim.requests = [PageRequest(method: "GET", path: path)]
    if let codes = text.firstRange(of: "HEALTH_OK") {
      let list = text[codes.upperBound...].drop { $0 == " " || $0 == "=" || $0 == "`" || $0 == "(" }
        .prefix { $0.isNumber || $0 == "," || $0 == " " }
      claim.statuses = list.split(whereSeparator: { !$0.isNumber }).compactMap { Int($0) }
    }
    return claim
  }

  private static let databases = [
    "postgres", "postgresql", "mariadb", "mysql", "clickhouse", "redis", "sqlite", "mongodb",
  ]

  /// A marker that is planted and survives.
  private static func storeInProse(
    _ text: String,
    _ lines: ClosedRange<Int>,
    _ part: ClaimPart?
  ) -> PageClaim? {
    let key = " \(PageText.key(text)) "
    let marker = text.components(separated: " `(),.;").first { $0.hasSuffix("_marker") }
    let survives = ["survives", "survive", "survived"].contains { key.contains(" \($0) ") }
    guard part == .p4 || key.contains(" p4 "), marker != nil || survives else { return nil }
    var claim = PageClaim(.store, text: text, lines: lines)
    claim.marker = marker
    // `(db service)` names it better than its kind.
    let words = key.split(separator: " ").map(String.init)
    let named = words.firstIndex(of: "service").flatMap { $0 > 0 ? words[$0 - 1] : nil }
    let kind = databases.first { key.contains(" \($0) ") }
    claim.store = named.flatMap { ["a", "the", "is", "no"].contains($0) ? nil : $0 } ?? kind
    claim.stages = [Stage.upgrade, .restore].filter { key.contains(" \($0.rawValue) ") }
    if claim.stages.isEmpty { claim.stages = [.restore] }
    return claim
  }

  /// `plausible ships test_install.py (…) and the overlays (test_backup.py / …)`.
  private static func overlays(_ text: String, _ lines: ClosedRange<Int>) -> [PageClaim] {
    PageText.tests(text).compactMap { one in
      guard one.function == nil, let stage = Stage(rawValue: one.stem),
        one.baseName.hasPrefix("test_")
      else { return nil }
      var claim = PageClaim(.lifecycle, text: text, lines: lines)
      (claim.tests, claim.stages) = ([one], [stage])
      return claim
    }
  }

  private mutating func keep(_ lines: ClosedRange<Int>) {
    let end = min(lines.upperBound, page.lines.count)
    guard lines.lowerBound <= end else { return }
    let text = page.lines[(lines.lowerBound - 1)..<end].joined(separator: "\n")
    guard !text.trimmed.isEmpty else { return }
    page.rest.append(PageRest(text: text, lines: lines.lowerBound...end))
  }
}

extension String {
  fileprivate func components(separated marks: String) -> [String] {
    split(whereSeparator: { marks.contains($0) }).map(String.init)
  }
}
