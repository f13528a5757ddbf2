internal import Files
internal import Glibc
internal import Synchronization

/// Descriptors that are closed once each, at the latest with their owner.
final class GuardedDescriptors: Sendable {
  private let descriptors: Mutex<[Int32]>

  init(_ descriptors: [Int32]) {
    self.descriptors = Mutex(descriptors)
  }

  deinit {
    descriptors.withLock { list in
      for descriptor in list where descriptor >= 0 { Glibc.close(descriptor) }
    }
  }

  func close(at index: Int) {
    descriptors.withLock { list in
      if list[index] >= 0 { Glibc.close(list[index]) }
      list[index] = -1
    }
  }
}

enum DescriptorList {
  static func close(_ descriptors: [Int32]) {
    for descriptor in descriptors { Glibc.close(descriptor) }
  }

  /// Copies what is left of a file; where it cannot, `errno` says why.
  static func copy(_ source: Int32, to target: Int32) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 1 << 17)
    while true {
      let count = Glibc.read(source, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { return false }
      if count == 0 { return true }
      guard DiskPath.write(buffer[..<count], to: target) == nil else { return false }
    }
  }
}
