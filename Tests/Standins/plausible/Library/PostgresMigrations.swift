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
    CREATE EXTENSION IF NOT EXISTS citext;
    CREATE TABLE schema_migrations (
      version bigint PRIMARY KEY,
      inserted_at timestamp(0)
    );
    CREATE TABLE users (
      id bigserial PRIMARY KEY,
      email citext NOT NULL UNIQUE,
      name varchar(255),
      password_hash varchar(255),
      inserted_at timestamp(0) NOT NULL,
      updated_at timestamp(0) NOT NULL
    );
    CREATE TABLE sites (
      id bigserial PRIMARY KEY,
      domain varchar(255) NOT NULL UNIQUE,
      timezone varchar(255) NOT NULL,
      public boolean NOT NULL DEFAULT false,
      locked boolean NOT NULL DEFAULT false,
      inserted_at timestamp(0) NOT NULL,
      updated_at timestamp(0) NOT NULL
    );
    CREATE TABLE api_keys (
      id bigserial PRIMARY KEY,
      user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
      name varchar(255) NOT NULL,
      key_prefix varchar(255) NOT NULL,
      key_hash varchar(255) NOT NULL,
      inserted_at timestamp(0) NOT NULL,
      updated_at timestamp(0) NOT NULL
    );
    CREATE TABLE weekly_reports (
      id bigserial PRIMARY KEY,
      site_id bigint NOT NULL REFERENCES sites ON DELETE CASCADE,
      recipients citext[] NOT NULL DEFAULT '{}',
      inserted_at timestamp(0) NOT NULL,
      updated_at timestamp(0) NOT NULL
    );
    """

  private static let second = """
    CREATE TABLE goals (
      id bigserial PRIMARY KEY,
      site_id bigint NOT NULL,
      event_name text NOT NULL,
      inserted_at timestamp(0) NOT NULL
    );
    """
}
