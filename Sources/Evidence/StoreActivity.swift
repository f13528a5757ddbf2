/// Whether the app wrote a store in a run.
///
/// Whoever takes inventories tells what was done before each: the app's doing is compared with what was
/// there before, that of the tool itself (markers, drops, restores) is not.
package struct StoreActivity: Sendable {
  /// What the app was first seen to change; nil while it has changed nothing.
  package private(set) var written: InventoryDifference?
  private var last: Inventory?

  /// - Parameter installed: as the store was when the app was ready.
  package init(installed: Inventory? = nil) { last = installed }

  /// Only the app has acted since the last inventory, on requests or by itself.
  ///
  /// - Parameter drift: what changes without any request; it shows nothing.
  package mutating func appActed(
    _ now: Inventory,
    leavingOut volatile: [VolatileParts] = [],
    _ drift: InventoryDrift = InventoryDrift()
  ) {
    defer { last = now }
    guard written == nil, let last else { return }
    let difference = last.difference(to: now, leavingOut: volatile, drift)
    if !difference.isEmpty { written = difference }
  }

  /// The tool itself has planted, dropped or restored something since.
  package mutating func toolActed(_ now: Inventory) { last = now }
}
