import Foundation

/// What a run leaves on the machine while it lives, and must not leave behind.
package enum RunTraces {
  /// Scratch folders of a run.
  package static func folders(of run: String) -> [String] {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: "/tmp")) ?? []
    return all.filter { $0.hasPrefix("parity-") }.map { "/tmp/\($0)" }.filter { folder in
      let owner = try? String(contentsOfFile: folder + "/owner.json", encoding: .utf8)
      return owner?.contains(run) ?? false
    }
  }

  /// Processes that name one of the folders, in their arguments or as their own folder.
  package static func processes(in folders: [String]) -> [Int32] {
    all.filter { id in
      let line = commandLine(of: id)
      let place = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/cwd")
      return folders.contains { line.contains($0) || (place ?? "").hasPrefix($0) }
    }
  }

  /// The arguments of every process, as everybody on the machine can read them.
  package static func commandLines() -> [String] { all.map(commandLine) }

  /// The process of a service that was started first.
  package static func leader(of service: String, in folders: [String]) -> Int32? {
    all.filter { id in
      let data = FileManager.default.contents(atPath: "/proc/\(id)/environ") ?? Data()
      let environment = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      return environment.contains("PARITY_SERVICE=\(service)")
        && environment.contains { entry in folders.contains { entry.contains($0) } }
    }.min()
  }

  /// The process that watches over a run.
  package static func guardian(of run: String) -> Int32? {
    struct Owner: Decodable {
      struct Identity: Decodable { var processID: Int32 }
      var guardian: Identity?
    }
    for folder in folders(of: run) {
      let data = FileManager.default.contents(atPath: folder + "/owner.json") ?? Data()
      if let owner = try? JSONDecoder().decode(Owner.self, from: data), let it = owner.guardian {
        return it.processID
      }
    }
    return nil
  }

  private static var all: [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
  }

  private static func commandLine(of id: Int32) -> String {
    let data = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
    return String(decoding: data, as: UTF8.self)
  }
}
