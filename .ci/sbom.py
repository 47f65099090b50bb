"""The oracle behind .ci/sbom; see there."""

import json
import logging
import random
import re
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.tool import Tool
from cyclonedx.output.json import BY_SCHEMA_VERSION as JSON_WRITERS
from cyclonedx.output.xml import BY_SCHEMA_VERSION as XML_WRITERS
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from spdx_tools.spdx.model import (Actor, ActorType, CreationInfo, Document, ExternalPackageRef, ExternalPackageRefCategory, Package,
                                   Relationship, RelationshipType, SpdxNoAssertion)
from spdx_tools.spdx.writer.write_anything import write_file

logging.disable(logging.CRITICAL)
PROGRAM, WORK, ROOT = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
MADE = datetime(2026, 11, 1, tzinfo=timezone.utc)
VERSIONS = [version for version in SchemaVersion if version.to_version() in {"1.2", "1.3", "1.4", "1.5", "1.6", "1.7"}]
ATTESTATION = """version = 1

[[attestation]]
provision = "software-security/1.2-c1"
status = "met"
statement = "The SBOM lists what the lockfile locks."
owner = "security@ledger.example"
reviewed = 2026-10-01

[[attestation.evidence]]
kind = "sbom"
path = "%s"
"""


def write(name, text):
    (WORK / name).write_text(text)


def cyclonedx(packages, version, writers):
    bom = Bom()
    bom.metadata.timestamp = MADE
    bom.metadata.tools.tools.add(Tool(name="oracle", version="1"))
    own = Component(name="ledger", version="1.0.0", type=ComponentType.APPLICATION, bom_ref="own")
    bom.metadata.component = own
    parts = []
    for name, number in packages:
        group, _, short = name.rpartition("/")
        purl = PackageURL("npm", group or None, short, number)
        parts.append(Component(name=short, group=group or None, version=number, purl=purl, bom_ref=f"{name}@{number}", type=ComponentType.LIBRARY))
    bom.components.update(parts)
    bom.register_dependency(own, parts)
    for part in parts:
        bom.register_dependency(part)
    return writers[version](bom).output_as_string(indent=1)


def spdx(packages, path):
    creation = CreationInfo("SPDX-2.3", "SPDXRef-DOCUMENT", "ledger-1.0.0", "https://ledger.example/sbom", [Actor(ActorType.TOOL, "oracle")], MADE)
    own = Package("SPDXRef-own", "ledger", SpdxNoAssertion(), version="1.0.0", files_analyzed=False)
    parts, relations = [own], [Relationship("SPDXRef-DOCUMENT", RelationshipType.DESCRIBES, "SPDXRef-own")]
    for index, (name, number) in enumerate(packages):
        group, _, short = name.rpartition("/")
        reference = ExternalPackageRef(ExternalPackageRefCategory.PACKAGE_MANAGER, "purl", str(PackageURL("npm", group or None, short, number)))
        part = f"SPDXRef-{index}"
        parts.append(Package(part, name, SpdxNoAssertion(), version=number, files_analyzed=False, external_references=[reference]))
        relations.append(Relationship("SPDXRef-own", RelationshipType.DEPENDS_ON, part))
    write_file(Document(creation, parts, relationships=relations), str(path), validate=True)


def lockfile(packages, development):
    entries = {"": {"name": "ledger", "version": "1.0.0"}}
    for name, number in packages + development:
        entries[f"node_modules/{name}"] = {"version": number, "resolved": "https://registry.example.invalid/x.tgz", "integrity": "sha512-x",
                                           **({"dev": True} if (name, number) in development else {})}
    return json.dumps({"name": "ledger", "version": "1.0.0", "lockfileVersion": 3, "packages": entries}, indent=1)


def judge(path):
    write("attestations.toml", ATTESTATION % path)
    run = subprocess.run([PROGRAM, "check", str(WORK), "--today", "2026-11-22", "--format", "json"], capture_output=True, text=True)
    report = json.loads(run.stdout)
    assert report["errors"] == [], report["errors"]
    unit = next(one for one in report["products"][0]["assessments"] if one["provision"] == "software-security/1.2-c1")
    return unit["outcome"], unit["assurance"], unit["reason"]


def differences(reason):
    """What the gate says differs: (missing, extra, other version) by name."""
    missing = set(re.findall(r"does not list (\S+) (\S+), which package-lock", reason))
    extra = set(re.findall(r"lists (\S+) (\S+), which no lockfile", reason))
    other = {(name, listed, locked) for name, listed, locked in re.findall(r"lists (\S+) (\S+), where package-lock.json locks ([^;]+?)(?=;|$)", reason)}
    return missing, extra, other


