#!/usr/bin/env bash
# Walks the whole eTrusted cycle with curl, against a running review-sandbox whose environment is set:
#
#   review-sandbox > sandbox.env & sleep 1; . ./sandbox.env; clients/curl/walk.sh
#
# Prints one line for each step, and stops with a status other than 0 at the first surprise. Needs bash, curl, grep, sed.
set -euo pipefail

: "${ETRUSTED_CLIENT_ID:?}" "${ETRUSTED_CLIENT_SECRET:?}" "${ETRUSTED_CHANNEL_ID:?}"
: "${ETRUSTED_API_URL:?}" "${ETRUSTED_LOGIN_URL:?}"

control="${ETRUSTED_API_URL%/etrusted/api}/sandbox"
type_name="walk_$$"
reference="walk-$$-$RANDOM"
questionnaire=tpl-qst-aabd1dee-2676-4303-995a-1e6762a78b44
token=
response=

fail() {
    printf 'FAILED: %s\n%s\n' "$1" "$response" >&2
    exit 1
}

# request <expected status> <curl arguments...>: the body goes to $response.
request() {
    local expected=$1 status
    shift
    response=$(curl --silent --show-error --max-time 10 --write-out '\n%{http_code}' "$@") || fail "no response to ${*: -1}"
    status=${response##*$'\n'}
    response=${response%$'\n'*}
    [ "$status" = "$expected" ] || fail "status $status instead of $expected"
}

# api <expected status> <method> <path> [JSON body]
api() {
    local expected=$1 method=$2 path=$3
    local arguments=(--request "$method" --header "Authorization: Bearer $token" --header 'Accept: application/json')
    [ $# -lt 4 ] || arguments+=(--header 'Content-Type: application/json' --data-binary "$4")
    request "$expected" "${arguments[@]}" "$ETRUSTED_API_URL$path"
}

# text <member>: its first text in $response.
text() {
    local found
    found=$(grep -o "\"$1\":\"[^\"]*\"" <<<"$response") || fail "no $1"
    found=${found%%$'\n'*}
    found=${found#*:\"}
    printf '%s' "${found%\"}"
}

# has <piece of JSON>
has() {
    grep -qF -- "$1" <<<"$response" || fail "no $1"
}

# until_listed <path> <piece of JSON>: what eTrusted makes by itself appears late.
until_listed() {
    local attempt
    for attempt in 1 2 3 4 5 6 7 8; do
        api 200 GET "$1"
        ! grep -qF -- "$2" <<<"$response" || return 0
        sleep "0.$attempt"
    done
    fail "$2 does not appear"
}

login() {
    request 200 --data-urlencode "client_id=$ETRUSTED_CLIENT_ID" \
        --data-urlencode "client_secret=$ETRUSTED_CLIENT_SECRET" \
        --data-urlencode grant_type=client_credentials \
        --data-urlencode audience=https://api.etrusted.com \
        "$ETRUSTED_LOGIN_URL/oauth/token"
    token=$(text access_token)
}

login
printf 'token              %s characters\n' "${#token}"

api 200 GET /channels
has "\"id\":\"$ETRUSTED_CHANNEL_ID\""
printf 'channel            %s\n' "$ETRUSTED_CHANNEL_ID"

api 201 POST /event-types "{\"name\":\"$type_name\",\"active\":true}"
type_id=$(text id)
api 409 POST /event-types "{\"name\":\"$type_name\"}"
printf 'event type         %s\n' "$type_id"

until_listed "/invite-settings?channel-id=$ETRUSTED_CHANNEL_ID" "\"eventTypeId\":\"$type_id\""
# One setting to a line: within a setting, no object follows another without a name.
response=$(sed 's/},{/}\n{/g' <<<"$response" | grep -F "\"eventTypeId\":\"$type_id\"")
setting=$(text id)
printf 'setting appeared   %s\n' "$setting"

api 200 PATCH "/invite-settings/$setting" \
    '{"serviceInviteConfiguration":{"enabled":true,"sendingDelayInDays":3},"productInviteConfiguration":{"enabled":false}}'
has '"sendingDelayInDays":3'
printf 'setting enabled    after 3 days\n'

api 202 POST /events "{\"type\":\"$type_name\",\"defaultLocale\":\"de_DE\",
    \"customer\":{\"firstName\":\"Jane\",\"lastName\":\"Doe\",\"email\":\"jane.doe@example.com\"},
    \"channel\":{\"id\":\"$ETRUSTED_CHANNEL_ID\",\"type\":\"etrusted\"},
    \"transaction\":{\"reference\":\"$reference\",\"date\":\"2017-01-01T13:30:15.000Z\"},
    \"system\":\"curl\",\"systemVersion\":\"1.0\"}"
event=$(text EventRef)
printf 'event accepted     %s\n' "$event"

api 200 GET "/events/$event"
has "\"reference\":\"$reference\""
printf 'event read         %s\n' "$reference"

until_listed "/channels/$ETRUSTED_CHANNEL_ID/invites?count=1&query=$reference" "\"event\":\"$event\""
has '"totalElements":1'
has '"state":"SCHEDULED"'
found=$(text scheduledAt)
printf 'invite scheduled   %s\n' "$found"

request 200 --data-binary '{"seconds":259200}' "$control/advance"
found=$(text now)
printf 'time advanced      %s\n' "$found"
api 401 GET /channels
login
printf 'token renewed      after 401\n'

api 200 GET "/channels/$ETRUSTED_CHANNEL_ID/invites?count=1&query=$reference"
has '"state":"SENT"'
found=$(text sentAt)
printf 'invite sent        %s\n' "$found"

api 200 POST /questionnaire-links "{\"type\":\"sales\",\"questionnaireTemplate\":{\"id\":\"$questionnaire\"},
    \"customer\":{\"email\":\"jane.doe@example.com\"},
    \"channel\":{\"id\":\"$ETRUSTED_CHANNEL_ID\",\"type\":\"etrusted\"},
    \"transaction\":{\"reference\":\"$reference-link\"},\"system\":\"curl\",\"systemVersion\":\"1.0\"}"
found=$(text link)
printf 'questionnaire link %s\n' "$found"

request 200 "$control/emails?reference=$reference"
[ "$(grep -o '"kind":' <<<"$response" | grep -c .)" = 1 ] || fail 'not one email'
has '"due":true'
request 200 "$control/emails?reference=$reference-link"
[ "$response" = '[]' ] || fail 'an email for the link'
printf 'emails            1 for the event, 0 for the link\n'
