"""The oracle behind .ci/vulnerabilities; see there."""

import copy
import json
import random
import subprocess
import sys
from pathlib import Path

PROGRAM, WORK, CSAF_JUDGE, OSV_JUDGE = sys.argv[1], Path(sys.argv[2]), sys.argv[3], sys.argv[4]
SAMPLES = Path(__file__).resolve().parent.parent / "tests" / "samples"
UNIT = "software-security/3.4-c2"
ATTESTATION = """version = 1

[[attestation]]
provision = "%s"
status = "met"
statement = "Every vulnerability that is fixed has an advisory."
owner = "security@ledger.example"
reviewed = 2026-10-01
"""
EVIDENCE = '\n[[attestation.evidence]]\nkind = "advisories"\npath = "%s"\nnames = ["widget-rs"]\n'
MOST = 100  # pieces of evidence under one attestation


def at(document, *keys):
    for key in keys:
        document = document[key]
    return document


def damage_csaf(chance, doc):
    """One change that CSAF allows or forbids; what it was, for messages."""
    tracking, vulnerability = at(doc, "document", "tracking"), at(doc, "vulnerabilities", 0)
    products = [text for text in ("L-1.2.0", "L-1.2.1", "W1") if text in json.dumps(doc)]
    kind = chance.choice([
        "none", "title", "note", "reference", "interim", "field", "publisher", "note-category", "publisher-category", "csaf-version", "status",
        "cve", "undefined", "group", "twice", "contradiction", "group-ok", "revision", "revision-number", "revision-order", "semver", "mixed",
        "version", "date", "no-notes", "no-tree", "no-vulnerabilities", "no-status", "remediation", "no-product", "flag", "same-cve", "category",
        "purl", "branch", "threat", "id", "relationship", "released-draft", "history-zero"])
    match kind:
        case "title": doc["document"]["title"] = chance.choice(["Other words", "x", ""])
        case "note": doc["document"].setdefault("notes", []).append({"category": chance.choice(["faq", "details", "legal_disclaimer"]), "text": "More words."})
        case "reference": doc["document"]["references"] = [{"category": "external", "summary": "x", "url": "https://ledger.example/"}]
        case "interim": tracking["status"] = "interim"
        case "field": drop(chance, doc)
        case "publisher": doc["document"]["publisher"].pop(chance.choice(["category", "name", "namespace"]))
        case "note-category": vulnerability["notes"][0]["category"] = chance.choice(["remark", "other", "general"])
        case "publisher-category": doc["document"]["publisher"]["category"] = chance.choice(["maker", "coordinator", "other"])
        case "csaf-version": doc["document"]["csaf_version"] = chance.choice(["1.2", "2", "2.0.0"])
        case "status": tracking["status"] = chance.choice(["done", "Final"])
        case "cve": vulnerability["cve"] = chance.choice(["CVE-2026-1", "GHSA-2qrg-x229-3v8q", "cve-2026-12345", "CVE-2026-123456"])
        case "undefined": at(vulnerability, "product_status")[chance.choice(["fixed", "under_investigation"])] = ["nowhere"]
        case "group": vulnerability["remediations"] = [{"category": "vendor_fix", "details": "Update.", "group_ids": ["nowhere"], "product_ids": [products[0]]}]
        case "group-ok":
            doc["product_tree"]["product_groups"] = [{"group_id": "G", "product_ids": [products[0], products[0] + chance.choice(["", "x"])]}]
        case "twice": doc["product_tree"]["full_product_names"] = [{"name": "Ledger 9", "product_id": chance.choice([products[0], "L-9"])}]
        case "contradiction": at(vulnerability, "product_status")["under_investigation"] = [products[0]]
        case "revision": tracking["revision_history"].append({"date": "2026-11-21T10:00:00Z", "number": chance.choice(["2", "3", "4"]), "summary": "More."})
        case "revision-number": tracking["revision_history"][0]["number"] = chance.choice(["0", "1", "2", "x", "01"])
        case "revision-order": tracking["revision_history"][0]["date"] = "2026-11-21T12:00:00Z"
        case "semver":
            count = len(tracking["revision_history"])
            for index, one in enumerate(tracking["revision_history"]):
                one["number"] = f"1.{index}.0"
            tracking["version"] = chance.choice([f"1.{count - 1}.0", f"1.{count - 1}.0", "1.9.0", f"1.{count - 1}.0-rc.1"])
        case "mixed": tracking["revision_history"][0]["number"] = "1.0.0"
        case "version": tracking["version"] = chance.choice(["0", "1", "2", "3", "v1", "1.0"])
        case "date": tracking[chance.choice(["initial_release_date", "current_release_date"])] = chance.choice(["2026-11-02", "yesterday", "2026-11-20T10:00:00+01:00"])
        case "no-notes": del vulnerability["notes"]
        case "no-tree": del doc["product_tree"]
        case "no-vulnerabilities": del doc["vulnerabilities"]
        case "no-status": del vulnerability["product_status"]
        case "remediation": vulnerability["remediations"] = [{"category": chance.choice(["vendor_fix", "workaround", "wait"]), "details": "Do this.", "product_ids": [chance.choice(products)]}]
        case "no-product": vulnerability["remediations"] = [{"category": "vendor_fix", "details": "Update."}]
        case "flag":
            one = {"label": chance.choice(["component_not_present", "trust_me"]), "product_ids": [products[0]]}
            vulnerability["flags"] = [one] + ([one | {"label": "vulnerable_code_not_present"}] if chance.random() < 0.5 else [])
        case "same-cve": doc["vulnerabilities"].append(copy.deepcopy(vulnerability) | ({} if chance.random() < 0.5 else {"cve": "CVE-2026-54321"}))
        case "category": doc["document"]["category"] = chance.choice(["csaf_security_advisory", "csaf_vex"])
        case "purl": doc["product_tree"]["full_product_names"] = [{"name": "Ledger 9", "product_id": "L-9", "product_identification_helper": {"purl": chance.choice(["pkg:npm/ledger@9.0.0", "npm/ledger", "pkg:npm"])}}]
        case "branch": doc["product_tree"].setdefault("branches", []).append({"category": "vendor", "name": "V", "branches": [{"category": "product_name", "name": "P", "product": {"name": "Ledger", "product_id": chance.choice(["P", products[0]])}}]})
        case "threat": vulnerability["threats"] = [{"category": chance.choice(["impact", "rumour"]), "details": "No input reaches it.", "product_ids": [products[0]]}]
        case "id": vulnerability["ids"] = [{"system_name": "Tracker", "text": "T-1"} if chance.random() < 0.5 else {"text": "T-1"}]
        case "relationship":
            doc["product_tree"]["relationships"] = [{"category": "installed_on", "full_product_name": {"name": "Ledger on it", "product_id": "R"},
                                                     "product_reference": chance.choice([products[0], "R"]), "relates_to_product_reference": chance.choice([products[-1], "nowhere"])}]
        case "released-draft": tracking["version"] = tracking["revision_history"][-1]["number"] = "0"
        case "history-zero": tracking["revision_history"].insert(0, {"date": "2026-10-01T10:00:00Z", "number": "0", "summary": "A draft."})
    return kind