def mutate(chance, packages):
    """A copy of the list with something changed, and what that is."""
    listed = list(packages)
    missing, extra, other = set(), set(), set()
    kind = chance.choice(["none", "delete", "add", "bump", "all"])
    if kind in ("delete", "all"):
        gone = listed.pop(chance.randrange(len(listed)))
        missing.add(gone)
    if kind in ("add", "all"):
        new = (f"added-{chance.randrange(1000)}", "9.9.9")
        listed.append(new)
        extra.add(new)
    if kind in ("bump", "all"):
        at = chance.randrange(len(listed) - 1)
        name, number = listed[at]
        listed[at] = (name, number + "-1")
        other.add((name, number + "-1", number))
    return listed, (missing, extra, other)


def compare_written():
    chance = random.Random(20261122)
    count = 0
    for turn in range(30):
        packages = [(("@acme/" if chance.random() < 0.3 else "") + f"package-{turn}-{index}", f"{chance.randrange(9)}.{index}.0") for index in range(8)]
        development = [(f"tool-{turn}-{index}", "1.0.0") for index in range(3)]
        write("package-lock.json", lockfile(packages, development))
        listed, wanted = mutate(chance, packages)
        version = VERSIONS[turn % len(VERSIONS)]
        write("sbom.json", cyclonedx(listed, version, JSON_WRITERS))
        write("sbom.xml", cyclonedx(listed, version, XML_WRITERS))
        spdx(listed, WORK / "sbom.spdx.json")
        spdx(listed, WORK / "sbom.spdx")
        for path in ["sbom.json", "sbom.xml", "sbom.spdx.json", "sbom.spdx"]:
            outcome, assurance, reason = judge(path)
            found = differences(reason)
            same = outcome == "met" and assurance == "verified"
            if found != wanted or same != (wanted == (set(), set(), set())):
                sys.exit(f"{path} of {version.to_version()}, turn {turn}: wanted {wanted}, the gate says {outcome} {assurance}: {reason}")
            count += 1
    print(f"the gate and the libraries agree on {count} SBOMs that they wrote")


def compare_damaged():
    chance = random.Random(7)
    samples = [ROOT / "tests/cases" / name / "repo/sbom.cdx.json" for name in
               ["evidence-sbom-cargo-cyclonedx", "evidence-sbom-cyclonedx-npm", "evidence-sbom-cyclonedx-py", "evidence-sbom-syft-cyclonedx"]]
    count, refused = 0, 0
    for sample in samples:
        text = sample.read_text()
        version = SchemaVersion.from_version(json.loads(text)["specVersion"])
        for _ in range(40):
            at = chance.randrange(len(text))
            damaged = {
                "delete": text[:at] + text[at + 1:],
                "double": text[:at] + text[at] + text[at:],
                "cut": text[:at],
                "letter": text[:at] + chance.choice("{}[]\",:x0") + text[at + 1:],
            }[chance.choice(["delete", "double", "cut", "letter"])]
            if damaged.strip() == "":
                continue
            write("sbom.json", damaged)
            _, _, reason = judge("sbom.json")
            malformed = any(words in reason for words in ["not valid JSON", "stands twice", "neither", "has no name", "cannot read", "no specVersion"])
            try:
                json.loads(damaged)
                is_json = True
            except ValueError:
                is_json = False
            if not is_json and not malformed:
                sys.exit(f"Python refuses what the gate reads: {reason}\n{damaged[max(0, at - 60):at + 60]}")
            if is_json and malformed and JsonStrictValidator(version).validate_str(damaged) is None:
                sys.exit(f"the validator takes what the gate refuses: {reason}\n{damaged[max(0, at - 60):at + 60]}")
            count += 1
            refused += malformed
    print(f"the gate, Python and the strict validator agree on {count} damaged SBOMs, {refused} of them refused")


write("portcullis.toml", 'version = 1\n\n[product]\nname = "ledger"\n')
for name in ["attestations.toml", "package-lock.json", "sbom.json", "sbom.xml", "sbom.spdx.json", "sbom.spdx"]:
    write(name, "\n")
subprocess.run(["git", "-C", str(WORK), "init", "--quiet"], check=True)
subprocess.run(["git", "-C", str(WORK), "add", "--all"], check=True)
subprocess.run(["git", "-C", str(WORK), "-c", "user.name=oracle", "-c", "user.email=oracle@ledger.example", "commit", "--quiet", "-m", "x"], check=True)
compare_written()
compare_damaged()
