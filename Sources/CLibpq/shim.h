#pragma once
#include <libpq-fe.h>

// Fields of an error are macros of character constants, which Swift does not import.
static inline const char *shim_pq_severity(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED);
}

static inline const char *shim_pq_sqlstate(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_SQLSTATE);
}

static inline const char *shim_pq_message(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
}

static inline const char *shim_pq_detail(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
}

static inline const char *shim_pq_hint(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
}

static inline const char *shim_pq_position(const PGresult *result) {
  return PQresultErrorField(result, PG_DIAG_STATEMENT_POSITION);
}
