//! A repository that would have something run, by every way that we know of, leaves no trace of having run it. That the traps
//! work is shown by real programs that do run them: git and cargo in the same checkout.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::rust::{cargo_home, toolchain, workspace};
use common::{Fixture, Run, program};

/// Keys of git's settings that name a program; each is its trap's name.
const GIT_SETTINGS: &[&str] = &[
    "core.fsmonitor",
    "core.editor",
    "core.pager",
    "core.askPass",
    "core.sshCommand",
    "core.gitProxy",
    "core.alternateRefsCommand",
    "sequence.editor",
    "credential.helper",
    "diff.external",
    "diff.trap.textconv",
    "diff.trap.command",
    "merge.trap.driver",
    "filter.trap.clean",
    "filter.trap.smudge",
    "filter.process.process",
    "gpg.program",
    "gpg.ssh.program",
    "gpg.ssh.defaultKeyCommand",
    "interactive.diffFilter",
    "uploadpack.packObjectsHook",
    "trailer.trap.command",
    "remote.origin.uploadpack",
    "remote.origin.receivepack",
    "web.browser",
];

/// The hooks of githooks(5).
const HOOKS: &[&str] = &[
    "applypatch-msg",
    "pre-applypatch",
    "post-applypatch",
    "pre-commit",
    "pre-merge-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "pre-rebase",
    "post-checkout",
    "post-merge",
    "pre-push",
    "pre-receive",
    "update",
    "proc-receive",
    "post-receive",
    "post-update",
    "reference-transaction",
    "push-to-checkout",
    "pre-auto-gc",
    "post-rewrite",
    "sendemail-validate",
    "fsmonitor-watchman",
    "post-index-change",
];

/// Programs that somebody who trusts the current folder, or a `PATH` that begins with it, would run.
const PROGRAMS: &[&str] = &["git", "cargo", "rustc", "rustup", "ssh", "gpg", "ssh-keygen", "node", "npm", "sh", "env", "direnv", "make"];

struct Traps {
    fixture: Fixture,
}

impl Traps {
    /// A Rust workspace with an SBOM whose every corner names the trap.
    fn set() -> Self {
        let traps = Self { fixture: workspace(&["always", "inner", "win"]) };
        traps.in_the_tree();
        traps.fixture.commit();
        traps.in_git();
        // Git has to look at the contents of what is newer than its index, by way of the filters.
        traps.fixture.write("docs/filtered.md", "# Filtered\n\n## Practice\n\nChanged after the commit, in words enough.\n");
        traps.fixture.write("docs/processed.md", "# Processed\n\nChanged after the commit.\n");
        traps
    }

    fn trace(&self) -> PathBuf {
        self.fixture.outside().join("trace")
    }

    /// A command line that leaves its name in the trace.
    fn command(&self, name: &str) -> String {
        format!("echo {name} >> {}", self.trace().display())
    }

