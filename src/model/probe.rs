//! The probes by name: what each finds in a repository that no attestation of the opposite can stand beside.
//!
//! Policies name the probes that bear on a provision, and a declaration may answer one with a reason, so the names stand
//! here, below both; how each looks is in `probe`.

/// A probe's name and what it is about.
#[derive(Debug, PartialEq, Eq)]
pub struct ProbeEntry {
    /// As policies and declarations write it.
    pub name: &'static str,
    /// What is there where it fires, as a sentence without its full stop.
    pub about: &'static str,
    /// What to do about it.
    pub remedy: &'static str,
}

const fn entry(name: &'static str, about: &'static str, remedy: &'static str) -> ProbeEntry {
    ProbeEntry { name, about, remedy }
}

/// Every probe, in the order in which documentation lists them.
pub static PROBES: &[ProbeEntry] = &[
    entry(
        "security-txt-expired",
        "A security.txt of this product is past its own Expires",
        "check that every field still holds, set `Expires` anew, and serve the new file",
    ),
    entry(
        "action-movable-tag",
        "A workflow takes an action by a tag or branch, which can be moved to other code",
        "name each action by the full id of the commit, with its version in a comment behind it",
    ),
    entry(
        "workflow-write-all",
        "A workflow's token may write to everything",
        "set `permissions: contents: read` for the workflow, and more only for the job that needs it",
    ),
    entry(
        "pull-request-target-checkout",
        "A workflow with the repository's own rights checks out what a stranger's pull request brings",
        "run on `pull_request` instead, or check out the base and never run what the pull request brings",
    ),
    entry(
        "workflow-untrusted-input",
        "A text that a stranger chooses is pasted into a script of a workflow",
        "hand the text over by `env:` and use the variable in quotes",
    ),
    entry("test-step-cannot-fail", "A step of CI runs tests and throws their failure away", "let the tests fail the job"),
    entry(
        "ci-install-unlocked",
        "CI installs dependencies past the lockfile",
        "install what the lockfile locks: `npm ci`, `pnpm install --frozen-lockfile`, `yarn install --immutable`",
    ),
    entry(
        "container-base-by-tag",
        "An image is built on another that is named by a tag, which can be moved",
        "name the base image by its digest (`image:tag@sha256:…`) and let a bot renew it",
    ),
    entry(
        "lockfile-missing",
        "An application's manifest has dependencies, and no lockfile is tracked for it",
        "let the package manager write the lockfile, and track it",
    ),
    entry(
        "lockfile-drift",
        "A manifest needs what the lockfile beside it does not lock",
        "let the package manager write the lockfile anew",
    ),
    entry(
        "lockfile-unhashed",
        "A lockfile has packages that no digest binds to their bytes",
        "let the package manager write the lockfile anew, with digests",
    ),
    entry(
        "support-ended",
        "The support period that the declaration states is over",
        "state the period that customers can rely on, or say that the product is no longer supported",
    ),
    entry(
        "support-moved-earlier",
        "The declaration states an earlier end of support than it did before",
        "set `until` back to the latest day that customers were told of; the period may grow, not shrink",
    ),
    entry(
        "private-key-in-tree",
        "An unencrypted private key lies in the repository",
        "revoke the key, take it out of the repository and its history, and keep the new one in a secret store",
    ),
    entry(
        "token-in-tree",
        "An access token of a well-known service lies in the repository",
        "revoke the token, take it out of the repository and its history, and keep the new one in a secret store",
    ),
    entry(
        "android-debuggable",
        "An Android manifest makes the app debuggable",
        "take `android:debuggable` out of the manifest; the build sets it for debug builds",
    ),
    entry(
        "android-cleartext",
        "An Android app may talk to every address in plain text",
        "leave plain text off, or permit it in the network security configuration for the one domain that needs it",
    ),
    entry(
        "android-backup",
        "All of an Android app's data goes into backups",
        "say what is backed up by `android:dataExtractionRules` and `android:fullBackupContent`, or switch backups off",
    ),
    entry(
        "apple-arbitrary-loads",
        "An Apple app may load from everywhere without TLS",
        "take NSAllowsArbitraryLoads out, and name the one domain that needs an exception",
    ),
    entry(
        "security-policy-public-only",
        "The security policy takes reports only where everybody reads them",
        "name a monitored e-mail address, an https form, or the forge's private reporting",
    ),
    entry(
        "yocto-debug-features",
        "A Yocto image is built with an open root account or debug features",
        "build release images without debug-tweaks, and set a password or key for each unit",
    ),
    entry(
        "buildroot-root-password",
        "A Buildroot image's root password is empty or the same in every unit",
        "switch the login of root off, or give each unit its own password at the factory",
    ),
    entry(
        "esp-secure-boot-off",
        "A release configuration of ESP-IDF switches secure boot off",
        "switch CONFIG_SECURE_BOOT on in the release configuration",
    ),
    entry(
        "esp-flash-encryption-off",
        "A release configuration of ESP-IDF switches flash encryption off",
        "switch CONFIG_SECURE_FLASH_ENC_ENABLED on in the release configuration",
    ),
    entry(
        "esp-jtag-enabled",
        "A release configuration of ESP-IDF leaves JTAG open",
        "leave CONFIG_SECURE_BOOT_ALLOW_JTAG off in the release configuration",
    ),
    entry("ble-legacy-pairing", "Bluetooth LE may pair by the legacy method", "pair by LE Secure Connections only"),
    entry(
        "default-password-in-config",
        "A shipped configuration sets the same password in every installation or unit",
        "let each installation or unit have its own password, or have the user set one before anything else works",
    ),
    entry("update-url-plain-http", "What is shipped fetches its updates without TLS", "fetch updates by https"),
    entry(
        "attestations-unowned",
        "CODEOWNERS leaves the declaration or the attestations without an owner",
        "add a rule for portcullis.toml and the attestations file",
    ),
    entry(
        "model-executable-format",
        "A shipped model file is of a format that runs code when it is loaded",
        "convert it to a format that holds data alone, such as safetensors or ONNX, and load that",
    ),
    entry(
        "model-remote-code",
        "The product runs code that comes with a model, at no fixed revision",
        "load models without it, or review that code and fix `revision` to the commit that was reviewed",
    ),
];

/// The probe of that name.
pub fn probe(name: &str) -> Option<&'static ProbeEntry> {
    PROBES.iter().find(|entry| entry.name == name)
}
