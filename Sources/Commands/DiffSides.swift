import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials
import Git
import Suites

/// What the arguments of `parity diff` mean, and the way through both sides.
struct DiffSides: Sendable {
  var older: DiffSide
  var newer: DiffSide

  /// - Parameter location: of the project.
  init(_ older: String?, _ newer: String?, in location: ProjectOption) async throws {
    let resolver = Resolver(location: location)
    if let range = older.flatMap(Range.init), !resolver.isPath(older ?? "") {
      if newer != nil {
        throw Failure(
          .wrongUsage,
          "\"\(Console.quotable(older ?? ""))\" is a range and names both sides; leave the other out"
        )
      }
      (self.older, self.newer) = try await resolver.sides(of: range)
    } else {
      self.older = try await resolver.side(older ?? "HEAD", isDefault: older == nil)
      self.newer =
        if let newer { try await resolver.side(newer, isDefault: false) } else {
          try await resolver.workingTree()
        }
    }
    try restrict()
  }

  /// A file is of one recipe: of the other side only that one is compared.
  private mutating func restrict() throws {
    if older.isOneFile { newer = try Self.restricted(newer, to: older) }
    if newer.isOneFile { older = try Self.restricted(older, to: newer) }
  }

  private static func restricted(_ side: DiffSide, to file: DiffSide) throws -> DiffSide {
    let recipe = file.entries.keys.first ?? ""
    guard let entry = side.entries[recipe] else {
      let known = side.entries.keys.sorted(by: UTF8Order.precedes).joined(separator: ", ")
      throw Failure(
        .broken,
        "\(side.name) has no coverage of \(Console.quotable(recipe)), which \(file.name) is of; it "
          + "has \(known)"
      )
    }
    var side = side
    side.entries = [recipe: entry]
    return side
  }

  // MARK: Comparing

  /// Compares recipe by recipe, both sides of one at a time, and lets go of each.
  ///
  /// What has equal ids in git, or equal bytes, is not parsed.
  func diff(today: String) async throws -> CoverageDiff {
    let recipes = Set(older.entries.keys).union(newer.entries.keys)
      .sorted(by: UTF8Order.precedes)
    let candidates = recipes.filter { recipe in
      older.entries[recipe]?.source != newer.entries[recipe]?.source && !haveOneBlob(recipe)
    }
    let sizes = (try await older.sizes(candidates), try await newer.sizes(candidates))
    var found: [RecipeDiff] = []
    for batch in Self.batches(candidates, sizes.0, sizes.1) {
      let contents = (try await older.contents(batch), try await newer.contents(batch))
      for recipe in batch {
        let (a, b) = (contents.0[recipe], contents.1[recipe])
        if let a, let b, a == b { continue }
        found.append(try await compare(recipe, a, b, today: today))
      }
    }
    return CoverageDiff(
      from: older.name,
      to: newer.name,
      today: today,
      recipeCount: recipes.count,
      recipes: found
    )
  }

  private func haveOneBlob(_ recipe: String) -> Bool {
    guard case .blob(let a)? = older.entries[recipe]?.source,
      case .blob(let b)? = newer.entries[recipe]?.source
    else { return false }
    return a.id == b.id
  }

  /// Recipes whose files are read together: a process of git for each would take longer.
  private static func batches(
    _ recipes: [String],
    _ a: [String: Int],
    _ b: [String: Int]
  ) -> [[String]] {
    var batches: [[String]] = []
    var room = 0
    for recipe in recipes {
      let size = (a[recipe] ?? 0) + (b[recipe] ?? 0)
      if size > room || batches.isEmpty {
        batches.append([])
        room = batchSize
      }
      batches[batches.count - 1].append(recipe)
      room -= size
    }
    return batches
  }

  private static let batchSize = 16 << 20

  private func compare(
    _ recipe: String,
    _ a: [UInt8]?,
    _ b: [UInt8]?,
    today: String
  ) async throws -> RecipeDiff {
    async let first = model(a, older.entries[recipe])
    let second = try model(b, newer.entries[recipe])
    let models = (try await first, second)
    // Times need a record on both sides.
    let durations: ([Stage: Int]?, [Stage: Int]?)
    durations.0 = newer.entries[recipe]?.runs == nil ? nil : older.durations(recipe)
    durations.1 = durations.0 == nil ? nil : newer.durations(recipe)
    return RecipeDiff(
      recipe: recipe,
      from: models.0.map { RecipeDiff.Side($0, durations: durations.0) },
      to: models.1.map { RecipeDiff.Side($0, durations: durations.1) },
      today: today
    )
  }

  private func model(_ bytes: [UInt8]?, _ entry: DiffSide.Entry?) throws -> CoverageModel? {
    guard let bytes, let entry else { return nil }
    return try CoverageFile.model(bytes, shownAs: entry.shown)
  }

