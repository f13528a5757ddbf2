/// The commands of Redis that steps may send: what reads one key, and what plants and removes a marker.
///
/// What they return is told as rows, so that all that is expected of a query can be expected of them.
package enum RedisCommand {
  static let writing = ["SET", "DEL", "HSET", "RPUSH", "SADD", "ZADD", "EXPIRE"]

  /// Those that answer with a number of things, which is 0 where there is none.
  static let counting = [
    "EXISTS", "DBSIZE", "STRLEN", "HLEN", "HEXISTS", "LLEN", "SCARD", "SISMEMBER", "ZCARD", "XLEN",
  ]

  static let reading =
    counting + [
      "GET", "MGET", "TYPE", "TTL", "PTTL", "KEYS", "HGET", "HGETALL", "HKEYS", "LRANGE",
      "LINDEX", "SMEMBERS", "ZRANGE", "ZSCORE", "XRANGE",
    ]

  package static let all = (reading + writing).sorted()

  /// Those whose answer is a list of names, each with the value after it.
  package static let pairing = ["HGETALL"]
}
