"""The oracle behind .ci/update-config; see there."""

import copy
import json
import random
import subprocess
import sys
from pathlib import Path

PROGRAM, WORK = sys.argv[1], Path(sys.argv[2])
CHECK = [sys.executable, "-m", "check_jsonschema"]
ATTESTATION = """version = 1

[[attestation]]
provision = "software-security/1.1-c3"
status = "met"
statement = "The bot keeps everything up to date."
owner = "security@ledger.example"
reviewed = 2026-10-01

[[attestation.evidence]]
kind = "update-config"
path = "%s"
"""
TREE = {
    "go.mod": "module ledger.example/ledger\n\ngo 1.25\n\nrequire golang.org/x/text v0.30.0\n",
    "web/package.json": '{"name": "web", "dependencies": {"left-pad": "1.3.0"}}\n',
    "deploy/Dockerfile": "FROM debian:13-slim\n",
    ".github/workflows/ci.yml": "on: [push]\njobs:\n  test:\n    runs-on: ubuntu-24.04\n    steps:\n      - uses: actions/checkout@v5\n",
}
DEPENDABOT = {
    "version": 2,
    "updates": [
        {"package-ecosystem": name, "directory": folder, "schedule": {"interval": "weekly"}}
        for name, folder in [("gomod", "/"), ("npm", "/web"), ("docker", "/deploy"), ("github-actions", "/")]
    ],
}
RENOVATE = {"extends": ["config:recommended"], "enabledManagers": ["gomod", "npm", "dockerfile", "github-actions"], "ignorePaths": ["old/**"],
            "packageRules": [{"matchUpdateTypes": ["minor"], "automerge": True}], "enabled": True}
INVALID = ["so the host refuses", "so it refuses", "so nothing is updated", "where Renovate expects", "not valid", "does not say `version", "stands twice", "several documents"]


def damage_dependabot(chance, config):
    item = chance.choice(config["updates"])
    kind = chance.choice(["none", "version", "no-version", "updates", "ecosystem", "name", "folder", "two-folders", "interval", "no-schedule", "key", "folders", "limit"])
    match kind:
        case "version": config["version"] = chance.choice([1, "2", 3])
        case "no-version": del config["version"]
        case "updates": config["updates"] = chance.choice([{}, "all", None])
        case "ecosystem": del item["package-ecosystem"]
        case "name": item["package-ecosystem"] += "x"
        case "folder": del item["directory"]
        case "two-folders": item["directories"] = ["/x"]
        case "interval": item["schedule"]["interval"] = chance.choice(["often", "hourly", 7])
        case "no-schedule": del item["schedule"]
        case "key": item["frobnicate"] = True
        case "folders": item["directories"] = [item.pop("directory"), "/more-*"]
        case "limit": item["open-pull-requests-limit"] = chance.choice([3, 20])
    return kind


def damage_renovate(chance, config):
    key = chance.choice(["none", "extends", "enabledManagers", "ignorePaths", "packageRules", "enabled"])
    if key != "none":
        config[key] = chance.choice([{}, 7, "x", None, [{}], [7]]) if key != "enabled" else chance.choice(["yes", 1, []])
    return key


def judge(path):
    (WORK / "attestations.toml").write_text(ATTESTATION % path)
    run = subprocess.run([PROGRAM, "check", str(WORK), "--today", "2026-11-22", "--format", "json"], capture_output=True, text=True)
    report = json.loads(run.stdout)
    assert report["errors"] == [], report["errors"]
    unit = next(one for one in report["products"][0]["assessments"] if one["provision"] == "software-security/1.1-c3")
    return unit["outcome"], unit["assurance"], unit["reason"]


def main():
    chance = random.Random(20261122)
    for path, text in TREE.items():
        (WORK / path).parent.mkdir(parents=True, exist_ok=True)
        (WORK / path).write_text(text)
    (WORK / "portcullis.toml").write_text('version = 1\n\n[product]\nname = "Ledger"\n')
    for path in ["attestations.toml", ".github/dependabot.yml", "renovate.json"]:
        (WORK / path).write_text("\n")
    git = ["git", "-C", str(WORK), "-c", "user.name=oracle", "-c", "user.email=oracle@ledger.example"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "x"], check=True)
    bots = [(".github/dependabot.yml", "vendor.dependabot", DEPENDABOT, damage_dependabot), ("renovate.json", "vendor.renovate", RENOVATE, damage_renovate)]
    for path, schema, good, damage in bots:
        made, seen = {}, []
        for turn in range(60):
            config = copy.deepcopy(good)
            kind = damage(chance, config)
            made.setdefault(json.dumps(config), kind)
        for index, text in enumerate(made):
            copied = WORK / f"copy-{index}.json"
            copied.write_text(text)
            seen.append(str(copied))
        run = subprocess.run([*CHECK, "--builtin-schema", schema, "--output-format", "json", *seen], capture_output=True, text=True)
        result = json.loads(run.stdout)
        refused = {error["filename"] for error in result["errors"] + result.get("parse_errors", [])}
        for (text, kind), copied in zip(made.items(), seen):
            # JSON is YAML, so that one text serves both.
            (WORK / path).write_text(text)
            outcome, assurance, reason = judge(path)
            invalid = any(words in reason for words in INVALID)
            if copied in refused and outcome == "met" and assurance == "verified":
                sys.exit(f"the schema refuses what the gate calls verified ({kind}): {text}\n{reason}")
            if copied not in refused and (invalid or outcome != "met" or (assurance != "verified" and "not followed: the preset" not in reason)):
                sys.exit(f"the schema takes what the gate does not ({kind}): {text}\n{outcome} {assurance}: {reason}")
        print(f"the gate and the schema {schema} agree on {len(made)} configurations, {len(refused)} of them refused")


main()
