//! The pre-push hook as git runs it: by the shell, in the work tree, with the refs on standard input. `.ci/hooks` proves it by
//! real pushes, alone and under other programs that manage hooks.
#![cfg(unix)]
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test may fail"
)]

mod common;

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use common::{Fixture, Run};

const ZERO: &str = "0000000000000000000000000000000000000000";
const OPEN: &str =
    "version = 1\n\n[product]\nname = \"Ledger\"\nroles = [\"open-source\"]\n[product.traits]\nthird-party-components = true\n";
const CLOSED: &str = "version = 1\n\n[product]\nname = \"Ledger\"\n[product.traits]\nthird-party-components = true\n";

/// A repository of two commits, the first with a gate that opens and the second with one that closes.
struct Pushing {
    fixture: Fixture,
    good: String,
    bad: String,
}

impl Pushing {
    fn new() -> Self {
        let fixture = Fixture::new();
        fixture.write("portcullis.toml", OPEN);
        let good = fixture.commit();
        fixture.write("portcullis.toml", CLOSED);
        let bad = fixture.commit();
        Self { fixture, good, bad }
    }

    fn hook(&self) -> PathBuf {
        self.fixture.path().join(".git/hooks/pre-push")
    }

    fn install(&self, more: &[&str]) -> Run {
        let arguments: Vec<&str> = ["hook", "install"].into_iter().chain(more.iter().copied()).collect();
        self.fixture.run(&arguments)
    }

