import Auditing
import Drafting
import Evidence
import Files
import FoundationEssentials
import Git
import Glibc
import Importing
import Suites

/// The older tests of one recipe, or a page about them.
struct AdoptionSource {
  enum Kind { case folder, page }

  let recipe: String
  let kind: Kind
  /// As it is named on the command line, or below it.
  let path: String
  /// Whether what was named is a folder of several.
  var isOfSeveral = false

  /// As the suite's own files name it, which are not of this machine.
  var shown: String {
    guard path.hasPrefix("/") else { return path }
    let here = FileManager.default.currentDirectoryPath + "/"
    if path.hasPrefix(here) { return String(path.dropFirst(here.count)) }
    return path.split(separator: "/").last.map(String.init) ?? path
  }

  /// What a path of the command line holds.
  ///
  /// - Parameter recipe: as it was asked for.
  /// - Throws: where it holds nothing that can be adopted.
  static func all(at path: String, recipe: String?) async throws -> [AdoptionSource] {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard Console.isFolder(path) == true else {
      return [try await page(ImportFile(path: path), recipe)]
    }
    if AdoptedFolder.isOne(path) {
      let real = SuiteFiles(folder: path).resolved("") ?? path
      let name = recipe ?? real.split(separator: "/").last.map(String.init) ?? ""
      return [AdoptionSource(recipe: try checked(name), kind: .folder, path: path)]
    }
    let folders = (SuiteFiles(folder: path).entries(in: "") ?? []).filter {
      $0.isFolder && AdoptedFolder.isOne("\(path)/\($0.name)")
    }
    guard !folders.isEmpty else {
      throw Failure(
        .wrongUsage,
        "\(Console.quotable(path)): neither a recipe's older tests (recipe_meta.py, functional/, custom/, "
          + "PARITY.md) nor a folder of several"
      )
    }
    return try folders.map { entry in
      AdoptionSource(
        recipe: try checked(entry.name),
        kind: .folder,
        path: path == "/" ? "/\(entry.name)" : "\(path)/\(entry.name)",
        isOfSeveral: true
      )
    }
  }

  private static func page(_ file: ImportFile, _ recipe: String?) async throws -> AdoptionSource {
    guard case .page = try await file.locating({ try file.kind() }) else {
      throw Failure(
        .wrongUsage,
        "\(Console.quotable(file.path)) holds results; `parity import` reads them"
      )
    }
    let page = try await file.locating { try PageOutput.page(file) }
    guard page.own.isEmpty else {
      let hint = "a page that parity wrote: its suite is there already"
      throw Failure(.wrongUsage, "\(Console.quotable(file.path)): \(hint)")
    }
    guard let name = recipe ?? page.recipe else {
      let hint = "does not say which recipe it is of: name it with --recipe"
      throw Failure(.wrongUsage, "\(Console.quotable(file.path)) \(hint)")
    }
    return AdoptionSource(recipe: try checked(name), kind: .page, path: file.path)
  }

  private static func checked(_ name: String) throws -> String {
    if Project.isRecipeName(name) { return name }
    let hint = "letters, digits, - _ . only; name it with --recipe"
    throw Failure(.wrongUsage, "\"\(Console.quotable(name))\" is not a recipe name: \(hint)")
  }
}

/// A suite made of older tests, which was loaded before anything is written.
struct Adoption {
  let source: AdoptionSource
  let suite: AdoptedSuite
  let files: [NewFile]
  /// Where the recipe is; nil where `parity.yml` says it, or nobody.
  let origin: DraftSource?

