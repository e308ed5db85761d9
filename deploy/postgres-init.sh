#!/bin/sh
# Run once by the postgres image, when its data volume is new: a role and a database for the connector, apart from Temporal's.
set -eu
psql --set=ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname=postgres \
  --set=connector_password="$CONNECTOR_DB_PASSWORD" <<'SQL'
create role connector login password :'connector_password';
create database connector owner connector;
revoke connect, temporary on database connector from public;
create database temporal_visibility;
SQL
