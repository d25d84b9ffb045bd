"""A webhook as Standard Webhooks 1.0 says (standardwebhooks.com): signed, and delivered by HTTP POST."""

import asyncio
import base64
import hmac
import ipaddress
import socket
import time
from collections.abc import Mapping, Sequence
from functools import cache
from urllib.parse import urlsplit

import httpx

from foundation.runtime.settings import settings
from foundation.values.errors import BusinessError

SECRET_PREFIX = "whsec_"  # noqa: S105  # What every secret begins with, and no secret itself.
OURS = {"content-type": "application/json", "user-agent": "Perpetual-Webhooks"}
SHOWN_OF_AN_ANSWER = 200


class ReceiverIsGone(BusinessError):
    """The receiver has answered 410: it wants nothing more."""


class AddressNotAllowed(BusinessError):
    """The address is of this machine or of a private network, where webhooks may not go here."""


class WebhookNotDelivered(Exception):
    """The receiver did not take the message; it may later."""


def shown_secret(secret: bytes) -> str:
    """A secret as the receiver is given it."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def signed(message_id: str, *, at: int, body: bytes, secrets: Sequence[bytes]) -> dict[str, str]:
    """The headers of a message sent at a moment (seconds since 1970), one signature for each secret."""
    content = b".".join([message_id.encode(), str(at).encode(), body])
    signatures = [base64.b64encode(hmac.digest(secret, content, "sha256")).decode() for secret in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


async def deliver(
    url: str, message_id: str, body: bytes, *, secrets: Sequence[bytes], headers: Mapping[str, str]
) -> int:
    """POST a message, signed, and give the receiver's status, which says that it was taken (2xx).

    Refuses: ReceiverIsGone, AddressNotAllowed. Raises WebhookNotDelivered for everything
    else: no answer in time, a redirection, any other status.
    """
    await _check_address(url)
    # The receiver checks the moment of sending against its own clock: it is no date of the business.
    signatures = signed(message_id, at=int(time.time()), body=body, secrets=secrets)
    try:
        answer = await _client().post(
            url,
            content=body,
            headers={**OURS, **signatures, **headers},
            timeout=settings().webhook_timeout_seconds,
        )
    except httpx.HTTPError as failure:
        raise WebhookNotDelivered(
            f"{_host(url)} did not answer: {failure or type(failure).__name__}"
        ) from failure
    if answer.is_success:
        return answer.status_code
    said = f"{_host(url)} answered {answer.status_code}: {answer.text[:SHOWN_OF_AN_ANSWER]}"
    if answer.status_code == httpx.codes.GONE:
        raise ReceiverIsGone(said)
    raise WebhookNotDelivered(said)


@cache
def _client() -> httpx.AsyncClient:
    # Every message has its own connection: a receiver that hangs holds no other's up.
    return httpx.AsyncClient(
        follow_redirects=False,
        trust_env=False,
        limits=httpx.Limits(max_keepalive_connections=0, max_connections=None),
    )


async def _check_address(url: str) -> None:
    if settings().webhooks_to_private_addresses:
        return
    parts = urlsplit(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            parts.hostname or "", parts.port, type=socket.SOCK_STREAM
        )
    except OSError as failure:
        raise WebhookNotDelivered(f"{_host(url)} is not known: {failure}") from failure
    if not all(ipaddress.ip_address(address[4][0]).is_global for address in found):
        raise AddressNotAllowed(f"{_host(url)} is in a private network: webhooks may not go there")


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2]
