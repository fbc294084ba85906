#!/bin/sh
# Runs once, in a fresh volume: the database and its owner, who is no superuser but may create the application's role.
set -eu
psql --set ON_ERROR_STOP=1 --set password="$ORCHID_OWNER_PASSWORD" --username postgres --dbname postgres <<'SQL'
CREATE ROLE orchid_owner LOGIN NOSUPERUSER CREATEROLE PASSWORD :'password';
CREATE DATABASE orchid OWNER orchid_owner;
SQL
