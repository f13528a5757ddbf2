#: system | sql | SELECT count(*) FROM sites;
#: assert | sql SELECT count(*) FROM sites; | output | > 0
#!/bin/bash
count=$(docker exec db psql -tA <<SQL
SELECT count(*) FROM sites;
SQL
)
[ "$count" -gt 0 ] || exit 1
