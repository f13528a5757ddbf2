import Evidence
import MarkdownDocuments

/// Reads the pages that this tool writes. Where a claim stands on them is told at `ParityPage`.
enum OwnPage {
  /// The line below which such a page holds the suite's own prose and nothing else.
  static let notesMark = "<!-- notes: the suite's own words"

  /// Nil for a page that somebody else wrote.
  ///
  /// A claim has the reason of its verdict where that stands beside it; what a stand-in showed and what
  /// is vacuous has none.
  static func claims(_ document: MarkdownDocument) -> [PageClaim]? {
    var reading = OwnPageReading()
    for block in document.blocks { reading.add(block) }
    return reading.claims ?? OlderOwnPage.claims(document)
  }

  static func recipe(_ document: MarkdownDocument) -> String? {
    for case .heading(level: 1, let content) in document.blocks.map(\.kind) {
      let text = content.plainText
      return text.firstRange(of: "— ").map { String(text[$0.upperBound...]) }
    }
    return nil
  }

  static func claim(
    _ id: String,
    _ verdict: Verdict,
    about: String = "",
    checks: [CheckID] = [],
    text: String,
    lines: ClosedRange<Int>
  ) -> PageClaim? {
    guard let part = ClaimPart(rawValue: String(id.prefix(2))) else { return nil }
    var claim = PageClaim(.own, text: text, lines: lines)
    claim.word = verdict.word.shown
    claim.status =
      switch verdict.word {
      case .proven, .provenOnStandin, .vacuous: .claimed
      case .refuted: .failing
      case .deferred: .deferred
      case .notApplicable, .declared: .skipped
      case .unproven: .unknown
      }
    claim.own = Claim(id: id, part: part, about: about, verdict: verdict, checks: checks)
    return claim
  }
}

extension Verdict {
  /// A verdict as a page tells it.
  init(_ word: Word, told: String, until: String = "") {
    let reason = Reason.told(told)
    self =
      switch word {
      case .proven: .proven
      case .provenOnStandin: .provenOnStandin(reason: reason)
      case .refuted: .refuted(reason: reason)
      case .unproven: .unproven(reason: reason)
      case .vacuous: .vacuous(reason: reason)
      case .declared: .declared(reason: reason)
      case .deferred: .deferred(reason: reason, until: until)
      case .notApplicable: .notApplicable(reason: reason)
      }
  }
}

/// A page, block by block.
private struct OwnPageReading {
  private var section = ""
  private var isOwn = false
  /// What is not proven, with its reason, by id.
  private var told: [String: PageClaim] = [:]
  /// Every claim where it stands in its own part.
  private var found: [PageClaim] = []

  /// Nil where the page has no part of this tool's.
  var claims: [PageClaim]? {
    guard isOwn else { return nil }
    let ids = Set(found.compactMap(\.own?.id))
    return found.map { claim in
      guard let known = told[claim.own?.id ?? ""], var own = claim.own else { return claim }
      own.verdict = known.own?.verdict ?? own.verdict
      var claim = claim
      claim.own = own
      return claim
    } + told.filter { !ids.contains($0.key) }.sorted { $0.key < $1.key }.map(\.value)
  }

  mutating func add(_ block: MarkdownBlock) {
    switch block.kind {
    case .heading(let level, let content):
      section = content.plainText
      isOwn = isOwn || level == 2 && section == "Lifecycle (P1)"
    case .paragraph(let content):
      guard let part = part, let word = Self.word(content.plainText) else {
        // Health checks follow, of which nothing is claimed.
        if part == "P3", content.plainText.hasSuffix(":") { section = "" }
        return
      }
      add(part, Verdict(word, told: ""), content, block.lines)
    case .list(let list) where part == "P3": for item in list.items { addChecks(item) }
    case .list(let list) where part == nil && !["", "Deferred"].contains(section):
      for item in list.items { addTrouble(item) }
    case .table(let table): for row in table.rows { add(row, of: table) }
    default: break
    }
  }

