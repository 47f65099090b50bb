"""Signs a file as two FIDO keys would, without the hardware: PROTOCOL.sshsig and PROTOCOL.u2f of OpenSSH, by hand.

Used by `make` only. The keys are made here and forgotten.
"""

import base64
import hashlib
import struct
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

APPLICATION = b"ssh:"
TOUCHED, UNTOUCHED = 1, 0


def string(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def mpint(number: int) -> bytes:
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def armour(blob: bytes) -> str:
    text = base64.b64encode(blob).decode()
    lines = [text[at : at + 70] for at in range(0, len(text), 70)]
    return "\n".join(["-----BEGIN SSH SIGNATURE-----", *lines, "-----END SSH SIGNATURE-----", ""])


class Ed25519:
    kind = b"sk-ssh-ed25519@openssh.com"

    def __init__(self) -> None:
        self.private = ed25519.Ed25519PrivateKey.generate()
        raw = self.private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        self.public = string(self.kind) + string(raw) + string(APPLICATION)

    def sign(self, data: bytes) -> bytes:
        return self.private.sign(data)


class Ecdsa:
    kind = b"sk-ecdsa-sha2-nistp256@openssh.com"

    def __init__(self) -> None:
        self.private = ec.generate_private_key(ec.SECP256R1())
        point = self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        self.public = string(self.kind) + string(b"nistp256") + string(point) + string(APPLICATION)

    def sign(self, data: bytes) -> bytes:
        r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return mpint(r) + mpint(s)


def signature(key: Ed25519 | Ecdsa, message: bytes, flags: int) -> str:
    head = string(b"portcullis") + string(b"") + string(b"sha512")
    signed = b"SSHSIG" + head + string(hashlib.sha512(message).digest())
    trailer = struct.pack(">BI", flags, 7)
    data = hashlib.sha256(APPLICATION).digest() + trailer + hashlib.sha256(signed).digest()
    blob = string(key.kind) + string(key.sign(data)) + trailer
    return armour(b"SSHSIG" + struct.pack(">I", 1) + string(key.public) + head + string(blob))


message = Path(sys.argv[1]).read_bytes()
for name, key in (("fido-ed25519", Ed25519()), ("fido-ecdsa", Ecdsa())):
    Path(f"keys/{name}.pub").write_text(f"{key.kind.decode()} {base64.b64encode(key.public).decode()}\n")
    Path(f"{name}.sig").write_text(signature(key, message, TOUCHED))
    Path(f"{name}-untouched.sig").write_text(signature(key, message, UNTOUCHED))
