internal import CLinux
internal import Glibc

/// What keeps others of this process's own user out of it.
package enum RunnerProtection {
  /// From now on neither its memory nor its environment can be read by processes of the same user,
  /// such as services of a run that is not root's; what it starts is not concerned.
  package static func hide() { _ = shim_linux_set_dumpable(0) }
}
