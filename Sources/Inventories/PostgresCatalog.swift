/// What a PostgreSQL server is asked for the inventory of one database.
///
/// Every statement has the columns `kind`, `name` and `properties`, an object whose keys are those of
/// `InventoryProperty`. Columns that came with a later version than 11 are read through `to_jsonb`, which has
/// null for those that are not there. What belongs to an extension is the extension's. Nothing tells
/// an OID: they differ from server to server, but for those of large objects, by which apps know them.
enum PostgresCatalog {
  static let statements = [
    databases, extensions, schemas, roles, relations, functions, types, triggers, constraints,
    indexes, policies,
  ]

  /// Schemas that are not the server's own.
  private static let own = """
    n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    """

  private static func notOfExtension(_ catalog: String, _ oid: String) -> String {
    """
    NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.\(catalog)'::regclass
      AND e.objid = \(oid) AND e.deptype = 'e')
    """
  }

  /// `app: INSERT, SELECT; postgres: SELECT`; those that a part has from the beginning are told, too, so
  /// that written out they are the same.
  private static func grants(_ list: String, _ kind: String, _ owner: String) -> String {
    """
    (SELECT string_agg(g.who || ': ' || g.what, '; ' ORDER BY g.who COLLATE "C") FROM (
      SELECT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(a.grantee) END AS who,
        string_agg(a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ', '
          ORDER BY a.privilege_type COLLATE "C") AS what
      FROM pg_catalog.aclexplode(coalesce(\(list), pg_catalog.acldefault(\(kind), \(owner)))) a
      GROUP BY 1) g)
    """
  }

  /// As acldefault() calls it.
  private static let kindOfRelation = """
    CASE c.relkind WHEN 'S' THEN 's'::"char" ELSE 'r'::"char" END
    """

  private static let databases = """
    SELECT 'database' AS kind, d.datname AS name, json_build_object(
      'owner', pg_catalog.pg_get_userbyid(d.datdba),
      'grants', \(grants("d.datacl", "'d'", "d.datdba")),
      'definition', md5(concat_ws(' ', pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate,
        d.datctype, (SELECT string_agg(concat(pg_catalog.pg_get_userbyid(s.setrole), s.setconfig::text), ' '
          ORDER BY s.setconfig::text COLLATE "C")
          FROM pg_catalog.pg_db_role_setting s WHERE s.setdatabase = d.oid)))
    ) AS properties FROM pg_catalog.pg_database d WHERE NOT d.datistemplate
    """

  private static let extensions = """
    SELECT 'extension' AS kind, x.extname AS name, json_build_object('version', x.extversion,
      'owner', pg_catalog.pg_get_userbyid(x.extowner)) AS properties
    FROM pg_catalog.pg_extension x
    """

  private static let schemas = """
    SELECT 'schema' AS kind, n.nspname AS name, json_build_object(
      'owner', pg_catalog.pg_get_userbyid(n.nspowner),
      'grants', \(grants("n.nspacl", "'n'", "n.nspowner"))) AS properties
    FROM pg_catalog.pg_namespace n WHERE \(own)
      AND \(notOfExtension("pg_namespace", "n.oid"))
    """

  /// Those that own something of this database, or may do something with it.
  private static let roles = """
    SELECT 'role' AS kind, r.rolname AS name, json_build_object('definition', concat_ws(' ',
      CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreatedb THEN 'CREATEDB' END,
      CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END,
      CASE WHEN NOT r.rolinherit THEN 'NOINHERIT' END,
      CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
      (SELECT 'IN ROLE ' || string_agg(pg_catalog.pg_get_userbyid(m.roleid), ', '
        ORDER BY pg_catalog.pg_get_userbyid(m.roleid) COLLATE "C")
        FROM pg_catalog.pg_auth_members m WHERE m.member = r.oid))) AS properties
    FROM pg_catalog.pg_roles r WHERE EXISTS (SELECT FROM pg_catalog.pg_shdepend s
      WHERE s.refclassid = 'pg_catalog.pg_authid'::regclass AND s.refobjid = r.oid
        AND s.dbid IN (0, (SELECT oid FROM pg_catalog.pg_database
          WHERE datname = pg_catalog.current_database())))
    """

