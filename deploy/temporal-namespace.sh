#!/bin/sh
# Creates the namespace with our retention, or sets the retention of the one that is there; safe to repeat.
set -eu
until temporal operator cluster health >/dev/null 2>&1; do
  echo 'Waiting for Temporal …'
  sleep 2
done
if temporal operator namespace describe --namespace default >/dev/null 2>&1; then
  temporal operator namespace update --namespace default --retention "$TEMPORAL_RETENTION"
else
  temporal operator namespace create --namespace default --retention "$TEMPORAL_RETENTION"
fi
