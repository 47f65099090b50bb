//! One run of `cargo metadata`, within bounds.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::copy::Copy;
use super::surroundings::Surroundings;
use super::{EMPTY, TREE};
use crate::error::Error;
use crate::limits;
use crate::repo_path::RepoPath;
use crate::text::one_line;

/// How often the run is looked at.
const LOOK: Duration = Duration::from_millis(10);

enum End {
    Done,
    Failed,
    TooLong,
    TooMuch,
}

/// What cargo says of the workspace of a lockfile.
///
/// # Errors
/// When it cannot be run, fails, or passes a bound.
pub(super) fn metadata(surroundings: &Surroundings, folder: &Path, lockfile: &RepoPath, copy: &Copy) -> Result<String, Error> {
    let (out, err) = (folder.join("out"), folder.join("err"));
    let not_run = |error: io::Error| {
        Error::repository(
            format!("--cargo: {} could not be run: {error}", surroundings.cargo.display()),
            "see that `cargo --version` works, or leave --cargo out",
        )
    };
    let end = watch(surroundings, folder, lockfile, (&out, &err)).map_err(not_run)?;
    match end {
        End::Done => text(&out, limits::CARGO_OUTPUT_BYTES).map_err(not_run),
        End::Failed => {
            let said = text(&err, limits::CARGO_SAID_BYTES).unwrap_or_default();
            let shown = without_folder(&said, &folder.join(TREE));
            let left_out = copy.left_out(&shown).map(|why| format!(" ({why})")).unwrap_or_default();
            let message = format!("--cargo: cargo cannot resolve {lockfile}: {}{left_out}", one_line(&shown, limits::CARGO_SAID_CHARS));
            Err(Error::repository(message, remedy(&shown)))
        }
        End::TooLong => Err(Error::repository(
            format!("--cargo: cargo took longer than {} seconds to resolve {lockfile}, and was stopped", limits::CARGO_SECONDS),
            "leave --cargo out: the manifests are then read as data",
        )),
        End::TooMuch => Err(Error::repository(
            format!("--cargo: cargo wrote more than {} bytes about {lockfile}, and was stopped", limits::CARGO_OUTPUT_BYTES),
            "leave --cargo out: the manifests are then read as data",
        )),
    }
}

/// Cargo's words as if the copy were the repository; macOS names temporary folders in two ways.
fn without_folder(said: &str, tree: &Path) -> String {
    let said = said.trim_start_matches("error: ").to_owned();
    let shown = ["/private", ""].iter().fold(said, |said, before| {
        let tree = format!("{before}{}", tree.display());
        said.replace(&format!("{tree}{}", std::path::MAIN_SEPARATOR), "").replace(&tree, ".")
    });
    shown.trim_end_matches(['.', '\n']).to_owned()
}

fn remedy(said: &str) -> &'static str {
    if said.contains("--locked") || said.contains("lock file") {
        "run `cargo update --workspace`, and commit Cargo.lock with the manifests"
    } else if said.contains("offline") || said.contains("no matching package") {
        "fill cargo's own cache first: `cargo fetch --locked`; the gate never touches the network"
    } else {
        "see that `cargo metadata --locked` works in a fresh clone, or leave --cargo out"
    }
}

/// Runs it to its end or to a bound. It writes into files, so that nothing of it can hold up the gate.
#[expect(clippy::disallowed_methods, reason = "the one process that the gate starts, when asked to: see the module above")]
fn watch(surroundings: &Surroundings, folder: &Path, lockfile: &RepoPath, (out, err): (&Path, &Path)) -> io::Result<End> {
    let manifest: PathBuf = lockfile.parent().unwrap_or_default().components().fold(folder.join(TREE), |whole, part| whole.join(part));
    let mut child = Command::new(&surroundings.cargo)
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--manifest-path"])
        .arg(manifest.join("Cargo.toml"))
        .current_dir(folder.join(EMPTY))
        .env_clear()
        .envs(surroundings.environment.iter().map(|(name, value)| (name, value)))
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(File::create(out)?)
        .stderr(File::create(err)?)
        .spawn()?;
    let started = Instant::now();
    let end = loop {
        if let Some(status) = child.try_wait()? {
            break if status.success() { End::Done } else { End::Failed };
        }
        if started.elapsed() > Duration::from_secs(limits::CARGO_SECONDS) {
            break End::TooLong;
        }
        let written = [out, err].iter().filter_map(|path| Some(std::fs::metadata(path).ok()?.len())).max().unwrap_or(0);
        if written > limits::CARGO_OUTPUT_BYTES {
            break End::TooMuch;
        }
        std::thread::sleep(LOOK);
    };
    if !matches!(end, End::Done | End::Failed) {
        child.kill()?;
        child.wait()?;
    }
    Ok(end)
}

fn text(path: &Path, limit: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
