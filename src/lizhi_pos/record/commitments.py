"""What stands under the chain in place of something personal: it proves that, and holds when it is erased."""

import hashlib
import secrets

SALT_BYTES = 16


def new_salt() -> bytes:
    """Return a salt that nobody can guess; it lies beside what it salts and goes with it."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(key: bytes, salt: bytes, content: bytes) -> bytes:
    """Return what a row holds in place of its personal part: SHA-256 over salt, key and content. Pure."""
    return hashlib.sha256(salt + key + content).digest()