  /// `P2` or `P3`, in whose section a sign at the beginning of a paragraph is the verdict.
  private var part: String? { ["P2", "P3"].first { section.hasSuffix("(\($0))") } }

  private mutating func add(
    _ id: String,
    _ verdict: Verdict,
    about: String = "",
    _ content: [MarkdownInline],
    _ lines: ClosedRange<Int>
  ) {
    let claim = OwnPage.claim(id, verdict, about: about, text: content.plainText, lines: lines)
    if let claim { found.append(claim) }
  }

  private static let signs: [(sign: String, word: Verdict.Word)] = [
    ("✓", .proven), ("◇", .provenOnStandin), ("✗", .refuted), ("?", .unproven), ("∅", .vacuous),
    ("✎", .declared), ("⏳", .deferred), ("–", .notApplicable),
  ]

  /// A sign, with its word where it is neither proven nor of a stand-in.
  private static func word(_ text: String) -> Verdict.Word? {
    signs.first { sign, word in
      let isPlain = word == .proven || word == .provenOnStandin
      return text.hasPrefix(isPlain ? sign : "\(sign) \(word.shown)")
    }?.word
  }

  /// An item of P3; rows of `cases` stand by their names behind the check's.
  private mutating func addChecks(_ item: MarkdownList.Item) {
    guard case .paragraph(let content)? = item.blocks.first?.kind,
      let word = Self.word(content.plainText)
    else { return }
    var codes: [String] = []
    var about = ""
    for inline in content {
      switch inline {
      case .link(let link): codes.append(link.content.plainText)
      case .code(let text): codes.append(text)
      case .strong(let text) where about.isEmpty: about = text.plainText
      default: break
      }
    }
    let name = codes.firstIndex { $0.hasPrefix("::") }
    guard let whole = name.map({ codes[..<$0].joined() + codes[$0] }) ?? codes.first else { return }
    let rows = codes.dropFirst((name ?? 0) + 1)
    for id in rows.isEmpty ? [whole] : rows.map({ "\(whole)[\($0)]" }) {
      add("P3/\(id)", Verdict(word, told: ""), about: about, content, item.lines)
    }
  }

  /// A verdict's word, ids, and the reason as the first item below.
  private mutating func addTrouble(_ item: MarkdownList.Item) {
    guard case .paragraph(let content)? = item.blocks.first?.kind,
      let word = Self.word(content.plainText), item.blocks.count > 1,
      case .list(let list) = item.blocks[1].kind,
      case .paragraph(let cause)? = list.items.first?.blocks.first?.kind
    else { return }
    var until = ""
    for case .emphasis(let text) in content.prefix(4) { until = text.plainText }
    for case .code(let id) in content where id.hasPrefix("P") {
      told[id] = OwnPage.claim(
        id,
        Verdict(word, told: cause.plainText, until: until),
        text: content.plainText,
        lines: item.lines
      )
    }
  }

  private mutating func add(_ row: MarkdownTable.Row, of table: MarkdownTable) {
    let cells = row.cells.map(\.plainText)
    guard let head = table.header.cells.first?.plainText, cells.count >= 3 else { return }
    func add(_ id: String, _ cell: Int, about: String = "", checks: [CheckID] = []) {
      guard cell < cells.count, let word = Self.word(cells[cell]) else { return }
      let claim = OwnPage.claim(
        id,
        Self.verdict(word, row.cells[cell].content),
        about: about,
        checks: checks,
        text: cells.joined(separator: " | "),
        lines: row.line...row.line
      )
      if let claim { found.append(claim) }
    }
    let name = row.cells[0].content.first.map { [$0].plainText } ?? ""
    switch (head, section) {
    case ("stage", "Lifecycle (P1)"): add("P1/\(cells[0])", 1)
    case ("original", _) where part == "P2" && cells.count == 4:
      let checks = OlderOwnPage.names(row.cells[1].content).compactMap { CheckID($0) }
      add("P2/\(cells[0])", 3, about: cells[2], checks: checks)
    case ("store", "What survives (P4)"):
      for (place, part) in ["upgrade", "dropped", "restored", "recovered"].enumerated() {
        add("P4/\(name)/\(part)", place + 2)
      }
    default: break
    }
  }

