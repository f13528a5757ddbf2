extension RunRecord {
  /// What stood for the real thing: as the suite declares it, and as the driver found it when it ran.
  package var standins: [Standin] {
    let found = stages.flatMap(\.operations).compactMap { operation -> Standin? in
      guard let service = operation.facts["service"], let image = operation.facts["in place of"],
        let program = operation.facts["runs"]
      else { return nil }
      return Standin(service: service, what: "\(program) in place of \(image)", versions: [])
    }
    var seen = Set(header.standins.map(\.service))
    return header.standins + found.filter { seen.insert($0.service).inserted }
  }
}

extension Reason.Code {
  /// Why something that was looked at is not known, where nobody failed.
  package var isTooLittle: Bool {
    switch self {
    case .storeNeverWritten, .versionNotShown: true
    default: false
    }
  }
}
