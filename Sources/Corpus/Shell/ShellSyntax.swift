/// A piece of a word of a shell script.
indirect enum ShellPiece: Sendable {
  case text(String)
  /// `$name`, `${name:-preset}`; the number or sign of a parameter of the call too.
  case variable(String, preset: ShellWord?)
  /// `${#name}`, `${name[1]}`, `${name[@]}`: the length, an element or the elements of a variable.
  case part(String, of: String)
  /// `$( … )`.
  case output([ShellStatement])
  /// Arithmetic and whatever else is only known at run time.
  case hole
}

struct ShellWord: Sendable {
  var pieces: [ShellPiece] = []

  /// The text of a word without anything to be filled in.
  var literal: String? {
    var text = ""
    for piece in pieces {
      guard case .text(let own) = piece else { return nil }
      text += own
    }
    return text
  }
}

struct ShellCommand: Sendable {
  var line: Int
  var assignments: [(name: String, value: ShellWord)] = []
  var words: [ShellWord] = []
  /// What it reads: a here-document, a here-string, or the output of a command.
  var input: ShellWord?
  /// The file that it reads.
  var inputFile: ShellWord?
  /// The file that takes its output.
  var output: ShellWord?
}

/// A command with what may stand around it.
struct ShellStatement: Sendable {
  indirect enum Kind: Sendable {
    case simple(ShellCommand)
    case pipeline([ShellStatement])
    case not(ShellStatement)
    case and(ShellStatement, ShellStatement)
    case or(ShellStatement, ShellStatement)
    case group([ShellStatement])
    case condition([(test: [ShellStatement], body: [ShellStatement])], otherwise: [ShellStatement]?)
    case loop(test: [ShellStatement], isUntil: Bool, body: [ShellStatement])
    case each(String, [ShellWord], body: [ShellStatement])
    case cases(ShellWord, [(patterns: [ShellWord], body: [ShellStatement])])
    /// `[[ … ]]`, word by word.
    case test([ShellWord])
    /// `(( … ))`.
    case arithmetic(String)
    case function(ShellFunction)
  }

  var line: Int
  var kind: Kind
}

final class ShellFunction: Sendable {
  let name: String
  /// True for `@test "…"` of bats.
  let isTest: Bool
  let body: [ShellStatement]
  let lines: ClosedRange<Int>

  init(name: String, isTest: Bool, body: [ShellStatement], lines: ClosedRange<Int>) {
    self.name = name
    self.isTest = isTest
    self.body = body
    self.lines = lines
  }
}