  /// `⏳ deferred until *x*: reason`, where what is deferred has an end.
  private static func verdict(_ word: Verdict.Word, _ content: [MarkdownInline]) -> Verdict {
    let end = content.firstIndex { if case .emphasis = $0 { true } else { false } }
    var until = ""
    if let end, case .emphasis(let text) = content[end] { until = text.plainText }
    let rest = (end.map { content[($0 + 1)...] } ?? content[...]).plainText
    let reason = rest.firstRange(of: ": ").map { String(rest[$0.upperBound...]) } ?? ""
    return Verdict(word, told: reason, until: until)
  }
}

/// Pages of before December 2026: every claim is a row whose last columns are what they are on each.
enum OlderOwnPage {
  private enum Layout {
    static let first: [String: String] = ["original": "P2/", "claim": ""]
    static let rest = ["check", "what's verified", "status and reason"]
  }

  static func claims(_ document: MarkdownDocument) -> [PageClaim]? {
    var claims: [PageClaim] = []
    var isOwn = false
    for case .table(let table) in document.blocks.map(\.kind) {
      let header = table.header.cells.map { PageText.plain($0.plainText) }
      guard let first = header.first, let prefix = Layout.first[first],
        Array(header.dropFirst()) == Layout.rest
      else { continue }
      isOwn = true
      for row in table.rows { claims += self.claims(row, prefix) }
    }
    return isOwn ? claims : nil
  }

  /// What stands as code in a cell; `[css]` is another row of what stands before it.
  static func names(_ content: [MarkdownInline]) -> [String] {
    var names: [String] = []
    for case .code(let text) in content {
      if text.hasPrefix("["), let before = names.last {
        names.append(String(before.prefix { $0 != "[" }) + text)
      } else {
        names.append(text)
      }
    }
    return names
  }

  /// Nil for a status whose word is none of this tool's.
  private static func verdict(_ content: [MarkdownInline]) -> Verdict? {
    guard case .strong(let strong)? = content.first,
      let word = Verdict.Word.allCases.first(where: { $0.shown == strong.plainText })
    else { return nil }
    var rest = content.dropFirst()
    var until = ""
    if word == .deferred {
      guard case .emphasis(let trigger)? = rest.dropFirst().first else { return nil }
      until = trigger.plainText
      rest = rest.dropFirst(2)
    }
    return Verdict(word, told: String(rest.plainText.dropFirst(2)), until: until)
  }

  /// - Parameter prefix: stands before the ids of this table.
  private static func claims(_ row: MarkdownTable.Row, _ prefix: String) -> [PageClaim] {
    guard row.cells.count == 4 else { return [] }
    let cells = row.cells
    let ids = prefix.isEmpty ? names(cells[0].content) : [prefix + cells[0].plainText]
    let checks = names(cells[1].content).compactMap { CheckID($0) }
    let text = cells.map(\.plainText).joined(separator: " | ")
    return ids.enumerated().map { index, id in
      let verdict = verdict(cells[3].content)
      let own = ids.count == 1 ? checks : index < checks.count ? [checks[index]] : []
      let claim = verdict.flatMap {
        OwnPage.claim(
          id,
          $0,
          about: cells[2].plainText,
          checks: own,
          text: text,
          lines: row.line...row.line
        )
      }
      if let claim { return claim }
      var unknown = PageClaim(.own, text: text, lines: row.line...row.line)
      unknown.status = .unknown
      unknown.word = cells[3].plainText
      return unknown
    }
  }
}
