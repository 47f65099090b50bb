//! Repositories made for one test, and the program run in them with a scrubbed environment.
#![allow(dead_code, unreachable_pub, reason = "each test program uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

pub mod history;
pub mod rust;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use git2::{IndexAddOption, Repository, Signature, Time};
use tempfile::TempDir;

/// A git repository in a temporary folder; author and date are fixed, so that object ids are constants.
pub struct Fixture {
    folder: TempDir,
    pub repository: Repository,
}

impl Fixture {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("repo")).unwrap();
        let repository = Repository::init(folder.path().join("repo")).unwrap();
        let mut config = repository.config().unwrap();
        config.set_str("core.autocrlf", "false").unwrap();
        Self { folder, repository }
    }

    /// The work tree.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("repo")
    }

    /// A folder beside the work tree.
    pub fn outside(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let whole = self.path().join(path);
        fs::create_dir_all(whole.parent().unwrap()).unwrap();
        fs::write(whole, text).unwrap();
    }

    /// Copies a folder's files in; `_gitignore` becomes `.gitignore`.
    pub fn copy(&self, from: &Path) {
        copy_into(from, &self.path());
    }

    /// Stages everything that is not ignored.
    pub fn stage(&self) {
        let mut index = self.repository.index().unwrap();
        index.add_all(["*"], IndexAddOption::DEFAULT, None).unwrap();
        index.update_all(["*"], None).unwrap();
        index.write().unwrap();
    }

    /// Commits what is staged.
    pub fn commit_staged(&self) -> String {
        let mut index = self.repository.index().unwrap();
        let tree = self.repository.find_tree(index.write_tree().unwrap()).unwrap();
        let who = Signature::new("Test", "test@portcullis.example", &Time::new(1_790_000_000, 0)).unwrap();
        let parent = self.repository.head().ok().and_then(|head| head.peel_to_commit().ok());
        let parents: Vec<_> = parent.iter().collect();
        self.repository.commit(Some("HEAD"), &who, &who, "test", &tree, &parents).unwrap().to_string()
    }

    /// Stages and commits everything.
    pub fn commit(&self) -> String {
        self.stage();
        self.commit_staged()
    }

    /// Runs the program in the work tree.
    pub fn run(&self, arguments: &[&str]) -> Run {
        self.run_in(&self.path(), arguments)
    }

    /// Runs the program in a folder.
    pub fn run_in(&self, folder: &Path, arguments: &[&str]) -> Run {
        Run::of(
            program()
                .args(arguments)
                .current_dir(folder)
                .env("HOME", self.folder.path())
                .env("GIT_CONFIG_GLOBAL", self.folder.path().join("gitconfig"))
                .output()
                .unwrap(),
        )
    }
}

/// Runs git with nothing of this process's settings; none where there is no git.
pub fn git(folder: &Path, arguments: &[&str]) -> Option<()> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(folder)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", folder)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_AUTHOR_NAME", "Test")
        .env("GIT_AUTHOR_EMAIL", "test@portcullis.example")
        .env("GIT_COMMITTER_NAME", "Test")
        .env("GIT_COMMITTER_EMAIL", "test@portcullis.example")
        .output()
        .ok()?;
    output.status.success().then_some(())
}

/// The program with nothing of this process's environment.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portcullis"));
    command.env_clear();
    command.env("GIT_CONFIG_NOSYSTEM", "1");
    command
}

/// What a run gave.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().expect("the program was killed"),
            stdout: String::from_utf8(output.stdout).expect("standard output is UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("standard error is UTF-8"),
        }
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}\n{}\n{}", self.stdout, self.stderr))
    }
}

fn copy_into(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let target = to.join(if name == "_gitignore" { ".gitignore".to_owned() } else { name });
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir_all(&target).unwrap();
            copy_into(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
