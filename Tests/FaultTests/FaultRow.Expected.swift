import Evidence

extension FaultRow {
  /// What the tool must make of the fault.
  struct Expected: Decodable, Sendable {
    var exit: Int32
    /// By the claim's id.
    var claims: [String: Verdict.Word]
    /// By the check's id.
    var checks: [String: Outcome.Word]
    /// What the control of a check came to, by the check's id.
    var controls: [String: String]
    /// Rule ids that are among the findings.
    var findings: [String]
    var level: Int?
    /// What a person reads on the terminal.
    var says: [String]
    var writesNothing: Bool

    init() {
      (exit, claims, checks, controls, findings) = (0, [:], [:], [:], [])
      (level, says, writesNothing) = (nil, [], false)
    }

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case exit, claims, checks, controls, findings, level, says, writes
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.strict(CodingKeys.self)
      func value<T: Decodable>(_ key: CodingKeys, _ fallback: T) throws -> T {
        try container.decodeIfPresent(T.self, forKey: key) ?? fallback
      }
      exit = try container.decode(Int32.self, forKey: .exit)
      claims = try value(.claims, [:])
      checks = try value(.checks, [:])
      controls = try value(.controls, [:])
      findings = try value(.findings, [])
      level = try container.decodeIfPresent(Int.self, forKey: .level)
      says = try container.decode([String].self, forKey: .says)
      switch try container.decodeIfPresent(String.self, forKey: .writes) {
      case nil: writesNothing = false
      case "nothing"?: writesNothing = true
      case let other?:
        throw DecodingError.dataCorruptedError(
          forKey: .writes,
          in: container,
          debugDescription: "\(other) is not `nothing`"
        )
      }
    }

    /// Whether the coverage of a run is looked at.
    var needsCoverage: Bool {
      !(claims.isEmpty && checks.isEmpty && controls.isEmpty && findings.isEmpty) || level != nil
    }
  }
}
