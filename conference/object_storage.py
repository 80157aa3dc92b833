"""Files in an S3-compatible store, whose readers get them from there (``STORAGE_URL``)."""

from __future__ import annotations

import hmac
import time
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import quote, urlsplit

from botocore.config import Config
from storages.backends.s3 import S3Storage

from conference.segments import WINDOW, WINDOWS

# Not every store knows the checksums that botocore sends by itself.
CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    request_checksum_calculation="when_required",
    connect_timeout=5,
    retries={"max_attempts": 3},
)


class ObjectStorage(S3Storage):
    def get_default_settings(self) -> dict[str, Any]:
        return super().get_default_settings() | {
            "client_config": CONFIG,
            "file_overwrite": False,
            "max_memory_size": 2**20,  # bytes; what is larger is read by way of the disk
        }

    def url(self, name: str, *args: Any, **kwargs: Any) -> str:
        """Of a picture, the only files with an address that lasts; it leads to a signed one."""
        return f"/medien/{quote(name)}"

    def signed_address(self, name: str, content_type: str, disposition: str = "inline") -> str:
        """Where the store gives the file to whoever asks, for 50 to 67 minutes.

        All who ask within a window get the same one, which caches may keep for a window more:
        so it ends for everybody when an address by ``conference.segments`` does. Signed here,
        since a film has hundreds: botocore, which would have each second its own, takes a
        hundred times as long. As AWS has it, "Authenticating Requests: Using Query Parameters".
        """
        moment = datetime.fromtimestamp(int(time.time()) // WINDOW * WINDOW, UTC)
        scope = f"{moment:%Y%m%d}/{self.region_name}/s3/aws4_request"
        endpoint = urlsplit(self.endpoint_url)
        path = f"/{self.bucket_name}/{quote(name)}"
        asked = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Credential": f"{self.access_key}/{scope}",
            "X-Amz-Date": f"{moment:%Y%m%dT%H%M%SZ}",
            "X-Amz-Expires": str(WINDOWS * WINDOW),
            "X-Amz-SignedHeaders": "host",
            "response-cache-control": f"public, max-age={WINDOW}, immutable",
            "response-content-disposition": disposition,
            "response-content-type": content_type,
        }
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in asked.items())
        headers = f"host:{endpoint.netloc}\n\nhost"
        request = "\n".join(["GET", path, query, headers, "UNSIGNED-PAYLOAD"])
        digest = sha256(request.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", asked["X-Amz-Date"], scope, digest])
        key = f"AWS4{self.secret_key}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        signature = hmac.digest(key, text.encode(), "sha256").hex()
        return f"{self.endpoint_url}{path}?{query}&X-Amz-Signature={signature}"