    /// Runs the hook as git does.
    fn push(&self, hook: &Path, refs: &str) -> Run {
        let mut child = Command::new(hook)
            .args(["origin", "--upload-pack=x"])
            .current_dir(self.fixture.path())
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", self.fixture.outside())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let _ = child.stdin.take().unwrap().write_all(refs.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }

    fn branch(&self, id: &str) -> String {
        format!("refs/heads/main {id} refs/heads/main {ZERO}\n")
    }
}

fn existing_hook(folder: &Path, script: &str) -> PathBuf {
    fs::create_dir_all(folder).unwrap();
    let hook = folder.join("pre-push");
    fs::write(&hook, script).unwrap();
    fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    hook
}

#[test]
fn the_commit_is_judged_and_not_the_work_tree() {
    let pushing = Pushing::new();
    assert_eq!(pushing.install(&[]).code, 0);
    let hook = pushing.hook();
    pushing.fixture.write("portcullis.toml", OPEN);
    let refused = pushing.push(&hook, &pushing.branch(&pushing.bad));
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(refused.stdout.contains("gate: closed") && refused.stdout.contains("refs/heads/main"), "{}", refused.stdout);
    pushing.fixture.write("portcullis.toml", "not even TOML");
    let taken = pushing.push(&hook, &pushing.branch(&pushing.good));
    assert_eq!(taken.code, 0, "{}", taken.stdout);
    assert_eq!(taken.stdout.lines().count(), 1, "{}", taken.stdout);
}

#[test]
fn the_worst_of_several_refs_decides_and_a_deletion_is_not_judged() {
    let pushing = Pushing::new();
    let annotated = {
        let repository = &pushing.fixture.repository;
        let who = git2::Signature::new("Test", "test@portcullis.example", &git2::Time::new(1_790_000_000, 0)).unwrap();
        let object = repository.find_object(git2::Oid::from_str(&pushing.good).unwrap(), None).unwrap();
        repository.tag("v1", &object, &who, "v1", false).unwrap().to_string()
    };
    let blob = pushing.fixture.repository.blob(b"x").unwrap().to_string();
    pushing.install(&[]);
    let hook = pushing.hook();
    let deletion = format!("(delete) {ZERO} refs/heads/old {}\n", pushing.bad);
    let tag = |id: &str| format!("refs/tags/v1 {id} refs/tags/v1 {ZERO}\n");
    let forced = format!("refs/heads/main {} refs/heads/main {}\n", pushing.good, pushing.bad);
    let unknown = "f".repeat(40);
    for (refs, code) in [
        (String::new(), 0),
        (deletion.clone(), 0),
        (tag(&annotated), 0),
        // It goes back behind a tip that asks for more than the open source role alone, which is a lowered bar.
        (forced, 1),
        (pushing.branch(&pushing.good) + &tag(&pushing.bad), 1),
        (pushing.branch(&pushing.bad) + &deletion, 1),
        (tag(&blob), 2),
        (pushing.branch(&pushing.bad) + &tag(&unknown), 2),
        ("refs/heads/main main refs/heads/main main\n".to_owned(), 2),
    ] {
        let run = pushing.push(&hook, &refs);
        assert_eq!(run.code, code, "{refs}{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn a_push_cannot_lower_the_bar_of_the_branch_that_it_updates() {
    let pushing = Pushing::new();
    let never = format!("{CLOSED}[gate]\nfail-on = \"never\"\n");
    pushing.fixture.write("portcullis.toml", &never);
    let lowered = pushing.fixture.commit();
    pushing.fixture.write("portcullis.toml", "not even TOML");
    let broken = pushing.fixture.commit();
    pushing.fixture.write("portcullis.toml", &never);
    let mended = pushing.fixture.commit();
    pushing.install(&[]);
    let update = |new: &str, old: &str| {
        let run = pushing.push(&pushing.hook(), &format!("refs/heads/main {new} refs/heads/main {old}\n"));
        (run.code, run.stdout.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    let (code, told) = update(&lowered, &pushing.bad);
    assert!(code == 1 && told.contains("`fail-on` goes from the default, error, to never"), "{told}");
    let (code, told) = update(&lowered, ZERO);
    assert!(code == 0 && !told.contains("its own settings"), "a new branch has no base: {told}");
    let (code, told) = update(&lowered, &"e".repeat(40));
    assert!(code == 0 && told.contains("what the remote has (eeeeeeeeeeee) is not in this repository: the pushed commit"), "{told}");
    let (code, told) = update(&mended, &broken);
    assert!(code == 0 && told.contains("cannot be assessed: the pushed commit is judged by its own settings"), "{told}");
    let (code, told) = update(&broken, &pushing.good);
    assert!(code == 2 && !told.contains("its own settings"), "{told}");
}

#[test]
fn a_branch_that_requires_signatures_is_a_base_that_no_push_escapes() {
    let fixture = Fixture::new();
    fixture.write("portcullis.toml", format!("{OPEN}[gate]\nsignature = \"required\"\n"));
    let good = fixture.commit();
    fixture.write("portcullis.toml", OPEN);
    let bad = fixture.commit();
    let pushing = Pushing { fixture, good, bad };
    pushing.install(&[]);
    let run = pushing.push(&pushing.hook(), &format!("refs/heads/main {} refs/heads/main {}\n", pushing.bad, pushing.good));
    let told = run.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(run.code == 2 && told.contains("no allowed signers are given"), "{told}");
}

#[test]
fn a_commit_without_a_declaration_is_held_back() {
    let fixture = Fixture::new();
    fixture.write("README.md", "x");
    let bare = fixture.commit();
    fixture.write("portcullis.toml", OPEN);
    let good = fixture.commit();
    let pushing = Pushing { fixture, good, bad: bare };
    pushing.install(&[]);
    let run = pushing.push(&pushing.hook(), &pushing.branch(&pushing.bad));
    assert_eq!(run.code, 2, "{}", run.stdout);
}

#[test]
fn a_hook_that_was_there_keeps_its_arguments_its_input_and_its_say() {
    let pushing = Pushing::new();
    let folder = pushing.fixture.path().join(".git/hooks");
    let script = "#!/bin/sh\nprintf '%s|' \"$@\" > ../told\ncat >> ../told\nexit \"$(cat ../say)\"\n";
    let hook = existing_hook(&folder, script);
    let installed = pushing.install(&[]);
    assert!(installed.stdout.contains("runs first"), "{}", installed.stdout);
    let refs = pushing.branch(&pushing.good);
    for (say, code) in [("7", 7), ("0", 0)] {
        fs::write(pushing.fixture.outside().join("say"), say).unwrap();
        assert_eq!(pushing.push(&hook, &refs).code, code);
        assert_eq!(fs::read_to_string(pushing.fixture.outside().join("told")).unwrap(), format!("origin|--upload-pack=x|{refs}"));
    }
    assert_eq!(pushing.push(&hook, &pushing.branch(&pushing.bad)).code, 1);

    assert_eq!(pushing.install(&[]).code, 0);
    assert_eq!(pushing.push(&hook, &refs).code, 0, "the older hook is still what runs first");
    assert!(fs::read_to_string(pushing.fixture.outside().join("told")).unwrap().starts_with("origin|"));
    assert_eq!(pushing.install(&["--uninstall"]).code, 0);
    assert_eq!(fs::read_to_string(&hook).unwrap(), script);
    assert_eq!(fs::metadata(&hook).unwrap().permissions().mode() & 0o777, 0o755);
    assert_eq!(
        fs::read_dir(&folder)
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with("pre-push"))
            .count(),
        1 + usize::from(folder.join("pre-push.sample").exists())
    );
    assert_eq!(pushing.install(&["--uninstall"]).code, 2, "somebody else's hook is not removed");
}

#[test]
fn a_hook_that_reads_no_input_or_is_no_program_changes_nothing() {
    let pushing = Pushing::new();
    let folder = pushing.fixture.path().join(".git/hooks");
    let hook = existing_hook(&folder, "#!/bin/sh\nexit 0\n");
    pushing.install(&[]);
    let many: String = (0..5_000).map(|at| format!("refs/heads/b{at} {} refs/heads/b{at} {ZERO}\n", pushing.good)).collect();
    assert_eq!(pushing.push(&hook, &many).code, 0);
    fs::set_permissions(folder.join("pre-push.before-portcullis"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::write(folder.join("pre-push.before-portcullis"), "exit 1\n").unwrap();
    assert_eq!(pushing.push(&hook, &pushing.branch(&pushing.good)).code, 0, "git would not run it either");
}

#[test]
fn without_the_program_nothing_is_pushed() {
    let pushing = Pushing::new();
    pushing.install(&[]);
    let hook = pushing.hook();
    let script = fs::read_to_string(&hook).unwrap().replace(env!("CARGO_BIN_EXE_portcullis"), "/nowhere/portcullis");
    fs::write(&hook, script).unwrap();
    let run = pushing.push(&hook, &pushing.branch(&pushing.good));
    assert_eq!((run.code, run.stderr.contains("there is no such program")), (2, true), "{}", run.stderr);
}

#[test]
fn the_hook_stands_where_git_looks_for_it() {
    let pushing = Pushing::new();
    let path = pushing.fixture.path();
    pushing.fixture.repository.config().unwrap().set_str("core.hooksPath", "tools/hooks").unwrap();
    fs::create_dir_all(path.join("services/x")).unwrap();
    assert_eq!(pushing.fixture.run_in(&path.join("services/x"), &["hook", "install"]).code, 0);
    let script = fs::read_to_string(path.join("tools/hooks/pre-push")).unwrap();
    assert!(script.contains("hook run pre-push '-C' 'services/x' -- "), "{script}");
    assert!(!pushing.hook().exists());

    let pushing = Pushing::new();
    let tree = pushing.fixture.outside().join("linked");
    pushing.fixture.repository.worktree("linked", &tree, None).unwrap();
    assert_eq!(pushing.fixture.run_in(&tree, &["hook", "install"]).code, 0);
    assert!(pushing.hook().exists());
    let mut linked = Command::new(pushing.hook())
        .current_dir(&tree)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    linked.stdin.take().unwrap().write_all(pushing.branch(&pushing.bad).as_bytes()).unwrap();
    assert_eq!(linked.wait_with_output().unwrap().status.code(), Some(1));
}

#[test]
fn hooks_that_are_not_this_repositorys_alone_need_force() {
    let pushing = Pushing::new();
    let shared = pushing.fixture.outside().join("shared hooks");
    fs::write(pushing.fixture.outside().join("gitconfig"), format!("[core]\nhooksPath = \"{}\"\n", shared.display())).unwrap();
    fs::copy(pushing.fixture.outside().join("gitconfig"), pushing.fixture.outside().join(".gitconfig")).unwrap();
    let refused = pushing.install(&[]);
    assert_eq!(refused.code, 2, "{}", refused.stdout);
    assert!(refused.stderr.contains("every repository"), "{}", refused.stderr);
    assert_eq!(pushing.install(&["--force"]).code, 0);
    assert_eq!(pushing.push(&shared.join("pre-push"), &pushing.branch(&pushing.bad)).code, 1);
}

#[test]
fn what_another_program_writes_anew_is_left_to_it() {
    let pushing = Pushing::new();
    pushing.fixture.repository.config().unwrap().set_str("core.hooksPath", ".husky/_").unwrap();
    let folder = pushing.fixture.path().join(".husky/_");
    let hook = existing_hook(&folder, "#!/usr/bin/env sh\n. \"${0%/*}/h\"");
    let refused = pushing.install(&[]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains(".husky/pre-push"), "{}", refused.stderr);
    assert_eq!(fs::read_to_string(hook).unwrap(), "#!/usr/bin/env sh\n. \"${0%/*}/h\"");
}

#[test]
fn an_older_hook_that_was_kept_is_not_given_up_unasked() {
    let pushing = Pushing::new();
    let folder = pushing.fixture.path().join(".git/hooks");
    existing_hook(&folder, "#!/bin/sh\n# first\n");
    pushing.install(&[]);
    existing_hook(&folder, "#!/bin/sh\n# second\n");
    assert_eq!(pushing.install(&[]).code, 2);
    assert!(fs::read_to_string(folder.join("pre-push.before-portcullis")).unwrap().contains("first"));
    assert_eq!(pushing.install(&["--force"]).code, 0);
    assert!(fs::read_to_string(folder.join("pre-push.before-portcullis")).unwrap().contains("second"));
}

#[test]
fn removing_where_nothing_is_changes_nothing() {
    let pushing = Pushing::new();
    let run = pushing.install(&["--uninstall"]);
    assert_eq!((run.code, run.stdout.contains("nothing was removed")), (0, true), "{}", run.stdout);
    pushing.install(&[]);
    assert_eq!(pushing.install(&["--uninstall"]).code, 0);
    assert!(!pushing.hook().exists());
}
