import ArgumentParser
import FoundationEssentials
import Glibc
import PlausibleStandin

let command = StandinCommand.parseOrExit()
do {
  let options = try command.options(ProcessInfo.processInfo.environment)
  exit(await StandinService(options, log: .standardError).run())
} catch {
  Log.standardError.line("\(error)")
  exit(64)
}
