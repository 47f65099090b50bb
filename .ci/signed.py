"""The oracle behind .ci/signed; see there."""

import base64
import copy
import json
import random
import subprocess
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from securesystemslib.dsse import Envelope
from securesystemslib.signer import CryptoSigner, SSlibKey

PROGRAM, WORK = sys.argv[1], Path(sys.argv[2])
REPO = WORK / "repo"
CHANCE = random.Random(20261122)
COUNTS = {}
DECLARATION = 'version = 1\n\n[product]\nname = "Ledger"\n\n[product.keys]\nrelease = """\n%s\n"""\n'
ATTESTATION = """version = 1

[[attestation]]
provision = "%s"
status = "met"
statement = "Releases are signed."
owner = "security@ledger.example"
reviewed = 2026-10-01

[[attestation.evidence]]
kind = "%s"
key = "release"
"""


def run(*command, **options):
    return subprocess.run(command, capture_output=True, **options)


def sure(*command, **options):
    done = run(*command, **options)
    if done.returncode != 0:
        sys.exit(f"{command}: {done.stderr.decode()}")
    return done.stdout


def gate(kind, key, extra, provision="software-security/3.1-c1"):
    """Whether the gate lets the evidence stand; anything but a plain yes or a plain gap ends the comparison."""
    (REPO / "portcullis.toml").write_text(DECLARATION % key.strip())
    (REPO / "attestations.toml").write_text(ATTESTATION % (provision, kind) + extra)
    sure("git", "-C", str(REPO), "add", "-A", "--", "portcullis.toml", "attestations.toml", "artefact*")
    report = json.loads(run(PROGRAM, "check", str(REPO), "--today", "2026-11-22", "--format", "json").stdout)
    if report["errors"]:
        sys.exit(f"{kind}: {report['errors']}")
    unit = next(one for one in report["products"][0]["assessments"] if one["provision"] == provision)
    if unit["outcome"] not in ("met", "evidence-failed"):
        sys.exit(f"{kind}: neither yes nor no: {unit}")
    if unit["outcome"] == "met" and unit["assurance"] != ("evidenced" if kind == "signed-commits" else "verified"):
        sys.exit(f"{kind}: met, and only {unit['assurance']}")
    return unit["outcome"] == "met", unit["reason"]


def compare(name, theirs, ours):
    accepted, reason = ours
    if theirs != accepted:
        sys.exit(f"{name}: the oracle says {theirs}, the gate says {accepted}: {reason}")
    COUNTS.setdefault(name.split(":")[0], [0, 0])[0 if theirs else 1] += 1


def flipped(data, low=0, high=None):
    """One bit of one byte changed; never the blanks at the ends, which no reader minds."""
    data = bytearray(data)
    at = CHANCE.randrange(low, len(data.rstrip()) if high is None else high)
    data[at] ^= 1 << CHANCE.randrange(7)
    return bytes(data)


def minisign():
    keys = {}
    for name in ("own", "other"):
        sure("minisign", "-G", "-W", "-p", str(WORK / f"{name}.pub"), "-s", str(WORK / f"{name}.key"))
        keys[name] = (WORK / f"{name}.pub").read_text().splitlines()[1]
    artefact, signature = REPO / "artefact", REPO / "artefact.minisig"
    for legacy in ([], ["-l"]):
        content = b"release 1.0.0\n" + CHANCE.randbytes(80) + b"end\n"
        artefact.write_bytes(content)
        sure("minisign", "-S", *legacy, "-s", str(WORK / "own.key"), "-m", str(artefact), "-x", str(signature), "-t", "ledger 1.0.0")
        good = signature.read_bytes()
        lines = good.split(b"\n")
        cut = b"\n".join([lines[0], lines[1][:-4], *lines[2:]])
        comment = good.replace(b"ledger 1.0.0", b"ledger 1.0.1")
        start = len(lines[0]) + 1
        cases = [("own", content, good), ("other", content, good), ("own", content, cut), ("own", content, comment)]
        cases += [("own", content + b"x", good), ("own", content[:-1], good)]
        cases += [("own", flipped(content), good) for _ in range(4)]
        cases += [("own", content, flipped(good, start, start + len(lines[1]) - 2)) for _ in range(5)]
        for key, message, sig in cases:
            artefact.write_bytes(message)
            signature.write_bytes(sig)
            theirs = run("minisign", "-V", "-P", keys[key], "-m", str(artefact), "-x", str(signature)).returncode == 0
            compare("minisign", theirs, gate("signature", keys[key], 'path = "artefact.minisig"\n'))
    signature.unlink()


