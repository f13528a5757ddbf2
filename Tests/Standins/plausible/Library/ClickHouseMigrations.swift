/// The statements that make and change the ClickHouse schema, in what 18.16 understands.
enum ClickHouseMigrations {
  static let first = [
    """
    CREATE TABLE IF NOT EXISTS events_v2 (
      timestamp DateTime,
      name String,
      site_id UInt64,
      user_id UInt64,
      session_id UInt64,
      hostname String,
      pathname String,
      referrer String,
      referrer_source String,
      country_code FixedString(2),
      browser String,
      operating_system String,
      screen_size String,
      `meta.key` Array(String),
      `meta.value` Array(String)
    ) ENGINE = MergeTree PARTITION BY toYYYYMM(timestamp)
    ORDER BY (site_id, toDate(timestamp), name, user_id, timestamp)
    """,
    """
    CREATE TABLE IF NOT EXISTS sessions_v2 (
      session_id UInt64,
      sign Int8,
      site_id UInt64,
      user_id UInt64,
      hostname String,
      start DateTime,
      timestamp DateTime,
      entry_page String,
      exit_page String,
      pageviews Int32,
      events Int32
    ) ENGINE = CollapsingMergeTree(sign) PARTITION BY toYYYYMM(start)
    ORDER BY (site_id, toDate(start), user_id, session_id)
    """,
    """
    CREATE TABLE IF NOT EXISTS schema_migrations (version Int64, inserted_at DateTime)
    ENGINE = TinyLog
    """,
  ]

  static let importedPages = """
    CREATE TABLE IF NOT EXISTS imported_pages (site_id UInt64, date Date, page String, visitors UInt64)
    ENGINE = MergeTree PARTITION BY toYYYYMM(date) ORDER BY (site_id, date)
    """
}
