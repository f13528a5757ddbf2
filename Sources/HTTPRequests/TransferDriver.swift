import CLibcurl

/// Everything the loop's thread owns: libcurl's multi handle and the easy handles in it.
final class TransferDriver {
  private let multi: UnsafeMutableRawPointer
  private let options: HTTPClient.Options
  private var running: [UnsafeMutableRawPointer: EasyHandle] = [:]
  private var idle: [EasyHandle] = []
  /// Submitted, without room to run; first in, first out, from `firstWaiting`.
  private var waiting: [Transfer] = []
  private var firstWaiting = 0

  init(multi: UnsafeMutableRawPointer, options: HTTPClient.Options) {
    self.multi = multi
    self.options = options
    shim_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, max(1, options.keptConnections))
  }

  /// Runs until the orders say stop; returns with nothing running and nobody waiting.
  func run(_ takeOrders: () -> TransferLoop.Orders) {
    while true {
      let orders = takeOrders()
      waiting.append(contentsOf: orders.submitted)
      for transfer in orders.cancelled { cancel(transfer) }
      if orders.stops { break }
      startWaiting()
      var count: Int32 = 0
      let performed = curl_multi_perform(multi, &count)
      guard performed == CURLM_OK else {
        failAll(.other(code: Int(performed.rawValue), name: "multi: \(name(of: performed))"))
        continue
      }
      // What is done makes room, and what takes the room must be performed before any waiting.
      if finishDone() > 0, firstWaiting < waiting.count { continue }
      curl_multi_poll(multi, nil, 0, 60_000, nil)
    }
    failAll(.cancelled)
  }

  /// Frees every handle and closes every connection.
  func close() {
    idle = []
    curl_multi_cleanup(multi)
  }

  private func startWaiting() {
    while running.count < max(1, options.concurrentTransfers), firstWaiting < waiting.count {
      start(waiting[firstWaiting])
      firstWaiting += 1
    }
    if firstWaiting == waiting.count {
      waiting.removeAll(keepingCapacity: true)
      firstWaiting = 0
    }
  }

  private func start(_ transfer: Transfer) {
    guard let handle = idle.popLast() ?? EasyHandle() else {
      return transfer.fail(
        .other(code: Int(CURLE_OUT_OF_MEMORY.rawValue), name: "no memory"),
        at: .preparing
      )
    }
    let code = handle.prepare(transfer, userAgent: options.userAgent)
    guard code == CURLE_OK else {
      let error = handle.error(code, of: transfer)
      // Half set up: not to be used again.
      handle.release()
      return transfer.finish(.failure(error))
    }
    let added = curl_multi_add_handle(multi, handle.pointer)
    guard added == CURLM_OK else {
      handle.release()
      return transfer.fail(
        .other(code: Int(added.rawValue), name: "multi: \(name(of: added))"),
        at: .preparing
      )
    }
    running[handle.pointer] = handle
  }

  /// Ends every transfer that libcurl is through with, and says how many.
  private func finishDone() -> Int {
    var finished = 0
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle else {
        continue
      }
      // The message dies with the handle's removal.
      let code = shim_curl_message_result(message)
      guard let handle = running.removeValue(forKey: pointer), let transfer = handle.transfer
      else { continue }
      let result: Result<HTTPResponse, HTTPError> =
        code == CURLE_OK && transfer.refusal == nil
        ? .success(handle.response(of: transfer)) : .failure(handle.error(code, of: transfer))
      retire(handle)
      transfer.finish(result)
      finished += 1
    }
    return finished
  }

  private func cancel(_ transfer: Transfer) {
    if let index = waiting[firstWaiting...].firstIndex(where: { $0 === transfer }) {
      waiting.remove(at: index)
      return transfer.fail(.cancelled, at: .preparing)
    }
    guard let handle = running.values.first(where: { $0.transfer === transfer }) else { return }
    running[handle.pointer] = nil
    let error = handle.error(CURLE_ABORTED_BY_CALLBACK, of: transfer)
    retire(handle)
    transfer.fail(.cancelled, at: error.stage)
  }

  private func failAll(_ code: HTTPError.Code) {
    for handle in Array(running.values) {
      running[handle.pointer] = nil
      let transfer = handle.transfer
      retire(handle)
      transfer?.fail(code, at: .waiting)
    }
    for transfer in waiting[firstWaiting...] { transfer.fail(code, at: .preparing) }
    waiting = []
    firstWaiting = 0
  }

  private func retire(_ handle: EasyHandle) {
    curl_multi_remove_handle(multi, handle.pointer)
    handle.release()
    if idle.count < 64 { idle.append(handle) }
  }

  private func name(of code: CURLMcode) -> String {
    String(cString: curl_multi_strerror(code))
  }
}
