import Foundation

/// Looks again and again until something holds; false where it did not come to it in a minute.
package func eventually(_ holds: () throws -> Bool) async -> Bool {
  for _ in 0..<1200 {
    if (try? holds()) == true { return true }
    try? await Task.sleep(for: .milliseconds(50))
  }
  return false
}