    /// A program that leaves its name in the trace.
    fn program_at(&self, path: &Path, name: &str) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("#!/bin/sh\n{}\nexit 1\n", self.command(name))).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Such a program beside the repository; its path.
    fn outside(&self, name: &str) -> String {
        let path = self.fixture.outside().join("traps").join(name);
        self.program_at(&path, name);
        path.display().to_string()
    }

    fn in_the_tree(&self) {
        let tree = self.fixture.path();
        let write = |path: &str, text: &str| self.fixture.write(path, text);
        for name in PROGRAMS {
            self.program_at(&tree.join(name), &format!("path:{name}"));
            self.program_at(&tree.join("toolchain/bin").join(name), &format!("toolchain:{name}"));
        }
        for name in ["rustc", "wrapper", "workspace-wrapper", "rustdoc", "runner", "linker", "credential"] {
            self.program_at(&tree.join("traps").join(name), &format!("cargo:{name}"));
        }
        let at = |name: &str| tree.join("traps").join(name).display().to_string();
        write(
            ".cargo/config.toml",
            &format!(
                "[build]\nrustc = {:?}\nrustc-wrapper = {:?}\nrustc-workspace-wrapper = {:?}\nrustdoc = {:?}\n\
                 [target.'cfg(all())']\nrunner = {:?}\nlinker = {:?}\n[registry]\nglobal-credential-providers = [{:?}]\n\
                 [registries.own]\nindex = \"sparse+https://registry.example.invalid/\"\ncredential-provider = [{:?}]\n\
                 [env]\nRUSTC = {{ value = {:?}, force = true }}\n[alias]\nmetadata = \"run\"\n[net]\ngit-fetch-with-cli = true\n",
                at("rustc"),
                at("wrapper"),
                at("workspace-wrapper"),
                at("rustdoc"),
                at("runner"),
                at("linker"),
                at("credential"),
                at("credential"),
                at("rustc"),
            ),
        );
        write("rust-toolchain.toml", &format!("[toolchain]\npath = {:?}\n", tree.join("toolchain").display().to_string()));
        let own = "use std::io::Write; fn main() { std::fs::OpenOptions::new().append(true).create(true).open(";
        write("build.rs", &format!("{own}{:?}).unwrap().write_all(b\"build.rs\\n\").unwrap(); }}\n", self.trace().display().to_string()));
        write(
            "package.json",
            &format!(
                "{{\"name\":\"ledger\",\"scripts\":{{\"preinstall\":{:?},\"prepare\":{:?}}}}}",
                self.command("npm"),
                self.command("npm")
            ),
        );
        write(
            ".github/workflows/ci.yml",
            &format!("on: push\njobs:\n  x:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {}\n", self.command("workflow")),
        );
        write(".gitlab-ci.yml", &format!("x:\n  script:\n    - {}\n", self.command("gitlab")));
        write(
            ".pre-commit-config.yaml",
            &format!("repos:\n- repo: local\n  hooks:\n  - id: x\n    entry: {}\n    language: system\n", self.command("pre-commit")),
        );
        write(".envrc", &self.command("direnv"));
        write("Makefile", &format!("all:\n\t{}\n.DEFAULT_GOAL := $(shell {})\n", self.command("make"), self.command("make")));
        write(
            ".gitattributes",
            "docs/filtered.md filter=trap diff=trap merge=trap\ndocs/processed.md filter=process\n*.toml diff=trap merge=trap\n",
        );
        write(
            ".gitmodules",
            &format!(
                "[submodule \"x\"]\n\tpath = x\n\turl = ext::sh -c '{}'\n\tupdate = !{}\n",
                self.command("submodule"),
                self.command("submodule")
            ),
        );
        write("docs/filtered.md", "# Filtered\n\n## Practice\n\nWhat is done, by whom and when it is done.\n");
        write("docs/processed.md", "# Processed\n");
        write(
            "attestations.toml",
            &format!(
                "{}\n[[attestation]]\nprovision = \"software-security/2.1\"\nstatus = \"met\"\nstatement = \"Builds are made by the pipeline alone.\"\n\
                 owner = \"platform@ledger.example\"\nreviewed = 2026-10-01\n\n[[attestation.evidence]]\nkind = \"document\"\npath = \"docs/filtered.md\"\nsections = [\"Practice\"]\n\n\
                 [[attestation.evidence]]\nkind = \"file\"\npath = \"docs/processed.md\"\n\n\
                 [[attestation.evidence]]\nkind = \"lockfile\"\npath = \"Cargo.lock\"\n\n\
                 [[attestation.evidence]]\nkind = \"workflow\"\npath = \".github/workflows/ci.yml\"\njob = \"x\"\n",
                common::rust::attestations()
            ),
        );
        write(
            "portcullis.toml",
            &format!(
                "{}\n",
                fs::read_to_string(tree.join("portcullis.toml"))
                    .unwrap()
                    .replace("name = \"Ledger\"\n", "name = \"Ledger\"\nversion-from = \"Cargo.toml\"\n")
            ),
        );
    }

    fn in_git(&self) {
        let mut config = self.fixture.repository.config().unwrap();
        for key in GIT_SETTINGS {
            config.set_str(key, &self.outside(key)).unwrap();
        }
        let hooks = self.fixture.path().join("hooks");
        for folder in [self.fixture.repository.path().join("hooks"), hooks.clone()] {
            for hook in HOOKS {
                self.program_at(&folder.join(hook), &format!("hook:{hook}"));
            }
        }
        config.set_str("core.hooksPath", hooks.to_str().unwrap()).unwrap();
        config.set_str("remote.origin.url", &format!("ext::{}", self.outside("ext"))).unwrap();
        config.set_str("protocol.ext.allow", "always").unwrap();
        config.set_bool("remote.origin.promisor", true).unwrap();
        config.set_str("alias.status", &format!("!{}", self.command("alias"))).unwrap();
        config.set_str("submodule.x.update", &format!("!{}", self.command("submodule"))).unwrap();
        config.set_bool("diff.guitool", true).unwrap();
    }

    /// What has run, by the traps' names.
    fn sprung(&self) -> BTreeSet<String> {
        let text = fs::read_to_string(self.trace()).unwrap_or_default();
        text.lines().map(str::to_owned).collect()
    }

    /// The gate, in the checkout, with a path and variables that lead into it.
    fn gate(&self, arguments: &[&str]) -> Run {
        let tree = self.fixture.path();
        let path = std::env::join_paths([Path::new("."), &tree, &tree.join("toolchain/bin"), toolchain()]).unwrap();
        let mut command = program();
        command.args(arguments).current_dir(&tree).env("PATH", path).env("HOME", self.fixture.outside());
        command.env("CARGO_HOME", cargo_home(&self.fixture)).env("TMPDIR", self.fixture.outside().join("tmp"));
        command.env("GIT_CONFIG_GLOBAL", self.fixture.outside().join("gitconfig"));
        let at = |name: &str| tree.join("traps").join(name);
        for (name, trap) in [
            ("RUSTC", "rustc"),
            ("RUSTC_WRAPPER", "wrapper"),
            ("RUSTC_WORKSPACE_WRAPPER", "workspace-wrapper"),
            ("CARGO_BUILD_RUSTC", "rustc"),
            ("CARGO_BUILD_RUSTC_WRAPPER", "wrapper"),
            ("RUSTUP_TOOLCHAIN", "rustc"),
            ("CARGO", "rustc"),
            ("GIT_SSH_COMMAND", "runner"),
            ("GIT_EXTERNAL_DIFF", "runner"),
            ("GIT_ASKPASS", "credential"),
            ("PAGER", "runner"),
            ("EDITOR", "runner"),
        ] {
            command.env(name, at(trap));
        }
        Run::of(command.output().unwrap())
    }

    /// What a real program in the checkout complains about; what comes of it does not matter.
    fn real(&self, folder: &Path, name: &Path, arguments: &[&str]) -> String {
        let mut command = Command::new(name);
        command.args(arguments).current_dir(folder).env("HOME", self.fixture.outside()).env("CARGO_HOME", cargo_home(&self.fixture));
        command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_TERMINAL_PROMPT", "0").env_remove("RUSTUP_TOOLCHAIN").env_remove("RUSTC_WRAPPER");
        String::from_utf8_lossy(&command.stdin(Stdio::null()).output().unwrap().stderr).into_owned()
    }
}