  /// Tables, views, materialised views, sequences and foreign tables. `table`, `bytes` and the
  /// rest below `look` are for this tool itself.
  private static let relations = """
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materializedView' WHEN 'S' THEN 'sequence'
      ELSE 'table' END AS kind, n.nspname || '.' || c.relname AS name,
      json_build_object('owner', pg_catalog.pg_get_userbyid(c.relowner),
        'grants', concat_ws('; ',
          \(grants("c.relacl", kindOfRelation, "c.relowner")),
          (SELECT string_agg(a.attname || '(' || \(grants("a.attacl", "'c'", "c.relowner")) || ')', '; '
            ORDER BY a.attname COLLATE "C") FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = c.oid AND a.attacl IS NOT NULL AND NOT a.attisdropped)),
        'definition', md5(concat_ws(' ', c.relkind, c.relpersistence, c.relreplident,
          c.relrowsecurity, c.relforcerowsecurity, c.reloptions::text,
          pg_catalog.pg_get_expr(c.relpartbound, c.oid),
          (SELECT string_agg(i.inhparent::regclass::text, ',' ORDER BY i.inhseqno)
            FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid),
          CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid) END,
          CASE WHEN c.relkind = 'p' THEN pg_catalog.pg_get_partkeydef(c.oid) END,
          (SELECT concat_ws(' ', s.seqtypid::regtype, s.seqstart, s.seqincrement, s.seqmax,
            s.seqmin, s.seqcycle) FROM pg_catalog.pg_sequence s WHERE s.seqrelid = c.oid),
          (SELECT string_agg(concat_ws(' ', a.attname,
              pg_catalog.format_type(a.atttypid, a.atttypmod),
              CASE WHEN a.attcollation <> 0 THEN (SELECT o.collname FROM pg_catalog.pg_collation o
                WHERE o.oid = a.attcollation) END,
              CASE WHEN a.attnotnull THEN 'NOT NULL' END, a.attidentity,
              to_jsonb(a) ->> 'attgenerated', pg_catalog.pg_get_expr(d.adbin, d.adrelid)), ', '
              ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a LEFT JOIN pg_catalog.pg_attrdef d
              ON d.adrelid = a.attrelid AND d.adnum = a.attnum
            WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped)))
      ) AS properties,
      json_build_object('table', format('%I.%I', n.nspname, c.relname),
        'bytes', CASE WHEN c.relkind IN ('r', 'm') THEN pg_catalog.pg_table_size(c.oid) ELSE 0 END,
        'holdsRows', c.relkind = 'r' OR c.relkind = 'm' AND c.relispopulated,
        'isSequence', c.relkind = 'S',
        'isForeign', c.relkind = 'f',
        'mayRead', pg_catalog.has_table_privilege(c.oid, 'SELECT'),
        'isFiltered', c.relkind = 'r' AND pg_catalog.row_security_active(c.oid)) AS look
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f') AND \(own)
    """

  private static let functions = """
    SELECT 'function' AS kind,
      format('%s.%s(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) AS name,
      json_build_object('owner', pg_catalog.pg_get_userbyid(p.proowner),
        'grants', \(grants("p.proacl", "'f'", "p.proowner")),
        'definition', md5(CASE WHEN p.prokind = 'a'
          THEN (SELECT concat_ws(' ', a.aggtransfn, a.aggfinalfn, a.aggtranstype::regtype, a.agginitval)
            FROM pg_catalog.pg_aggregate a WHERE a.aggfnoid = p.oid)
          ELSE pg_catalog.pg_get_functiondef(p.oid) END)) AS properties
    FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
    WHERE \(own) AND \(notOfExtension("pg_proc", "p.oid"))
    """

