package import Files

/// Why something could not be read from a repository or a folder.
package struct GitError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: Hashable, Sendable {
    /// There is no `git` program on the path.
    case gitMissing
    case noSuchFolder
    /// The folder is in no repository, or in one without a work tree.
    case notARepository
    case unknownRevision
    /// What was given as a revision or a path has a form that is never passed on.
    case malformed
    /// The revision has nothing at that path, or not a folder.
    case noSuchPath
    /// A clone that was made without this object, or lost it.
    case missingObject
    /// A tree that must not be written to disk: a path or a link that leads out of it.
    case unsafeTree
    /// A submodule, or an object format that is not read.
    case unsupported
    /// An output or a file over its limit.
    case tooLarge
    case timedOut
    /// A server did not give what was asked for, and nothing was kept that would do.
    case notFetched
    /// There is no folder for clones that only this user can write to.
    case noCache
    /// The task that asked was cancelled.
    case cancelled
    /// Files that cannot be read or written.
    case unreadable(DiskPath.Failure)
    /// `git` ended with another status than was expected.
    case failed(status: Int32)
  }

  package var code: Code
  /// One line that starts with its subject.
  package var message: String

  package init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message
  }

  package var description: String { message }
}
