// A server that lies, breaks off, hangs or shouts: `liar PORT MODE [ARGUMENT]`.
//
// It listens on 127.0.0.1 and ends on SIGTERM. `GET /` is answered with 200, so that the service
// is ready, except where the mode is about that or the argument is `always`; every other request
// gets what the mode says.

import Glibc

signal(SIGPIPE, SIG_IGN)
signal(SIGTERM) { _ in _exit(0) }

let arguments = CommandLine.arguments
guard arguments.count >= 3, let port = UInt16(arguments[1]), let mode = Mode(rawValue: arguments[2])
else {
  Liar.complain("usage: liar PORT MODE [ARGUMENT], with MODE one of: \(Mode.list)")
  exit(64)
}
let liar = Liar(mode: mode, port: port, argument: arguments.dropFirst(3).first ?? "")
liar.speak()
guard mode.listens else {
  while true { pause() }
}
guard let listener = Listener(port: port) else {
  Liar.complain("liar: port \(port) cannot be had")
  exit(1)
}
while let connection = listener.accept() {
  Connection.serve(connection) { liar.serve($0) }
}
