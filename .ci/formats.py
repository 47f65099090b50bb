"""The outputs of `portcullis check` under foreign readers; see `.ci/formats`, which calls this."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import jsonschema
import junitparser
from cmarkgfm import github_flavored_markdown_to_html
from cmarkgfm.cmark import Options
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from google.protobuf.json_format import ParseDict
from in_toto_attestation.v1.statement import Statement
from markdown_it import MarkdownIt

PROGRAM, WORK, ROOT = sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])
CASES = sys.argv[4:] or ["human-hostile", "human-mixed-gaps", "human-two-products", "human-open", "human-faults", "human-no-declaration", "sarif-outcomes"]
FORMATS = ["json", "markdown", "github", "junit", "gitlab-codequality", "csv", "html", "in-toto", "cyclonedx", "oscal"]
ATTACK = (
    "::error file=x::owned ##[error]owned <script>owned</script> <img src=x onerror=owned> [owned](https://evil.example/) "
    "![owned](https://evil.example/o.png) https://evil.example www.evil.example a@evil.example @octocat #1 | owned | `owned` ]]> %0Aowned &lt;"
)
# docs.gitlab.com, "Code Quality report format"; no byte order mark, fingerprints unique.
QUALITY = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer", "minimum": 1}}},
                },
            },
        },
    },
}
# What junit-10.xsd of Jenkins' xUnit plugin allows and requires of the elements that are written.
JUNIT = {
    "testsuites": ({"name", "tests", "failures", "errors"}, set(), {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "timestamp"}, {"name", "tests", "failures", "errors"}, {"properties", "testcase"}),
    "properties": (set(), set(), {"property"}),
    "property": ({"name", "value"}, {"name", "value"}, set()),
    "testcase": ({"name", "classname"}, {"name"}, {"failure", "error", "skipped", "system-out"}),
    "failure": ({"type", "message"}, set(), set()),
    "error": ({"type", "message"}, set(), set()),
    "skipped": ({"message"}, set(), set()),
    "system-out": (set(), set(), set()),
}


def git(folder, *arguments):
    config = ["-c", "user.name=ci", "-c", "user.email=ci@portcullis.example", "-c", "commit.gpgsign=false", "-c", "core.autocrlf=false"]
    subprocess.run(["git", *config, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def repository(name):
    folder = WORK / name
    if name == "attack":
        folder.mkdir()
        text = json.dumps(ATTACK)
        (folder / "portcullis.toml").write_text(f'version = 1\n[product]\nname = {json.dumps("=" + ATTACK)}\nroles = ["developer"]\n[product.not]\nai = {text}\n')
        rows = "".join(
            f'[[attestation]]\nprovision = "software-security/{unit}"\nstatus = "{status}"\nstatement = {text}\nowner = "a@b.example"\nreviewed = 2026-10-01\n{more}'
            for unit, status, more in [
                ("1.1", "partial", ""),
                ("1.2-c1", "met", '[[attestation.evidence]]\nkind = "document"\npath = "docs/=<img src=x>|owned.md"\n'),
            ]
        )
        waiver = f'[[waiver]]\nprovision = "software-security/3.4-c1"\nreason = {text}\napproved-by = "@owned <b>"\nexpires = 2027-03-31\n'
        (folder / "attestations.toml").write_text(f"version = 1\n{rows}{waiver}")
    else:
        shutil.copytree(ROOT / "tests/cases" / name / "repo", folder)
    git(folder, "init", "--quiet")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", "case")
    return folder


def outputs(folder):
    beside = folder.with_suffix(".out")
    beside.mkdir()
    declarations = sorted(folder.rglob("portcullis.toml"))
    at = declarations[0].parent if declarations else folder
    arguments = [f"--output={form}={beside / form}" for form in FORMATS]
    run = subprocess.run([PROGRAM, "check", str(at), "--today", "2026-11-22", *arguments], cwd=folder, capture_output=True)
    read = {form: (beside / form).read_bytes() for form in FORMATS}
    report = json.loads(read["json"])
    assert run.returncode == report["exit-code"], run.stderr
    return report, {form: text.decode() for form, text in read.items()}


def of(report, key):
    return [one for product in report["products"] for one in product[key]]


def check_junit(report, text):
    def walk(node):
        allowed, required, inner = JUNIT[node.tag]
        assert required <= set(node.attrib) <= allowed, (node.tag, node.attrib)
        for child in node:
            assert child.tag in inner, (node.tag, child.tag)
            walk(child)

    walk(ElementTree.fromstring(text))
    ends = {}
    for suite in junitparser.JUnitXml.fromstring(text.encode()):
        counts = (suite.tests, suite.failures, suite.errors, suite.skipped)
        suite.update_statistics()
        assert counts == (suite.tests, suite.failures, suite.errors, suite.skipped), suite.name
        for case in suite:
            kinds = {type(result).__name__ for result in case.result}
            ends.setdefault(case.name.split(" ")[0], []).append(kinds)
    for unit in of(report, "assessments"):
        kinds = ends[unit["provision"]]
        if unit["outcome"] == "met":
            assert set() in kinds, unit
        else:
            assert any(kinds), unit
            assert unit["outcome"] in ("excluded", "waived", "unanswered") or {"Failure"} in kinds or {"Skipped"} in kinds, unit
    failed = any("Failure" in kinds for own in ends.values() for kinds in own)
    errors = sum("Error" in kinds for own in ends.values() for kinds in own)
    assert failed == (report["verdict"] == "closed") and errors == len(report["errors"])
    return sum(len(own) for own in ends.values())


def check_markdown(report, text):
    assert len(text.encode()) <= 65536
    tokens = list(MarkdownIt("commonmark").enable("table").parse(text))
    flat = [inner for token in tokens for inner in [token, *(token.children or [])]]
    kinds = {token.type for token in flat}
    assert not kinds & {"html_block", "html_inline", "image", "code_block", "fence"}, kinds
    heads = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    wanted = "could not assess" if report["verdict"] == "could-not-assess" else f"gate: {report['verdict']}"
    assert heads[0].startswith(f"Portcullis {wanted}"), heads
    rows = sum(1 for at, token in enumerate(tokens) if token.type == "td_open" and tokens[at + 1].content in ("error", "warning", "note"))
    left = sum(int(number) for number in re.findall(r"… and (\d+) more findings?:", text))
    assert report["errors"] or rows + left == len(of(report, "findings")), (rows, left)
    page = Elements()
    page.feed(github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE))
    assert page.tags <= {"h2", "h3", "h4", "p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td", "a", "strong"}, page.tags
    assert all(re.fullmatch(r"[^:<>\s]+#L\d+", link) for link in page.links), page.links
    assert report["errors"] or len(page.links) == rows, (len(page.links), rows)
    return rows


class Elements(HTMLParser):
    """What cmark-gfm, GitHub's own parser, makes of a text, its links of bare addresses included."""

    def __init__(self):
        super().__init__()
        self.tags, self.links = set(), []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])


