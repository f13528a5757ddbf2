internal import Programs

/// Files of a container, packed: POSIX tar, with owners and modes.
extension Engine {
  private func archive(_ container: String) -> String { "/containers/\(container)/archive" }

  /// The archive of a path, which is small; nil where there is nothing.
  func archive(
    of path: String,
    in container: String,
    limit: Int
  ) async throws(EngineError) -> [UInt8]? {
    do throws(EngineError) {
      return try await send("GET", archive(container), [("path", path)], limit: limit)
    } catch {
      guard error.isNotFound else { throw error }
      return nil
    }
  }

  /// Whether a container has something at a path.
  func has(_ path: String, in container: String) async throws(EngineError) -> Bool {
    do throws(EngineError) {
      _ = try await send("HEAD", archive(container), [("path", path)])
      return true
    } catch {
      guard error.isNotFound else { throw error }
      return false
    }
  }

  /// Packs what is at a path, however much it is.
  ///
  /// - Returns: false where there is nothing.
  func pack(
    _ path: String,
    in container: String,
    to output: Program.Output,
    within limit: Duration
  ) async throws(EngineError) -> Bool {
    guard try await has(path, in: container) else { return false }
    try await copy(["\(container):\(path)", "-"], output: output, within: limit)
    return true
  }

  /// Unpacks an archive into a folder of a container. A file in the place of a folder is refused.
  ///
  /// - Parameter file: an open descriptor of the archive.
  func unpack(
    file: Int32,
    into folder: String,
    in container: String,
    within limit: Duration
  ) async throws(EngineError) {
    let places = ["-", "\(container):\(folder)"]
    try await copy(places, .descriptor(file), within: limit)
  }

  /// The same for a small archive.
  func unpack(
    _ archive: [UInt8],
    into folder: String,
    in container: String
  ) async throws(EngineError) {
    let places = ["-", "\(container):\(folder)"]
    try await copy(places, stdin: archive, within: .seconds(60))
  }

  /// `docker cp`.
  func copy(
    _ places: [String],
    _ input: Program.Input = .command,
    output: Program.Output = .kept,
    stdin: [UInt8] = [],
    within limit: Duration
  ) async throws(EngineError) {
    let result = try await docker.run(
      ["cp"] + places,
      stdin: stdin,
      deadline: limit,
      input: input,
      output: output
    )
    switch result.ending {
    case .exited(0): break
    case .timedOut: throw EngineError(.timedOut, "docker cp: not done within \(limit)")
    // Whoever took the output wanted no more, and knows why.
    case .signalled: throw EngineError(.malformed, "docker cp: \(result.ending)")
    default: throw EngineError(.unreachable, "docker cp: \(result.lastLine)")
    }
  }

  /// The end of a container's log.
  func log(of container: String, lines: Int) async throws(EngineError) -> String {
    let query = [("stdout", "1"), ("stderr", "1"), ("tail", String(lines))]
    let bytes = try await send(
      "GET",
      "/containers/\(container)/logs",
      query,
      within: .seconds(10)
    )
    var frames = OutputFrames()
    var text: [UInt8] = []
    try frames.feed(bytes) { _, part in text += part }
    return String(decoding: text, as: UTF8.self)
  }
}
