import Deployments
import Formats
import Programs

/// Files of services, as these see them.
extension RunningStack {
  /// A file as the service sees it. The engine follows a link, and never out of the container.
  func hasFolder(_ path: String, of name: String) async throws(DeploymentError) -> Bool? {
    let place = try await place(of: name)
    do throws(EngineError) {
      return try await place.engine.has(path, in: place.container)
    } catch {
      throw DeploymentError(error, "\(name): \(path)")
    }
  }

  func read(_ path: String, of name: String, limit: Int) async throws(DeploymentError)
    -> [UInt8]?
  {
    let place = try await place(of: name)
    do throws(EngineError) {
      let archive = try await place.engine.archive(
        of: path,
        in: place.container,
        limit: limit + (1 << 20)
      )
      guard let archive else { return nil }
      var scanner = TarScanner()
      try scanner.feed(archive)
      guard scanner.entries.count == 1, let entry = scanner.entries.first, entry.kind == .file
      else { return nil }
      guard entry.size <= limit, entry.offset + entry.size <= archive.count else {
        throw EngineError(.malformed, "\(entry.size) bytes, limit \(limit)")
      }
      return Array(archive[entry.offset..<(entry.offset + entry.size)])
    } catch {
      throw DeploymentError(error, "\(name): \(path)")
    }
  }

  /// Writes as the service's own user, by `tee`, which takes the path as one argument; where the
  /// image has none, through the engine, as root.
  func write(_ content: [UInt8], to path: String, of name: String)
    async throws(DeploymentError)
  {
    let place = try await place(of: name)
    let command = Command(argv: ["tee", "--", path], stdin: content, outputLimit: 4096)
    let output = try await run(command, at: place)
    if output.succeeded { return }
    guard case .exited(let code) = output.ending, code == 126 || code == 127,
      let slash = path.lastIndex(of: "/")
    else {
      throw DeploymentError(.driverBroken, "\(path): cannot be written: \(output.lastLine)")
    }
    let folder = slash == path.startIndex ? "/" : String(path[..<slash])
    do throws(EngineError) {
      let archive = try await PlainArchive.file(String(path[path.index(after: slash)...]), content)
      try await place.engine.unpack(archive, into: folder, in: place.container)
    } catch {
      throw DeploymentError(error, "\(name): \(folder)")
    }
  }

  /// By the archive that the engine packs of it; in a folder there is little.
  func whatIs(at path: String, of name: String) async throws(DeploymentError) -> StoredPath? {
    let place = try await place(of: name)
    do throws(EngineError) {
      let archive = try await place.engine.archive(of: path, in: place.container, limit: 64 << 20)
      guard let archive else { return nil }
      var scanner = TarScanner()
      try scanner.feed(archive)
      return scanner.entries.first.flatMap { SwarmContents.paths([$0]).first }
    } catch {
      throw DeploymentError(error, "\(name): \(path)")
    }
  }

  /// As the service's own user, by programs of the image.
  func make(_ item: PathItem, at path: String, of name: String)
    async throws(DeploymentError)
  {
    let command = Command(argv: item.command(at: path), outputLimit: 4096)
    let output = try await run(command, at: try await place(of: name))
    guard output.succeeded else {
      throw DeploymentError(.driverBroken, "\(path): cannot be made: \(output.lastLine)")
    }
  }
}
