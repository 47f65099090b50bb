// The oracle behind .ci/sigstore; see there.
"use strict";

const { execFileSync, spawnSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const { bundleFromJSON } = require("@sigstore/bundle");
const { TrustedRoot } = require("@sigstore/protobuf-specs");
const { Verifier, toSignedEntity, toTrustMaterial } = require("@sigstore/verify");

const [PROGRAM, WORK, ROOT] = process.argv.slice(2);
const REPO = path.join(WORK, "repo");
const SAMPLES = path.join(ROOT, "tests/samples/sigstore");
const PROVISION = "software-security/3.1-c1";
const GITHUB = "https://token.actions.githubusercontent.com";
const JS = "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main";
const BEACON =
  "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main";
const CALLED =
  "https://github.com/github/artifact-attestations-workflows/.github/workflows/attest.yml@09b495c3f12c7881b3cc17209a327792065c1a1d";

// Each: the bundle, who signed it, who vouches for that, and the file that it signs, if it signs one.
const BUNDLES = [
  ["sigstore-js-2.0.0.sigstore.json", JS, GITHUB],
  ["github-reusable.sigstore.json", CALLED, GITHUB],
  ["a-0.1.sigstore.json", BEACON, GITHUB, "a.txt"],
  ["a-0.3.sigstore.json", BEACON, GITHUB, "a.txt"],
  ["cosign-blob.sigstore.json", "w.vollprecht@gmail.com", "https://github.com/login/oauth", "cosign-blob.txt"],
];
const FOREIGN = [
  ["github-private.jsonl", "https://github.com/actions/attest-demo/.github/workflows/build-python.yml@refs/heads/main", GITHUB],
];
const PER_PART = 2;

const root = TrustedRoot.fromJSON(JSON.parse(fs.readFileSync(path.join(ROOT, "src/formats/sigstore/trusted_root.json"), "utf8")));
const verifier = new Verifier(toTrustMaterial(root));

let state = 20261126;
function chance(below) {
  state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
  return (state >>> 8) % below;
}

function git(...args) {
  execFileSync("git", ["-C", REPO, ...args], { stdio: "pipe" });
}

/** Whether sigstore-js verifies the bundle for that signer, and why not. */
function theirs({ bundle, identity, issuer, file }) {
  try {
    const signer = verifier.verify(toSignedEntity(bundleFromJSON(bundle), file));
    const found = signer.identity;
    const same = found?.subjectAlternativeName === identity && found?.extensions?.issuer === issuer;
    return [same, same ? "verified" : "another signer"];
  } catch (error) {
    return [false, `${error.code ?? error.name}: ${error.message}`];
  }
}

/** Whether the gate lets the bundle stand as far as it can, and its reason. What the statements are about is not in this tree, so they are evidenced. */
function ours({ bundle, identity, issuer, file }) {
  fs.writeFileSync(path.join(REPO, "artefact.sigstore.json"), JSON.stringify(bundle));
  if (file) fs.writeFileSync(path.join(REPO, "artefact"), file);
  const kind = file ? "signature" : "provenance";
  const entry = { kind, path: "artefact.sigstore.json", identity, issuer };
  const keys = Object.entries(entry).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
  fs.writeFileSync(
    path.join(REPO, "attestations.toml"),
    `version = 1\n\n[[attestation]]\nprovision = "${PROVISION}"\nstatus = "met"\nstatement = "Releases are signed."\n` +
      `owner = "security@ledger.example"\nreviewed = 2026-10-01\n\n[[attestation.evidence]]\n${keys.join("")}`,
  );
  git("add", "-A");
  const run = spawnSync(PROGRAM, ["check", REPO, "--today", "2026-11-22", "--format", "json"], { encoding: "utf8" });
  const report = JSON.parse(run.stdout);
  if (report.errors.length) fail("the gate", JSON.stringify(report.errors));
  const unit = report.products[0].assessments.find((one) => one.provision === PROVISION);
  if (!["met", "evidence-failed", "doubtful"].includes(unit.outcome)) fail("the gate", JSON.stringify(unit));
  const most = file ? "verified" : "evidenced";
  if (unit.outcome === "met" && unit.assurance !== most) fail("the gate", `met, and ${unit.assurance} in place of ${most}`);
  return [unit.outcome === "met", unit.reason];
}

function fail(name, message) {
  console.error(`${name}: ${message}`);
  process.exit(1);
}

/** One bit of one byte changed of what is written in base64. */
function flipped(text, encoding = "base64") {
  const bytes = Buffer.from(text, encoding);
  bytes[chance(bytes.length)] ^= 1 << chance(7);
  return bytes.toString(encoding);
}

/**
 * What can be changed in a bundle: a name, and where it is. A proof's root hash is left out: sigstore-js reads the checkpoint's in its
 * place, and the gate asks that both are the same.
 */
function* parts(bundle) {
  const material = bundle.verificationMaterial;
  const at = (name, holder, key, change = flipped) => ({ name, holder, key, change });
  const envelope = bundle.dsseEnvelope;
  if (envelope) {
    yield at("envelope", envelope, "payload");
    yield at("envelope", envelope, "payloadType", (text) => `${text};v=2`);
    yield at("signature", envelope.signatures[0], "sig");
  } else {
    yield at("signature", bundle.messageSignature, "signature");
    yield at("digest", bundle.messageSignature.messageDigest, "digest");
  }
  yield at("certificate", material.certificate ?? material.x509CertificateChain.certificates[0], "rawBytes");
  for (const stamp of material.timestampVerificationData?.rfc3161Timestamps ?? []) yield at("timestamp", stamp, "signedTimestamp");
  for (const entry of material.tlogEntries) {
    yield at("entry", entry, "canonicalizedBody");
    yield at("entry", entry, "integratedTime", (time) => String(Number(time) + 1 + chance(1000)));
    yield at("entry", entry, "integratedTime", (time) => String(Number(time) + 86400 * 365));
    yield at("entry", entry, "logIndex", (index) => String(Number(index) + 1 + chance(1000)));
    yield at("entry", entry.logId, "keyId");
    yield at("entry", entry.kindVersion, "version", () => "0.0.9");
    if (entry.inclusionPromise) yield at("promise", entry.inclusionPromise, "signedEntryTimestamp");
    const proof = entry.inclusionProof;
    if (!proof) continue;
    yield at("proof", proof.hashes, chance(proof.hashes.length));
    yield at("proof", proof.hashes, chance(proof.hashes.length));
    yield at("proof", proof, "logIndex", (index) => String(Number(index) ^ (1 << chance(10))));
    yield at("proof", proof, "hashes", (hashes) => hashes.slice(1));
    yield at("checkpoint", proof.checkpoint, "envelope", (text) => flippedDigit(text));
    yield at("checkpoint", proof.checkpoint, "envelope", (text) => {
      const [, head, signature] = /^([^]*— \S+ )(\S+)\n$/.exec(text);
      return `${head}${flipped(signature)}\n`;
    });
  }
}

/** Another size of the tree in a checkpoint. */
function flippedDigit(text) {
  const lines = text.split("\n");
  lines[1] = String(Number(lines[1]) + 1 + chance(9));
  return lines.join("\n");
}

const counts = new Map();
function compare(name, part, question) {
  const [accepted, why] = theirs(question);
  const [stands, reason] = ours(question);
  if (accepted !== stands) fail(name, `sigstore-js says ${accepted} (${why}), the gate says ${stands}: ${reason}`);
  const count = counts.get(part) ?? [0, 0];
  count[accepted ? 0 : 1] += 1;
  counts.set(part, count);
  return accepted;
}

fs.mkdirSync(REPO);
execFileSync("git", ["init", "-q", REPO]);
fs.writeFileSync(path.join(REPO, "portcullis.toml"), 'version = 1\n\n[product]\nname = "Ledger"\n');

for (const [name, identity, issuer, signed] of BUNDLES) {
  const text = fs.readFileSync(path.join(SAMPLES, name), "utf8");
  const file = signed && fs.readFileSync(path.join(SAMPLES, signed));
  const question = { bundle: JSON.parse(text), identity, issuer, file };
  if (!compare(name, "as it is", question)) fail(name, "a sample that holds is refused by both");
  compare(name, "identity", { ...question, identity: identity.replace(/.$/, "x") });
  compare(name, "issuer", { ...question, issuer: `${issuer}/` });
  if (file) {
    const changed = Buffer.from(file);
    changed[chance(changed.length)] ^= 1;
    compare(name, "file", { ...question, file: changed });
  }
  const total = [...parts(JSON.parse(text))].length;
  for (let at = 0; at < total; at += 1) {
    for (let time = 0; time < PER_PART; time += 1) {
      const bundle = JSON.parse(text);
      const part = [...parts(bundle)][at];
      if (part.holder[part.key] === undefined) continue;
      part.holder[part.key] = part.change(part.holder[part.key]);
      compare(`${name}: ${part.name} ${part.key}`, part.name, { ...question, bundle });
      if (part.change !== flipped) break;
    }
  }
}
for (const [name, identity, issuer] of FOREIGN) {
  const bundle = JSON.parse(fs.readFileSync(path.join(SAMPLES, name), "utf8"));
  if (compare(name, "another instance", { bundle, identity, issuer })) fail(name, "a bundle of another instance is accepted by both");
}
let all = 0;
for (const [part, [good, bad]] of counts) {
  all += good + bad;
  console.log(`${part}: ${good} verified, ${bad} refused, by both`);
}
if (all < 100) fail("the comparison", `only ${all} bundles were compared`);
console.log(`${all} bundles: sigstore-js and the gate agree`);