def drop(chance, doc):
    keys = {"document": ["title", "publisher", "tracking"], "tracking": ["id", "status", "version", "initial_release_date", "current_release_date", "revision_history"]}
    where = chance.choice(["document", "tracking"])
    here = doc["document"] if where == "document" else doc["document"]["tracking"]
    here.pop(chance.choice(keys[where]))


def damage_osv(chance, doc):
    affected = doc["affected"][0]
    package, ranges = affected["package"], affected["ranges"][0]
    kind = chance.choice([
        "none", "words", "id", "no-id", "no-modified", "modified", "published", "no-schema", "aliases", "alias", "ecosystem", "no-ecosystem", "no-name",
        "range-type", "no-range-type", "no-events", "event-number", "event-two", "event-none", "event-name", "semver-ok", "versions", "severity",
        "severity-type", "no-score", "reference", "reference-type", "no-url", "credit", "credit-type", "no-credit-name", "affected", "versions-text"])
    match kind:
        case "words": doc[chance.choice(["summary", "details"])] = "Other words about it."
        case "id": doc["id"] = chance.choice(["x_LEDGER-1", "GO-2026-1234", "CVE-2026-54321"])
        case "no-id": del doc["id"]
        case "no-modified": del doc["modified"]
        case "modified": doc["modified"] = chance.choice(["2026-11-03T10:00:00Z", "2026-11-02T10:00:00.5Z", "yesterday", "2026-11-02", 7])
        case "published": doc["published"] = chance.choice(["2026-10-01T10:00:00Z", "soon", "2026-13-01T10:00:00Z", False])
        case "no-schema": del doc["schema_version"]
        case "aliases": doc["aliases"] = chance.choice([[], None, ["CVE-2026-4444"], "CVE-2026-4444", [7]])
        case "alias": doc["aliases"].append("PYSEC-2026-7")
        case "ecosystem": package["ecosystem"] = chance.choice(["crates.io", "PyPI", "Maven", "GitHub Actions"])
        case "no-ecosystem": del package["ecosystem"]
        case "no-name": del package["name"]
        case "range-type": ranges["type"] = chance.choice(["ECOSYSTEM", "DATE", "semver", 7])
        case "no-range-type": del ranges["type"]
        case "no-events": del ranges["events"]
        case "event-number": ranges["events"][1]["fixed"] = 7
        case "event-two": ranges["events"] = [{"introduced": "1.0.0", "fixed": "1.2.1"}]
        case "event-none": ranges["events"].append({})
        case "event-name": ranges["events"].append({"mended": "1.3.0"})
        case "semver-ok": ranges["events"] = [{"introduced": "0"}, {"fixed": "1.1.0"}, {"introduced": "1.2.0-rc.1"}, {"fixed": "1.2.1"}]
        case "versions": affected["versions"] = ["1.0.0", "1.1.0"]
        case "versions-text": affected["versions"] = chance.choice(["1.0.0", {}])
        case "severity": doc["severity"] = chance.choice([[], None, [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"}], "high"])
        case "severity-type": doc["severity"][0]["type"] = chance.choice(["CVSS_V9", "cvss", 3])
        case "no-score": del doc["severity"][0]["score"]
        case "reference": doc["references"].append({"type": chance.choice(["FIX", "WEB", "REPORT"]), "url": "https://ledger.example/fix"})
        case "reference-type": doc["references"][0]["type"] = chance.choice(["LINK", "fix"])
        case "no-url": del doc["references"][0]["url"]
        case "credit": doc["credits"].append({"name": "B. Reader"})
        case "credit-type": doc["credits"][0]["type"] = chance.choice(["REPORTER", "COORDINATOR"])  # the crate takes any word here
        case "no-credit-name": del doc["credits"][0]["name"]
        case "affected": doc["affected"] = chance.choice(["all", {}, 7])
    return kind


def git(*arguments):
    command = ["git", "-C", str(WORK), "-c", "user.name=oracle", "-c", "user.email=oracle@ledger.example", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def judge(names):
    """What the gate finds in each file; nothing where it finds none."""
    found = {name: [] for name in names}
    for first in range(0, len(names), MOST):
        batch = names[first:first + MOST]
        (WORK / "attestations.toml").write_text(ATTESTATION % UNIT + "".join(EVIDENCE % name for name in batch))
        run = subprocess.run([PROGRAM, "check", str(WORK), "--today", "2026-11-22", "--format", "json"], capture_output=True, text=True)
        report = json.loads(run.stdout)
        assert report["errors"] == [], report["errors"]
        for one in report["products"][0]["findings"]:
            for name in batch:
                if name in one["message"]:
                    found[name].append(one["message"])
    return found


def osv_verdicts(names):
    run = subprocess.run([OSV_JUDGE, *names], cwd=WORK, capture_output=True, text=True, check=True)
    return dict(line.split("\t", 1) for line in run.stdout.splitlines())


def csaf_verdicts(names):
    run = subprocess.run(["node", CSAF_JUDGE, *[str(WORK / name) for name in names]], capture_output=True, text=True, check=True)
    return {Path(path).name: ", ".join(why) for path, why in json.loads(run.stdout).items()}


# How the gate words what it asks for beyond the formats.
OWN_RULES = ["neither a version that fixes it nor what to do", "last changed before that", "is about", "without an id"]


def main():
    chance = random.Random(20261122)
    csaf = [json.loads((SAMPLES / path).read_text()) for path in ("advisories/csaf.json", "vex/csaf-vex-valid.json")]
    osv = [json.loads((SAMPLES / "advisories/osv.json").read_text())]
    (WORK / "portcullis.toml").write_text('version = 1\n\n[product]\nname = "Ledger"\n')
    kinds, texts = {}, {}
    for label, bases, damage, wanted in [("csaf", csaf, damage_csaf, 140), ("osv", osv, damage_osv, 80)]:
        seen = {json.dumps(base): "none" for base in bases}
        for _ in range(4000):
            if len(seen) >= wanted:
                break
            doc = copy.deepcopy(chance.choice(bases))
            kind = damage(chance, doc)
            seen.setdefault(json.dumps(doc), kind)
        for index, (text, kind) in enumerate(seen.items()):
            name = f"{label}-{index:03}.json"
            (WORK / name).write_text(text + "\n")
            kinds[name], texts[name] = kind, text
    (WORK / "attestations.toml").write_text("\n")
    git("init", "--quiet")
    git("add", "--all")
    git("commit", "--quiet", "-m", "x")
    for label, oracle in [("csaf", csaf_verdicts), ("osv", osv_verdicts)]:
        names = [name for name in kinds if name.startswith(label)]
        says, gate = oracle(names), judge(names)
        wrong, refused, own = [], 0, 0
        for name in names:
            refused += bool(says[name])
            if says[name] and not gate[name]:
                wrong.append(f"{name} ({kinds[name]}): the oracle refuses it ({says[name]}), the gate does not\n{texts[name]}")
            if gate[name] and not says[name]:
                if all(any(rule in message for rule in OWN_RULES) for message in gate[name]):
                    own += 1
                else:
                    wrong.append(f"{name} ({kinds[name]}): the gate refuses what the oracle takes: {gate[name]}\n{texts[name]}")
        if wrong:
            sys.exit("\n".join(wrong[:20]) + f"\n{len(wrong)} disagreements on {label}")
        print(f"{label}: the gate and the oracle agree on {len(names)} documents, {refused} of them refused; {own} more lack what the gate asks for itself")


main()
