"""Trustpilot's own Python client, unmodified, against the sandbox: token, find, invitation, templates.

    . ./sandbox.env && pip install -r requirements.txt && python walk.py
"""

import os
import sys

# The client reads TRUSTPILOT_API_KEY, _API_SECRET, _USERNAME and _PASSWORD itself, under the names the sandbox prints.
from trustpilot.client import TrustpilotSession

API = os.environ["TRUSTPILOT_API_URL"]
INVITATIONS = os.environ["TRUSTPILOT_INVITATIONS_URL"]
UNIT = "/v1/private/business-units/" + os.environ["TRUSTPILOT_BUSINESS_UNIT_ID"]


def checked(response, what):
    if not response.ok:
        raise RuntimeError(f"{what}: {response.status_code} {response.text}")
    return response


def walk():
    # The host may have a path, which stays.
    api = TrustpilotSession(api_host=API)
    api.get_request_auth_headers()
    if not api.access_token:
        raise RuntimeError("token: none")
    print("token: password")

    # It sends neither key nor bearer until a call was refused: 401, token, and the same call once more.
    fresh = TrustpilotSession(api_host=API)
    name = {"name": os.environ["TRUSTPILOT_DOMAIN"]}
    found = checked(fresh.get("/business-units/find", params=name), "find").json()
    if found["id"] != os.environ["TRUSTPILOT_BUSINESS_UNIT_ID"]:
        raise RuntimeError("find: another business unit")
    print("find:", found["id"])

    # The token is at the API host: the client's own option for it.
    session = TrustpilotSession(api_host=INVITATIONS, token_issuer_host=API)
    invitation = {
        "referenceNumber": "python-1",
        "consumerName": "Jane Doe",
        "consumerEmail": "jane.doe@example.com",
        "locale": "de-DE",
        "serviceReviewInvitation": {},
    }
    sent = checked(session.post(UNIT + "/email-invitations", json=invitation), "invitation")
    print("invitation:", sent.status_code)

    templates = checked(session.get(UNIT + "/templates"), "templates").json()["templates"]
    if not any(template["isDefaultTemplate"] for template in templates):
        raise RuntimeError("templates: no default")
    print("templates:", len(templates))


if __name__ == "__main__":
    try:
        walk()
    except Exception as error:  # Whatever it is, it is a failure of the walk.
        sys.exit(f"failed: {error}")
