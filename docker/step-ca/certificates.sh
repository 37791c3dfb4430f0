#!/bin/bash
# Asks step-ca for the certificate of SemStreams, and renews it for as long as this runs: step does so after two thirds
# of its life. SemStreams takes the new files by itself, and connections stay. TLS_NAMES holds names and addresses, with commas.
set -euo pipefail
cd /home/step
authority=(--ca-url https://step-ca:9000 --root /ca/certs/root_ca.crt)

IFS=, read -ra names <<<"$TLS_NAMES"
alternatives=()
for name in "${names[@]}"; do alternatives+=(--san "$name"); done

# what has run out, or was made for other names, is asked for anew; all else is renewed
if ! step certificate verify server.crt --roots /ca/certs/root_ca.crt 2>/dev/null || [[ $(cat names 2>/dev/null) != "$TLS_NAMES" ]]; then
  step ca certificate "${names[0]}" new.crt new.key "${alternatives[@]}" "${authority[@]}" --force \
    --provisioner semstreams --provisioner-password-file /ca/secrets/password
  mv new.key server.key
  mv new.crt server.crt
  echo "$TLS_NAMES" >names
fi
cp /ca/certs/root_ca.crt root_ca.crt
exec step ca renew --daemon --force "${authority[@]}" server.crt server.key
