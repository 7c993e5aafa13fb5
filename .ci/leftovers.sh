#!/usr/bin/env bash
# Lists what is on the engine and should be gone when no test runs: containers
# and networks of ours, known by their label, and volumes, one a line. The
# volumes that a database image makes for itself carry no label, so all count.
set -euo pipefail

readonly filter=label=io.netstacks.session
{
    docker ps --all --filter "$filter" --format 'container {{.ID}} {{.Names}} {{.Image}}'
    docker network ls --filter "$filter" --format 'network {{.ID}} {{.Name}}'
    docker volume ls --format 'volume {{.Name}}'
} | LC_ALL=C sort