def check_github(report, text):
    """actions/runner: a line whose first two characters are `::` is a command; properties end at `,`, the head at `::`."""
    seen = {"error": 0, "warning": 0, "notice": 0}
    for line in text.split("\n"):
        assert "##[" not in line or line.startswith("::"), line
        if not line.startswith("::"):
            assert "owned" not in line, line
            continue
        head, _, message = line[2:].partition("::")
        name, _, properties = head.partition(" ")
        seen[name] += 1
        keys = [pair.partition("=")[0] for pair in properties.split(",")]
        assert keys in (["file", "line", "endLine", "col", "title"], ["title"]), keys
        assert not re.search(r"%(?!25|0A|0D)", message), message
    counted = {"error": "error", "warning": "warning", "notice": "note"}
    for name, level in counted.items():
        there = sum(one["level"] == level for one in of(report, "findings")) + (len(report["errors"]) if name == "error" else 0)
        assert seen[name] == min(there, 10), (name, seen, there)
    return sum(seen.values())


def check_quality(report, text):
    entries = json.loads(text)
    jsonschema.validate(entries, QUALITY)
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) == len(of(report, "findings")) + len(report["errors"])
    return len(entries)


def check_csv(report, text):
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert all(None not in row and None not in row.values() for row in rows)
    assert not any(cell.lstrip()[:1] in ("=", "+", "-", "@") and cell.strip() for row in rows for cell in row.values())
    units = [(one["provision"], one["outcome"], one["assurance"] or "") for one in of(report, "assessments")]
    told = [(row["provision"], row["outcome"], row["assurance"]) for row in rows]
    assert told == (units or [("", "could-not-assess", "")] * len(report["errors"])), told
    return len(rows)


class Page(HTMLParser):
    """Every element must be closed in its order, and none may load or run anything."""

    VOID = {"meta", "br"}
    KNOWN = VOID | set("html head title style body a header h1 h2 h3 h4 p q strong b code nav ul li main section div table caption thead tbody tr th td article span footer".split())

    def __init__(self):
        super().__init__()
        self.open, self.articles, self.rows, self.policy, self.ids, self.targets = [], 0, 0, "", set(), set()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        assert tag in self.KNOWN, tag
        assert not any(name.startswith("on") or name in ("src", "style") for name in attrs), attrs
        if "id" in attrs:
            assert attrs["id"] not in self.ids, attrs
            self.ids.add(attrs["id"])
        if tag == "a" and attrs["href"].startswith("#"):
            self.targets.add(attrs["href"][1:])
        if attrs.get("http-equiv") == "Content-Security-Policy":
            self.policy = attrs["content"]
        self.articles += tag == "article"
        self.rows += tag == "th" and attrs.get("class") == "id" and attrs.get("scope") == "row"
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, tag