  /// - Parameters:
  ///   - from: the recipe, as the command line has it; of one of several, the folder of all.
  ///   - project: nil where there is none yet.
  /// - Throws: where a file that must be read is wrong, and where what comes out of it is no suite.
  init(
    _ source: AdoptionSource,
    from: String?,
    project: Project?,
    writesLocal: Bool
  ) async throws {
    self.source = source
    var settings = AdoptedSettings()
    var scripts: [NewFile] = []
    var page: String?
    switch source.kind {
    case .page: page = source.path
    case .folder:
      guard let folder = await AdoptedFolder(source.path, shown: source.shown) else {
        throw Failure(
          .broken,
          "python3 is not installed: it reads the older tests (package python3)"
        )
      }
      if !folder.mistakes.isEmpty { throw SuiteErrors(folder.mistakes) }
      settings = AdoptedSettings(folder)
      for file in folder.files {
        guard let target = file.target else { continue }
        scripts.append(NewFile(target, file.bytes, isExecutable: file.isExecutable))
      }
      if folder.page != nil { page = "\(source.path)/\(AdoptedFolder.pageFile)" }
    }
    if let page {
      let file = ImportFile(path: page)
      let claims = try await file.locating { try PageOutput.page(file) }
      let isOwn = source.kind == .page
      let shown = isOwn ? source.shown : "\(source.shown)/\(AdoptedFolder.pageFile)"
      let checks = try Self.load(scripts, source).checks.map { ($0.id, $0.place.file) }
      settings.take(claims, shown: shown, checks: checks, files: scripts.map(\.path))
    }
    let (recipe, origin) = try await Self.recipe(source, from, project, settings)
    self.origin = origin
    suite = AdoptedSuite(
      recipe,
      settings,
      source: source.shown,
      programs: MachinePrograms.names,
      writesLocal: writesLocal
    )
    files =
      suite.draft.files.map { NewFile($0.path, Array($0.content.utf8)) } + scripts
      + [NewFile(AdoptedSuite.noteFile, Array(suite.note.utf8))]
    _ = try Self.load(files, source)
  }

  private static func recipe(
    _ source: AdoptionSource,
    _ from: String?,
    _ project: Project?,
    _ settings: AdoptedSettings
  ) async throws -> (DraftedRecipe, DraftSource?) {
    var asked = from
    if let from, source.isOfSeveral {
      let own = from.hasSuffix("/") ? from + source.recipe : "\(from)/\(source.recipe)"
      asked = Console.isFolder(own) == true ? own : nil
    }
    let origin: DraftSource?
    let folder: String
    if let asked {
      let found = try await DraftSource(asked)
      (origin, folder) = (found, found.folder)
    } else if case .folder(let path)? = project?.recipes[source.recipe] {
      (origin, folder) = (nil, path)
    } else if case .git(let git)? = project?.recipes[source.recipe] {
      do throws(GitError) {
        (origin, folder) = (nil, try await FetchedSources().fetch(git).files())
      } catch {
        throw Failure(.broken, "recipe \(source.recipe): \(error.message)")
      }
    } else {
      return (DraftedRecipe(unknown: source.recipe), nil)
    }
    do throws(SuiteErrors) {
      let recipe = try DraftedRecipe(name: source.recipe, folder: folder, adopting: settings)
      return (recipe, origin)
    } catch {
      throw error.below(asked ?? folder)
    }
  }

  /// Loads files as a suite, in a folder of their own that is gone afterwards.
  private static func load(_ files: [NewFile], _ source: AdoptionSource) throws -> Suite {
    let base = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
    var template = Array("\(base)/parity-adopt-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure(.broken, "no folder can be made in \(base)")
    }
    let place = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let tree = FileTree(place)
    defer { FolderRemoval.remove(place) }
    let folder = "\(place)/\(source.recipe)"
    let isWhole = files.contains { $0.path == "recipe.yml" }
    try SuiteWriter.write(
      files + (isWhole ? [] : [NewFile("recipe.yml", [])]),
      to: folder,
      in: tree
    )
    do throws(SuiteErrors) {
      return try SuiteLoader.load(folder: folder, name: source.recipe).suite
    } catch {
      throw error.below(source.path)
    }
  }
}
