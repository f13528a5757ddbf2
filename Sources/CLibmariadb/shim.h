#pragma once
#include <mysql.h>

// An option that is a number, by its address.
static inline int shim_mysql_option(MYSQL *connection, enum mysql_option option, unsigned int value) {
  return mysql_options(connection, option, &value);
}

// Options that are a my_bool, which is a char.
static inline int shim_mysql_switch(MYSQL *connection, enum mysql_option option, int is_on) {
  my_bool value = is_on ? 1 : 0;
  return mysql_options(connection, option, &value);
}

// A size_t, as the manual says of this one.
static inline int shim_mysql_packet_limit(MYSQL *connection, size_t bytes) {
  return mysql_options(connection, MYSQL_OPT_MAX_ALLOWED_PACKET, &bytes);
}

// `json` for MariaDB's columns of that kind, which are texts otherwise; not terminated.
static inline size_t shim_mysql_format(MYSQL_FIELD *field, const char **name) {
  MARIADB_CONST_STRING format = {0, 0};
  if (mariadb_field_attr(&format, field, MARIADB_FIELD_ATTR_FORMAT_NAME)) return 0;
  *name = format.str;
  return format.length;
}
