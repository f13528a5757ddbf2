import Auditing
import Evidence
import Files
import Formats
import FoundationEssentials

/// `<reports>/shard.json`: which part of a catalogue a machine was given, and what the others were.
///
/// It is written before anything is started, so that a machine that dies is known to have been
/// there, and one that never came is known to be missing.
struct ShardFile: Codable, Hashable {
  static let schemaVersion = 1
  static let name = "shard.json"

  var schema = Self.schemaVersion
  var shard: Shard
  /// The recipes of every shard, in the order of their numbers.
  var plan: [[String]]

  /// - Parameter recipes: of the whole plan.
  init(_ shard: Shard, of recipes: [String]) {
    self.shard = shard
    plan = Shard.divide(recipes, among: shard.count)
  }

  var recipes: [String] { plan[shard.number - 1] }

  func write(below reports: String, in tree: FileTree) throws {
    do {
      try tree.makeFolder(reports)
      try CoverageFile.write(self, to: "\(reports)/\(Self.name)", in: tree)
    } catch {
      throw Failure(.broken, "\(Self.name) cannot be written: \(error)")
    }
  }

  /// What is said before anything is started.
  var announcement: String {
    let all = plan.joined().count
    let total = all == 1 ? "1 recipe" : "\(all) recipes"
    return recipes.isEmpty
      ? "shard \(shard): none of \(total) falls to it; nothing is run here"
      : "shard \(shard): \(recipes.joined(separator: ", ")), of \(total)"
  }

  /// Nil where a folder has none.
  static func read(_ folder: FileTree) throws -> ShardFile? {
    let path = "\(folder.root)/\(name)"
    guard
      let file = try CoverageFile.read(
        ShardFile.self,
        at: path,
        in: folder,
        upTo: schemaVersion,
        \.schema
      )
    else { return nil }
    guard file.plan.count == file.shard.count, (1...file.plan.count).contains(file.shard.number)
    else {
      throw Failure(.broken, "\(path): shard \(file.shard) is out of range")
    }
    return file
  }
}
