#!/bin/sh
# Brings both of Temporal's databases to the schema of this server version. Safe to repeat: `setup-schema` leaves a
# database alone that is past version 0.0, and `update-schema` does only what is missing.
set -eu

sql_tool() {
  temporal-sql-tool --plugin postgres12 --endpoint "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" "$@"
}

sql_tool --database temporal setup-schema --version 0.0
sql_tool --database temporal update-schema --schema-name postgresql/v12/temporal
sql_tool --database temporal_visibility setup-schema --version 0.0
sql_tool --database temporal_visibility update-schema --schema-name postgresql/v12/visibility
