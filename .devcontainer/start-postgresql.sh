#!/usr/bin/env bash
# Starts the packaged PostgreSQL with the password that src/Billing.Api/Properties/launchSettings.json has.
set -euo pipefail
sudo service postgresql start
timeout 60 bash -c 'until pg_isready -q -h 127.0.0.1; do sleep 0.2; done'
cd /
sudo -u postgres psql -q -c "alter user postgres password 'postgres'"
