#!/usr/bin/env bash
# Makes the secrets that the compose files refer to, in deploy/docker/secrets, which git and docker build leave out. Secrets
# that exist are kept.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
mkdir -p secrets
# Others on this machine cannot enter; within the containers, unprivileged users must be able to read the files.
chmod 700 secrets

# make NAME TEXT
make() {
  [[ -s secrets/$1 ]] || printf '%s\n' "$2" >"secrets/$1"
  chmod 444 "secrets/$1"
}

random() { od -An -N 32 -tx1 /dev/urandom | tr -d ' \n'; }

make postgres-password "$(random)"
make postgres-connection "Host=postgres;Database=srpo;Username=srpo;Password=$(<secrets/postgres-password)"
make http-token "$(random)"
# The account of the storage emulator is the same everywhere and no secret; for a real account, write its connection string here.
key='Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=='
make azure-connection "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=$key;BlobEndpoint=http://azurite:10000/devstoreaccount1;TableEndpoint=http://azurite:10002/devstoreaccount1;"
printf '%s\n' "deploy/docker/secrets is ready"
