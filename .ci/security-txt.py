"""The oracle behind .ci/security-txt; see there."""

import collections
import datetime
import json
import random
import subprocess
import sys
from pathlib import Path

import sectxt

PROGRAM, ROOT, WORK = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
TODAY = datetime.datetime.now(datetime.timezone.utc).date()
ATTESTATION = """version = 1

[[attestation]]
provision = "software-security/3.2"
status = "met"
statement = "Reports go to the address in security.txt."
owner = "security@corvid.example"
reviewed = %s

[[attestation.evidence]]
kind = "security-txt"
path = "security.txt"
"""
# What sectxt refuses and the gate lets pass, by sectxt's code.
LENIENT = {"invalid_lang": "the gate does not read language tags, and says so"}
# What the gate refuses and sectxt lets pass, by a part of what the gate says.
STRICT = {"example": "a host that is set aside for examples leads nowhere"}


def gate(text: bytes) -> tuple[bool, str]:
    (WORK / "security.txt").write_bytes(text)
    subprocess.run(["git", "add", "-A"], cwd=WORK, check=True)
    run = subprocess.run([PROGRAM, "check", "--today", str(TODAY), "--format", "json"], cwd=WORK, capture_output=True, text=True)
    report = json.loads(run.stdout)
    assert report["errors"] == [], report["errors"]
    units = [unit for unit in find(report) if unit["provision"].startswith("software-security/3.2")]
    assert units, "the unit is not in the report"
    reasons = " ".join(unit.get("reason") or "" for unit in units)
    return "evidence-failed" not in reasons, reasons


def find(value):
    """Every judged unit in the report."""
    if isinstance(value, dict):
        if "provision" in value and "outcome" in value:
            yield value
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from find(one)


def oracle(text: bytes) -> list[str]:
    return [error["code"] for error in sectxt.Parser(text, is_local=True).errors]


def good(chance) -> list[str]:
    expires = datetime.datetime.combine(TODAY, datetime.time(12, 0)) + datetime.timedelta(days=chance.randint(20, 300))
    lines = ["Contact: " + chance.choice(["mailto:security@corvid.dev", "https://corvid.dev/report", "tel:+44-20-7946-0000"]), "Expires: " + expires.strftime("%Y-%m-%dT%H:%M:%SZ")]
    extra = ["Preferred-Languages: en, cy", "Canonical: https://corvid.dev/.well-known/security.txt", "Policy: https://corvid.dev/vdp", "Acknowledgments: https://corvid.dev/thanks",
             "Encryption: https://corvid.dev/key.asc", "Hiring: https://corvid.dev/jobs", "# reports are answered within two days", ""]
    lines += chance.sample(extra, chance.randint(0, 5))
    chance.shuffle(lines)
    return lines


def damage(chance, lines: list[str]) -> str:
    at = lambda name: next(i for i, line in enumerate(lines) if line.startswith(name))
    kind = chance.choice(["none", "no-contact", "bare-contact", "http", "no-expires", "two-expires", "past", "format", "two-languages", "no-colon", "no-value", "unknown", "case", "no-scheme", "http-policy", "bare-phone", "example-host", "language"])
    match kind:
        case "no-contact": del lines[at("Contact")]
        case "bare-contact": lines[at("Contact")] = "Contact: security@corvid.dev"
        case "bare-phone": lines[at("Contact")] = "Contact: +44 20 7946 0000"
        case "http": lines[at("Contact")] = "Contact: http://corvid.dev/report"
        case "example-host": lines[at("Contact")] = "Contact: mailto:security@example.com"
        case "language": lines[:] = [line for line in lines if not line.startswith("Preferred")] + ["Preferred-Languages: qqq!"]
        case "http-policy": lines.append("Policy: http://corvid.dev/vdp")
        case "no-scheme": lines.append("Policy: corvid.dev/vdp")
        case "no-expires": del lines[at("Expires")]
        case "two-expires": lines.append(lines[at("Expires")])
        case "past": lines[at("Expires")] = "Expires: " + str(TODAY - datetime.timedelta(days=chance.randint(2, 900))) + "T00:00:00Z"
        case "format": lines[at("Expires")] = "Expires: " + chance.choice(["next year", "31/12/2030", "Thu, 31 Dec 2030 18:37:07 -0800"])
        case "two-languages": lines.extend(["Preferred-Languages: en"] * 2)
        case "no-colon": lines.append("this line is no field")
        case "no-value": lines.append("Policy:")
        case "unknown": lines.append("Frobnicate: yes")
        case "case": lines[at("Contact")] = lines[at("Contact")].replace("Contact", "CONTACT")
    return kind


def main() -> int:
    subprocess.run(["git", "init", "-q", str(WORK)], check=True)
    (WORK / "portcullis.toml").write_text('version = 1\n\n[product]\nname = "Ledger"\n')
    (WORK / "attestations.toml").write_text(ATTESTATION % TODAY)
    files = [(path.parent.parent.name, path.read_bytes()) for path in sorted(ROOT.glob("tests/cases/evidence-security-txt-*/repo/**/security.txt"))]
    chance = random.Random(9116)
    for _ in range(160):
        lines = good(chance)
        kind = damage(chance, lines)
        files.append((kind, ("\r\n".join(lines) + "\r\n").encode()))
    counts, wrong = collections.Counter(), []
    for name, text in files:
        accepted, reasons = gate(text)
        codes = oracle(text)
        if accepted == (not codes):
            counts["accepted by both" if accepted else "refused by both"] += 1
        elif accepted and all(code in LENIENT for code in codes):
            counts.update(f"by design: {LENIENT[code]}" for code in set(codes))
        elif not accepted and any(part in reasons for part in STRICT):
            counts["by design: " + next(why for part, why in STRICT.items() if part in reasons)] += 1
        else:
            wrong.append(f"{name}: the gate {'accepts' if accepted else 'refuses'} it, sectxt says {codes or 'nothing'}: {text!r}: {reasons}")
    for what, count in sorted(counts.items()):
        print(f"{count:4} {what}")
    print(f"{len(files)} files, {len(wrong)} differences that are not by design")
    print("\n".join(wrong[:10]))
    few = counts["accepted by both"] < 20 or counts["refused by both"] < 60
    return 1 if wrong or few else 0


sys.exit(main())