  // MARK: Arguments

  /// `A..B`, or `A...B` for what B did since it branched off; an end that is left out is HEAD.
  struct Range {
    var older: String
    var newer: String
    var isSinceBranching: Bool

    init?(_ text: String) {
      let dots = ["...", ".."].first { text.contains($0) }
      guard let dots, let place = text.firstRange(of: dots) else { return nil }
      let (a, b) = (String(text[..<place.lowerBound]), String(text[place.upperBound...]))
      guard !b.hasPrefix("."), !a.contains("/.") else { return nil }
      older = a.isEmpty ? "HEAD" : a
      newer = b.isEmpty ? "HEAD" : b
      isSinceBranching = dots == "..."
    }
  }

  private struct Resolver {
    var location: ProjectOption

    /// Whether an argument can be nothing but a path, or is the name of something that is there.
    func isPath(_ text: String) -> Bool {
      isCertainlyPath(text) || FileManager.default.fileExists(atPath: text)
    }

    private func isCertainlyPath(_ text: String) -> Bool {
      text.hasPrefix("/") || text.hasPrefix("./") || text.hasPrefix("../") || text == "."
        || text == ".."
    }

    func workingTree() async throws -> DiffSide {
      try DiffSide.project(try await location.workspace().project, name: "the working tree")
    }

    func sides(of range: Range) async throws -> (DiffSide, DiffSide) {
      let (folder, repository) = try await repository()
      var base = range.older
      if range.isSinceBranching {
        base = try await commit { () async throws(GitError) in
          try await repository.mergeBase(range.older, range.newer)
        }
      }
      let older = try await side(ofCommit: base, folder, repository)
      return (older, try await side(ofCommit: range.newer, folder, repository))
    }

    /// - Parameter isDefault: nobody wrote it, so that it is no path.
    func side(_ text: String, isDefault: Bool) async throws -> DiffSide {
      guard !text.isEmpty else { throw Failure(.wrongUsage, "empty revision") }
      let isThere = !isDefault && FileManager.default.fileExists(atPath: text)
      if isThere || isCertainlyPath(text) {
        if !isCertainlyPath(text), await isCommit(text) {
          throw Failure(
            .wrongUsage,
            "\"\(Console.quotable(text))\" is a path here and a commit too; write ./\(text) for the "
              + "path, or refs/heads/\(text) or refs/tags/\(text) for the commit"
          )
        }
        return try await path(text)
      }
      let (folder, repository) = try await repository()
      return try await side(ofCommit: text, folder, repository)
    }

    private func isCommit(_ text: String) async -> Bool {
      guard let (_, repository) = try? await repository() else { return false }
      return (try? await repository.resolve(text)) != nil
    }

    private func repository() async throws -> (folder: String, GitRepository) {
      let folder = try await location.workspace().project.folder
      let repository = try await commit { () async throws(GitError) in
        try await GitRepository(at: folder)
      }
      return (folder, repository)
    }

    private func side(
      ofCommit revision: String,
      _ folder: String,
      _ repository: GitRepository
    ) async throws -> DiffSide {
      // The project's place in the commit is that in the work tree.
      let real = (try? DiskPath(folder).resolved().description) ?? folder
      do {
        return try await DiffSide.commit(revision, of: real, in: repository)
      } catch let error as GitError where error.code == .unknownRevision {
        throw Failure(.wrongUsage, "\(error.message), and no path here")
      } catch let error as GitError where error.code == .malformed {
        throw Failure(.wrongUsage, error.message)
      } catch let error as GitError {
        throw Failure(.broken, error.message)
      }
    }

    private func commit<Value>(
      _ body: () async throws(GitError) -> Value
    ) async throws -> Value {
      do {
        return try await body()
      } catch {
        throw Failure(error.code == .unknownRevision ? .wrongUsage : .broken, error.message)
      }
    }

    private func path(_ text: String) async throws -> DiffSide {
      let name = text.count > 1 && text.hasSuffix("/") ? String(text.dropLast()) : text
      guard let isFolder = Console.isFolder(name) else {
        throw Failure(.wrongUsage, "\"\(Console.quotable(text))\" is not there")
      }
      if !isFolder { return try DiffSide.file(name, name: name) }
      if FileManager.default.fileExists(atPath: "\(name)/\(ProjectLoader.fileName)") {
        return try DiffSide.project(try await location.workspace(at: name).project, name: name)
      }
      let own = "\(name)/coverage.json"
      if FileManager.default.fileExists(atPath: own) { return try DiffSide.file(own, name: own) }
      return try DiffSide.reports(name, name: name)
    }
  }
}
