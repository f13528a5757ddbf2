// ClickHouseQueries
