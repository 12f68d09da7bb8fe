# A back-end has a service token
SERVICE=@SERVICE_TOKEN@

# With it, it signs a person up
curl -sS -w '\n' -X POST @BASE_URL@/api/v1/server/users/sign_up -H "Authorization: Bearer $SERVICE" -H 'Content-Type: application/json' -d '{"passw":"example_string","email":"user@example.com","name":"Example Name"}'

# The person logs in
TOKEN=$(curl -sS -X POST @BASE_URL@/api/v1/public/users/login -H 'Content-Type: application/json' -d '{"email":"user@example.com","passw":"example_string"}' | python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])')

# Who am I?
curl -sS -w '\n' -X PUT @BASE_URL@/api/v1/private/users/any -H "Authorization: Bearer $TOKEN"

# On which devices am I signed in?
curl -sS -w '\n' -X POST @BASE_URL@/api/v1/private/users/seances -H "Authorization: Bearer $TOKEN"

# The password is forgotten: the back-end makes a reset token
RESET=$(curl -sS -X POST @BASE_URL@/api/v1/server/users/passw/reset_token -H "Authorization: Bearer $SERVICE" -H 'Content-Type: application/json' -d '{"email":"user@example.com"}' | python3 -c 'import json,sys; print(json.load(sys.stdin)["reset_token"])')

# With it a new password is set, and every session ends
curl -sS -w '\n' -X PUT @BASE_URL@/api/v1/server/users/passw/set_new_passw -H "Authorization: Bearer $SERVICE" -H 'Content-Type: application/json' -d '{"passw":"another_string","reset_token":"'"$RESET"'"}'

# The person logs in anew
TOKEN=$(curl -sS -X POST @BASE_URL@/api/v1/public/users/login -H 'Content-Type: application/json' -d '{"email":"user@example.com","passw":"another_string"}' | python3 -c 'import json,sys; print(json.load(sys.stdin)["access_token"])')

# And out
curl -sS -w '\n' -X PUT @BASE_URL@/api/v1/private/users/logout -H "Authorization: Bearer $TOKEN"

# The person forgot it again and asks for a mail: see the outbox
curl -sS -w '\n' -X POST @BASE_URL@/api/v1/public/users/passw/forget_passw -H 'Content-Type: application/json' -d '{"email":"user@example.com"}'
