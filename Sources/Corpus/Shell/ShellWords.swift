/// A command line as one text, cut into words as a shell would.
enum ShellWords {
  static func split(_ text: String) -> [String] {
    var words: [[UInt8]] = []
    var word: [UInt8] = []
    var isOpen = false
    var quote: UInt8 = 0
    for byte in text.utf8 {
      if quote != 0 {
        if byte == quote { quote = 0 } else { word.append(byte) }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
        isOpen = true
      } else if byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\t")
      {
        if isOpen || !word.isEmpty { words.append(word) }
        (word, isOpen) = ([], false)
      } else {
        word.append(byte)
      }
    }
    if isOpen || !word.isEmpty { words.append(word) }
    return words.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension ShellWords {
  /// Programs that reach for nothing that an older script could be about, and say nothing of it.
  static let harmless: Set<String> = [
    "alias", "apk", "apt", "apt-get", "basename", "bc", "cat", "cd", "chmod", "chown", "clear",
    "cp",
    "cut", "date", "declare", "dirname", "disown", "du", "env", "exec", "expr", "export", "false",
    "find", "getopts", "gzip", "hash", "head", "hostname", "id", "install", "jobs", "kill", "let",
    "ln", "local", "logger", "ls", "mkdir", "mktemp", "mv", "nl", "pip", "pip3", "popd", "pushd",
    "pwd", "readlink", "readonly", "realpath", "rm", "rmdir", "seq", "shopt", "shuf", "sleep",
    "sort", "stat", "stty", "sync", "tail", "tar", "tee", "time", "touch", "tput", "tr", "true",
    "truncate", "type", "typeset", "ulimit", "umask", "unalias", "uname", "unset", "unzip",
    "usleep", "uuidgen", "wait", "wc", "which", "whoami", "yes", "zip", "sha256sum", "sha1sum",
    "md5sum", "diff", "cmp", "grep", "jq", "od", "xxd", "split", "dd", "openssl-rand", "pkill",
  ]
}