def ssh():
    keys = {}
    for name in ("ssh-own", "ssh-other"):
        sure("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(WORK / name))
        keys[name] = " ".join((WORK / f"{name}.pub").read_text().split()[:2])
    artefact, signature = REPO / "artefact", REPO / "artefact.sig"
    content = b"release 1.0.0\n" * 9
    artefact.write_bytes(content)
    sure("ssh-keygen", "-q", "-Y", "sign", "-n", "file", "-f", str(WORK / "ssh-own"), str(artefact))
    good = signature.read_bytes()
    head = good.index(b"\n") + 1
    tail = good.index(b"\n-----END")
    cases = [("ssh-own", content, good), ("ssh-other", content, good), ("ssh-own", content + b"\n", good), ("ssh-own", content, good[: tail - 3] + good[tail:])]
    cases += [("ssh-own", flipped(content), good) for _ in range(5)]
    cases += [("ssh-own", content, flipped(good, head, tail - 4)) for _ in range(9)]
    for key, message, sig in cases:
        artefact.write_bytes(message)
        signature.write_bytes(sig)
        (WORK / "signers").write_text(f"release@ledger.example {keys[key]}\n")
        theirs = run("ssh-keygen", "-q", "-Y", "verify", "-n", "file", "-I", "release@ledger.example", "-f", str(WORK / "signers"), "-s", str(signature),
                     input=message).returncode == 0
        compare("ssh-keygen", theirs, gate("signature", keys[key], 'path = "artefact.sig"\n'))
    signature.unlink()
    return keys


def pem(key):
    return key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


def dsse():
    # A tracked subject: what nothing in the tree is bound to is evidenced at most.
    built = REPO / "artefact.bin"
    built.write_bytes(b"WIDGET\n")
    statement = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": built.name, "digest": {"sha256": "45009fffd80fc2edb9108481e0c0d667f93a3745f9087d46d68337b272d65ddb"}}],
        "predicateType": "https://slsa.dev/provenance/v1",
        "predicate": {"buildDefinition": {"buildType": "https://ledger.example/build", "externalParameters": {}},
                      "runDetails": {"builder": {"id": "https://ci.ledger.example/builder"}}},
    }
    payload = json.dumps(statement).encode()
    made = {
        "ed25519": (ed25519.Ed25519PrivateKey.generate(), None),
        "p256": (ec.generate_private_key(ec.SECP256R1()), None),
        "p384": (ec.generate_private_key(ec.SECP384R1()), None),
        "rsa-pss": (rsa.generate_private_key(65537, 2048), "rsassa-pss-sha256"),
        "rsa-pkcs1": (rsa.generate_private_key(65537, 3072), "rsa-pkcs1v15-sha256"),
    }
    for name, (private, scheme) in made.items():
        public = SSlibKey.from_crypto(private.public_key(), scheme=scheme)
        envelope = Envelope(payload, "application/vnd.in-toto+json", {})
        envelope.sign(CryptoSigner(private, public))
        good = envelope.to_dict()
        cases = [(public, pem(private), good)]
        stranger = type_of(private)
        other = SSlibKey.from_crypto(stranger.public_key(), scheme=scheme, keyid=public.keyid)
        cases.append((other, pem(stranger), good))
        for _ in range(4):
            changed = copy.deepcopy(good)
            body = bytearray(payload)
            at = payload.index(b"ci.ledger") + CHANCE.randrange(9)
            body[at] = ord(CHANCE.choice("abcdefghijklmnop".replace(chr(body[at]), "")))
            changed["payload"] = base64.b64encode(bytes(body)).decode()
            cases.append((public, pem(private), changed))
        for _ in range(4):
            changed = copy.deepcopy(good)
            sig = flipped(base64.b64decode(good["signatures"][0]["sig"]), 8)
            changed["signatures"][0]["sig"] = base64.b64encode(sig).decode()
            cases.append((public, pem(private), changed))
        for part in ("payload", "sig"):
            changed = copy.deepcopy(good)
            where = changed if part == "payload" else changed["signatures"][0]
            where[part] = where[part][:-5]
            cases.append((public, pem(private), changed))
        for key, text, content in cases:
            (REPO / "artefact.json").write_text(json.dumps(content))
            try:
                Envelope.from_dict(copy.deepcopy(content)).verify([key], 1)
                theirs = True
            except Exception:  # noqa: BLE001: whatever it is, the library refuses
                theirs = False
            compare(f"securesystemslib: {name}", theirs, gate("provenance", text, 'path = "artefact.json"\n'))
    (REPO / "artefact.json").unlink()
    built.unlink()


