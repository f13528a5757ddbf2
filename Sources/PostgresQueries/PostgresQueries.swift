// PostgresQueries