  private static let types = """
    SELECT 'type' AS kind, n.nspname || '.' || t.typname AS name,
      json_build_object('owner', pg_catalog.pg_get_userbyid(t.typowner),
        'definition', md5(concat_ws(' ', t.typtype, t.typnotnull, t.typdefault,
          CASE WHEN t.typbasetype <> 0
            THEN pg_catalog.format_type(t.typbasetype, t.typtypmod) END,
          (SELECT string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
            FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid),
          (SELECT string_agg(concat_ws(' ', a.attname,
            pg_catalog.format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY a.attnum)
            FROM pg_catalog.pg_attribute a
            WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped)))) AS properties
    FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
      LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
    WHERE \(own) AND (t.typtype IN ('e', 'd', 'r') OR c.relkind = 'c')
      AND \(notOfExtension("pg_type", "t.oid"))
    """

  private static let triggers = """
    SELECT 'trigger' AS kind, concat_ws('.', n.nspname, c.relname, t.tgname) AS name,
      json_build_object('definition', md5(concat_ws(' ', pg_catalog.pg_get_triggerdef(t.oid), t.tgenabled)))
        AS properties
    FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE NOT t.tgisinternal AND \(own)
    """

  private static let constraints = """
    SELECT 'constraint' AS kind, concat_ws('.', n.nspname, c.relname, t.typname, k.conname) AS name,
      json_build_object('definition', md5(concat_ws(' ', pg_catalog.pg_get_constraintdef(k.oid), k.convalidated)))
        AS properties
    FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_namespace n ON n.oid = k.connamespace
      LEFT JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
      LEFT JOIN pg_catalog.pg_type t ON t.oid = k.contypid
    WHERE k.contype <> 't' AND \(own)
    """

  private static let indexes = """
    SELECT 'index' AS kind, n.nspname || '.' || c.relname AS name,
      json_build_object('definition', md5(concat_ws(' ', pg_catalog.pg_get_indexdef(c.oid), i.indisvalid)))
        AS properties
    FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE \(own)
    """

  private static let policies = """
    SELECT 'policy' AS kind, concat_ws('.', n.nspname, c.relname, p.polname) AS name,
      json_build_object('definition', md5(concat_ws(' ', p.polcmd, p.polpermissive,
        (SELECT string_agg(CASE r WHEN 0 THEN 'PUBLIC' ELSE pg_catalog.pg_get_userbyid(r) END, ', ' ORDER BY 1)
          FROM unnest(p.polroles) r),
        pg_catalog.pg_get_expr(p.polqual, p.polrelid),
        pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)))) AS properties
    FROM pg_catalog.pg_policy p JOIN pg_catalog.pg_class c ON c.oid = p.polrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
    WHERE \(own)
    """

  // MARK: Contents

  /// Rows and their hash: a sum, so that their order does not count and one that is there twice does.
  ///
  /// - Parameter table: as the server quoted it.
  static func contents(of table: String, label: Int, isHashed: Bool) -> String {
    let hash =
      isHashed
      ? "coalesce(sum(pg_catalog.hashtextextended(ROW(parity_row.*)::text, 0)), 0)::text" : "NULL"
    return
      "SELECT \(label) AS label, count(*) AS rows, \(hash) AS hash FROM ONLY \(table) parity_row"
  }

  static func sequence(_ sequence: String, label: Int) -> String {
    "SELECT \(label) AS label, last_value, is_called FROM \(sequence)"
  }

  static let largeObjects = """
    SELECT 'largeObject' AS kind, m.oid::text AS name, json_build_object(
      'owner', pg_catalog.pg_get_userbyid(m.lomowner),
      'grants', \(grants("m.lomacl", "'L'", "m.lomowner"))) AS properties
    FROM pg_catalog.pg_largeobject_metadata m
    """

  static let sizeOfLargeObjects = """
    SELECT pg_catalog.pg_relation_size('pg_catalog.pg_largeobject') AS bytes
    """

  static let contentsOfLargeObjects = """
    SELECT m.oid::text AS name, md5(pg_catalog.lo_get(m.oid)) AS hash, length(pg_catalog.lo_get(m.oid)) AS size
    FROM pg_catalog.pg_largeobject_metadata m
    """
}
