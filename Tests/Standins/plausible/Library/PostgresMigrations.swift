/// The statements that make and change the PostgreSQL schema, one script a version.
enum PostgresMigrations {
  static func script(to version: Int, losing loss: MigrationLoss?) -> String {
    let losses =
      switch loss {
      case nil: ""
      case .allSites:
        """
        CREATE TABLE sites_new (LIKE sites INCLUDING ALL);
        DROP TABLE sites CASCADE;
        ALTER TABLE sites_new RENAME TO sites;
        """
      case .oldestSites(let count):
        "DELETE FROM sites WHERE id IN (SELECT id FROM sites ORDER BY id LIMIT \(count));"
      }
    return """
      \(version == 1 ? first : second)
      \(losses)
      INSERT INTO schema_migrations VALUES (\(version), now() AT TIME ZONE 'UTC');
      """
  }

  // In the order of their names `api_keys` is the first object of a dump, `weekly_reports` the last.
  private static let first = """
    CREATE TABLE schema_migrations (
      version bigint PRIMARY KEY,
      inserted_at timestamp(0)
    );
    CREATE TABLE users (
      id bigserial PRIMARY KEY,
      email text NOT NULL UNIQUE,
      name text,
      inserted_at timestamp(0) NOT NULL,
      updated_at timestamp(0) NOT NULL
    );
    CREATE TABLE sites (
      id bigserial PRIMARY KEY,
      domain text NOT NULL UNIQUE,
      timezone text NOT NULL,
      public boolean NOT NULL DEFAULT false,
      locked boolean NOT NULL DEFAULT false,
      inserted_at timestamp(0) NOT NULL,
      updated_at timestamp(0) NOT NULL
    );
    CREATE TABLE api_keys (
      id bigserial PRIMARY KEY,
      name text NOT NULL,
      inserted_at timestamp(0) NOT NULL
    );
    CREATE TABLE weekly_reports (
      id bigserial PRIMARY KEY,
      site_id bigint NOT NULL,
      recipients text[] NOT NULL DEFAULT '{}'
    );
    """

  private static let second = """
    ALTER TABLE sites ADD COLUMN ingest_rate_limit integer;
    CREATE TABLE goals (
      id bigserial PRIMARY KEY,
      site_id bigint NOT NULL,
      event_name text NOT NULL,
      inserted_at timestamp(0) NOT NULL
    );
    """
}