const TODAY: &str = "2026-11-22";

#[test]
fn nothing_that_the_repository_names_is_run() {
    let traps = Traps::set();
    let mut runs: Vec<Vec<&str>> = Vec::new();
    for at in ["worktree", "staged", "HEAD"] {
        for format in ["human", "json", "sarif"] {
            runs.push(vec!["check", "--today", TODAY, "--at", at, "--format", format]);
        }
        runs.push(vec!["check", "--today", TODAY, "--at", at, "--format", "json", "--cargo"]);
    }
    let others: &[&[&str]] = &[
        &["list"],
        &["list", "--applicable"],
        &["list", "--applicable", ".", "--format", "json"],
        &["list", "--kinds"],
        &["explain", "software-security/1.2"],
        &["explain", "sbom"],
        &["schema", "attestations"],
        &["completions", "bash"],
        &["man", "check"],
        &["--help"],
    ];
    runs.extend(others.iter().map(|arguments| arguments.to_vec()));
    for arguments in runs {
        let run = traps.gate(&arguments);
        let wanted: &[i32] = if arguments[0] == "check" { &[0, 1] } else { &[0] };
        assert!(wanted.contains(&run.code), "{arguments:?}: {}{}", run.stdout, run.stderr);
        if arguments.contains(&"--cargo") {
            assert!(run.stdout.contains("as cargo resolves it"), "cargo was not run: {}", run.stdout);
        }
        assert_eq!(traps.sprung(), BTreeSet::new(), "{arguments:?} ran something of the repository");
    }
}

#[test]
fn the_traps_are_sprung_by_programs_that_trust_the_repository() {
    let traps = Traps::set();
    let tree = traps.fixture.path();
    let git = Path::new("git");
    let mut missing = BTreeSet::new();
    let mut spring = |folder: &Path, name: &Path, arguments: &[&str], wanted: &[&str]| {
        let said = traps.real(folder, name, arguments);
        let sprung = traps.sprung();
        missing.extend(wanted.iter().filter(|trap| !sprung.contains(**trap)).map(|trap| format!("{trap} by {arguments:?}: {said}")));
    };
    spring(&tree, git, &["diff"], &["core.fsmonitor", "filter.trap.clean", "filter.process.process"]);
    // A process that does not speak the protocol makes git give up, sooner or later.
    traps.fixture.repository.config().unwrap().remove("filter.process.process").unwrap();
    spring(&tree, git, &["log", "-p", "--ext-diff", "-1"], &["diff.trap.command"]);
    spring(&tree, git, &["-c", "user.name=x", "-c", "user.email=x@ledger.example", "commit", "--quiet", "-am", "x"], &["hook:pre-commit"]);
    let signed = ["-c", "user.name=x", "-c", "user.email=x@ledger.example", "commit-tree", "-S", "-m", "x", "HEAD^{tree}"];
    spring(&tree, git, &signed, &["gpg.program"]);
    spring(&tree, git, &["fetch", "origin"], &["ext"]);
    spring(&tree, git, &["checkout", "--quiet", "HEAD", "--", "docs"], &["hook:post-index-change"]);
    let cargo = toolchain().join("cargo");
    spring(&tree, &cargo, &["check", "--offline"], &["cargo:wrapper"]);
    assert_eq!(missing, BTreeSet::new(), "sprung: {:?}", traps.sprung());
}
