import CCommit
import Commands

Tool.secureProcess()
// The guardian starts nothing of the rest: it must be ready before any other thread exists.
Tool.becomeGuardianIfAsked()
await Tool.main(commit: String(cString: shim_commit()))
