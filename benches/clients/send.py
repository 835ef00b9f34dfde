"""send.py ADDRESS TASKS COUNT: sends invitations with Trustpilot's own Python client, unmodified, in threads. Prints CPU and
wall nanoseconds of one."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor

address, tasks, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
os.environ.update(
    TRUSTPILOT_API_KEY="0123456789abcdef0123456789abcdef",
    TRUSTPILOT_API_SECRET="not-a-real-secret",
    TRUSTPILOT_USERNAME="jane@example.com",
    TRUSTPILOT_PASSWORD="not-a-real-password",
)
from trustpilot.client import TrustpilotSession  # It reads the variables when it is imported.

PATH = "/v1/private/business-units/507f191e810c19729de860ea/email-invitations"
session = TrustpilotSession(api_host=address)
session.get_request_auth_headers()


def send(number):
    response = session.post(
        PATH,
        json={
            "consumerEmail": "zoe.krueger@hallkrueger.example",
            "consumerName": "Zoë Hall-Krüger",
            "referenceNumber": f"order-{number}",
            "locale": "en-GB",
            "serviceReviewInvitation": {
                "templateId": "507f191e810c19729de860ec",
                "redirectUri": "https://shop.example/thanks",
                "tags": ["webshop", "summer"],
            },
        },
    )
    response.raise_for_status()


with ThreadPoolExecutor(tasks) as pool:
    list(pool.map(send, range(2 * tasks)))
    cpu, wall = time.process_time_ns(), time.perf_counter_ns()
    list(pool.map(send, range(count)))
    print((time.process_time_ns() - cpu) // count, (time.perf_counter_ns() - wall) // count)