def check_html(report, text):
    page = Page()
    page.feed(text)
    assert not page.open and page.targets <= page.ids, (page.open, page.targets - page.ids)
    assert page.policy.startswith("default-src 'none'; style-src 'sha256-"), page.policy
    assert (page.articles, page.rows) == (len(of(report, "findings")), len(of(report, "assessments")))
    return page.articles + page.rows


def check_in_toto(report, text):
    statement = Statement([], "", {})
    ParseDict(json.loads(text), statement.pb)
    statement.validate()
    assert json.loads(text)["predicate"] == report
    assert report["dirty"] or statement.pb.subject[0].digest["gitCommit"] == report["commit"]
    return 1


def check_cyclonedx(report, text):
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    assert wrong is None, wrong
    document = json.loads(text)
    said = document["declarations"]
    refs = {one["bom-ref"]: one for one in said["claims"] + said["evidence"]}
    entries = [entry for attestation in said["attestations"] for entry in attestation["map"]]
    units = of(report, "assessments")
    assert [entry["requirement"] for entry in entries] == [unit["provision"] for unit in units]
    known = {one["bom-ref"] for standard in document["definitions"]["standards"] for one in standard["requirements"]}
    for entry, unit in zip(entries, units):
        assert entry["requirement"] in known and ("claims" in entry) == (unit["outcome"] == "met"), entry
        assert ("counterClaims" in entry) == (unit["outcome"] not in ("met", "excluded")) and "score" not in entry["conformance"], entry
        for claim in entry.get("claims", []) + entry.get("counterClaims", []):
            own = refs[claim]
            assert all(one in refs for one in own.get("evidence", []) + own.get("counterEvidence", [])), own
    assert {"name": "portcullis:verdict", "value": report["verdict"]} in document["properties"]
    return len(entries)


def trestle(workspace, text):
    """What compliance-trestle says of a document; it reads only inside of a workspace of its own."""
    command = [Path(sys.executable).with_name("trestle")]
    if not workspace.exists():
        workspace.mkdir()
        subprocess.run([*command, "init", "--local"], cwd=workspace, check=True, capture_output=True)
    file = workspace / "assessment-results/check/assessment-results.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return subprocess.run([*command, "validate", "-f", str(file.relative_to(workspace))], cwd=workspace, capture_output=True, text=True)


def check_oscal(report, text):
    run = trestle(WORK / "trestle", text)
    assert run.returncode == 0 and "VALID" in run.stdout, (run.stdout, run.stderr)
    # A validator that takes everything would prove nothing.
    assert trestle(WORK / "trestle", text.replace('"not-satisfied"', '"unsatisfied"').replace('"satisfied"', '"passed"')).returncode != 0
    document = json.loads(text)["assessment-results"]
    results = document["results"]
    assert len(results) == len(report["products"]) + bool(report["errors"]), len(results)
    told = 0
    for result, product in zip(results, report["products"]):
        findings = {one["target"]["target-id"]: one for one in result["findings"]}
        for unit in product["assessments"]:
            finding = findings.pop(unit["provision"].replace("/", "_"), None)
            assert (finding is None) == (unit["outcome"] == "excluded"), unit
            if finding:
                told += 1
                assert (finding["target"]["status"]["state"] == "satisfied") == (unit["outcome"] == "met"), unit
                assert ("related-risks" in finding) == (unit["outcome"] == "waived"), unit
        assert all(name.startswith("portcullis_") for name in findings), findings
    assert not report["errors"] or results[-1]["findings"][0]["target"]["status"]["state"] == "not-satisfied"
    return told


CHECKS = {"junit": check_junit, "markdown": check_markdown, "github": check_github, "gitlab-codequality": check_quality, "csv": check_csv, "html": check_html, "in-toto": check_in_toto, "cyclonedx": check_cyclonedx, "oscal": check_oscal}


def main():
    failed = 0
    for name in ["attack", *CASES]:
        report, texts = outputs(repository(name))
        told = []
        for form, check in CHECKS.items():
            try:
                told.append(f"{form} {check(report, texts[form])}")
            except Exception as error:  # each format is told of, whatever went wrong in another
                failed += 1
                told.append(f"{form} WRONG ({type(error).__name__}: {str(error)[:300]})")
        print(f"{name:24} {', '.join(told)}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    os.environ["LC_ALL"] = "C.UTF-8"
    main()