def type_of(private):
    """Another key of the same kind."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return ed25519.Ed25519PrivateKey.generate()
    if isinstance(private, rsa.RSAPrivateKey):
        return rsa.generate_private_key(65537, private.key_size)
    return ec.generate_private_key(private.curve)


def history(keys):
    git = ["git", "-C", str(REPO), "-c", "user.name=Test", "-c", "user.email=test@ledger.example", "-c", "gpg.format=ssh", "-c", "gpg.ssh.allowedSignersFile=" + str(WORK / "signers")]
    sure(*git, "add", "-A")
    sure(*git, "commit", "-q", "-m", "first")
    first = sure(*git, "rev-parse", "HEAD").decode().strip()
    for turn in range(12):
        signer = CHANCE.choice(["ssh-own", "ssh-other"])
        sign = [] if turn % 4 == 3 else ["-c", f"user.signingKey={WORK / signer}.pub"]
        sure(*git, "reset", "-q", "--soft", first)
        sure(*git, *sign, "commit", "-q", "--allow-empty", *(["-S"] if sign else []), "-m", f"turn {turn}")
        sure(*git, *sign, "tag", "-f", *(["-s"] if sign else ["-a"]), "-m", "release", "v1.0.0")
        if turn % 4 == 2:
            # The signed objects with one byte of their message changed.
            for name, kind in (("HEAD", "commit"), ("v1.0.0", "tag")):
                body = sure(*git, "cat-file", kind, name).replace(b"turn ", b"Turn ").replace(b"\nrelease\n", b"\nRelease\n")
                made = sure(*git, "hash-object", "-w", "-t", kind, "--stdin", input=body).decode().strip()
                sure(*git, "update-ref", "HEAD" if kind == "commit" else "refs/tags/v1.0.0", made)
        (WORK / "signers").write_text(f"release@ledger.example {keys['ssh-own']}\n")
        for kind, command, target, extra, provision in [
            ("signed-commits", "verify-commit", "HEAD", f'id = "{first}"\n', "software-security/2.2-c2"),
            ("signed-tags", "verify-tag", "v1.0.0", "", "software-security/1.1-c4"),
        ]:
            theirs = run(*git, command, target).returncode == 0
            compare(f"git {command}", theirs, gate(kind, keys["ssh-own"], extra, provision))


REPO.mkdir()
sure("git", "init", "-q", str(REPO))
minisign()
history(ssh() if not dsse() else None)
total = sum(sum(pair) for pair in COUNTS.values())
for oracle, (accepted, refused) in COUNTS.items():
    print(f"the gate and {oracle} agree on {accepted} good and {refused} bad signatures")
assert total >= 120 and all(accepted and refused for accepted, refused in COUNTS.values()), COUNTS
