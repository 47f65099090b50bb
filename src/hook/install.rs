//! Installing and removing the hook, in the folder where git looks for it.
//!
//! Invariant: nothing that was there is lost. A hook of somebody else's is moved aside by a rename, so that it keeps its
//! bytes, its mode and what it links to, and a rename puts it back.

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use git2::{ConfigLevel, Repository, RepositoryOpenFlags};

use super::script::{self, PREVIOUS, Told};
use crate::error::Error;

/// Most bytes of a hook that are read to see whose it is.
const READ_BYTES: u64 = 64 * 1_024;

/// Where and how to install.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// A folder in the repository; the nearest declaration at or above it is judged.
    pub folder: PathBuf,
    /// The allowed signers file that the check is given.
    pub signers: Option<PathBuf>,
    /// The program that the hook starts where none is on the path.
    pub program: PathBuf,
    /// Install where other repositories or another program's hooks are concerned.
    pub force: bool,
}

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// The hook is there; the one that was there before runs first, if there is one.
    Installed {
        /// The hook.
        hook: PathBuf,
        /// The hook that was there.
        previous: Option<PathBuf>,
    },
    /// The hook is gone, and what was there is back.
    Removed {
        /// The hook.
        hook: PathBuf,
        /// Whether there was one before.
        restored: bool,
    },
    /// There was none.
    Nothing {
        /// Where it would be.
        hook: PathBuf,
    },
}

/// The folder of a repository's hooks.
struct Hooks {
    folder: PathBuf,
    /// Other repositories use it too.
    shared: bool,
    /// The folder that was named, from the work tree's root; empty at the root.
    below: String,
}

/// Puts the hook in place.
///
/// # Errors
/// When the folder is no repository's, serves others or is written by another program, or cannot be written.
pub fn install(request: &Request) -> Result<Done, Error> {
    let hooks = hooks(&request.folder)?;
    let hook = hooks.folder.join("pre-push");
    let previous = hooks.folder.join(PREVIOUS);
    if hooks.shared && !request.force {
        return Err(Error::repository(
            format!("core.hooksPath sends the hooks of every repository of this user or machine to {}", hooks.folder.display()),
            "set core.hooksPath for this repository alone, or install it for all of them: --force",
        ));
    }
    let there = read(&hook)?;
    let foreign = there.as_deref().filter(|text| !script::is_ours(text));
    if let Some(text) = foreign {
        if script::is_husky(text, &hooks.folder) && !request.force {
            return Err(Error::repository(
                format!("{} is written by husky, which writes it anew at every install", hook.display()),
                "put this line into .husky/pre-push instead: portcullis hook run pre-push -- \"$@\"",
            ));
        }
        if std::fs::symlink_metadata(&previous).is_ok() && !request.force {
            return Err(Error::repository(
                format!("{} is no hook of ours, and {} is there from an earlier install", hook.display(), previous.display()),
                "move one of them away; or give up the older one: --force",
            ));
        }
    }
    let text = script::text(&Told { program: &utf8(&request.program)?, arguments: &arguments(request, &hooks)? });
    std::fs::create_dir_all(&hooks.folder).map_err(|error| unwritable(&hooks.folder, &error))?;
    let beside = hooks.folder.join(format!("pre-push.{}.part", std::process::id()));
    let written = write(&beside, &text).and_then(|()| match foreign {
        Some(_) => std::fs::rename(&hook, &previous).and_then(|()| {
            std::fs::rename(&beside, &hook).inspect_err(|_| {
                let _ = std::fs::rename(&previous, &hook);
            })
        }),
        None => std::fs::rename(&beside, &hook),
    });
    if let Err(error) = written {
        let _ = std::fs::remove_file(&beside);
        return Err(unwritable(&hook, &error));
    }
    let chained = std::fs::symlink_metadata(&previous).is_ok();
    Ok(Done::Installed { hook, previous: chained.then_some(previous) })
}

/// Takes the hook away and puts back what was there.
///
/// # Errors
/// When the folder is no repository's, the hook is somebody else's, or cannot be removed.
pub fn uninstall(request: &Request) -> Result<Done, Error> {
    let hooks = hooks(&request.folder)?;
    let hook = hooks.folder.join("pre-push");
    let previous = hooks.folder.join(PREVIOUS);
    let Some(text) = read(&hook)? else { return Ok(Done::Nothing { hook }) };
    if !script::is_ours(&text) {
        return Err(Error::repository(format!("{} is no hook of ours", hook.display()), "remove it by hand if it should go"));
    }
    let restored = std::fs::symlink_metadata(&previous).is_ok();
    let removed = if restored { std::fs::rename(&previous, &hook) } else { std::fs::remove_file(&hook) };
    removed.map_err(|error| unwritable(&hook, &error))?;
    Ok(Done::Removed { hook, restored })
}

fn hooks(folder: &Path) -> Result<Hooks, Error> {
    let named = std::fs::canonicalize(folder).map_err(|error| {
        Error::repository(format!("{} cannot be read: {error}", folder.display()), "name a folder inside a git repository")
    })?;
    let none: [&Path; 0] = [];
    let repository = Repository::open_ext(&named, RepositoryOpenFlags::empty(), none).map_err(|error| {
        Error::repository(
            format!("{} is not in a git repository: {}", folder.display(), error.message()),
            "name a folder inside a git repository",
        )
    })?;
    let root = repository.workdir().unwrap_or_else(|| repository.path());
    let root = std::fs::canonicalize(root).unwrap_or_else(|_| root.to_path_buf());
    let below = named.strip_prefix(&root).map(utf8).unwrap_or_else(|_| Ok(String::new()))?;
    let config = repository
        .config()
        .map_err(|error| Error::repository(format!("git's settings cannot be read: {}", error.message()), "repair them"))?;
    let path = |config: &git2::Config| config.get_path("core.hooksPath").ok();
    let levels = [ConfigLevel::Local, ConfigLevel::Worktree];
    let own = levels.into_iter().filter_map(|level| config.open_level(level).ok()).any(|level| path(&level).is_some());
    Ok(match path(&config) {
        // A relative path is seen from where hooks run: the work tree's root.
        Some(path) => Hooks { folder: root.join(path), shared: !own, below },
        None => Hooks { folder: repository.commondir().join("hooks"), shared: false, below },
    })
}

fn arguments(request: &Request, hooks: &Hooks) -> Result<Vec<String>, Error> {
    let mut arguments = Vec::new();
    if !hooks.below.is_empty() {
        arguments.extend(["-C".to_owned(), hooks.below.clone()]);
    }
    if let Some(signers) = &request.signers {
        let whole = std::fs::canonicalize(signers).map_err(|error| {
            Error::repository(format!("the allowed signers file {}: {error}", signers.display()), "name a file outside the repository")
        })?;
        arguments.extend(["--allowed-signers".to_owned(), utf8(&whole)?]);
    }
    Ok(arguments)
}

fn utf8(path: impl AsRef<Path>) -> Result<String, Error> {
    let path = path.as_ref();
    path.to_str().map(str::to_owned).ok_or_else(|| Error::repository(format!("{} is not UTF-8", path.display()), "rename it"))
}

/// The start of a hook; none where there is none.
fn read(hook: &Path) -> Result<Option<Vec<u8>>, Error> {
    let mut text = Vec::new();
    match File::open(hook).and_then(|file| file.take(READ_BYTES).read_to_end(&mut text)) {
        Ok(_) => Ok(Some(text)),
        // A link that leads nowhere is still a hook of somebody's.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(std::fs::symlink_metadata(hook).is_ok().then_some(text)),
        Err(error) => Err(Error::repository(format!("{} cannot be read: {error}", hook.display()), "move it away")),
    }
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o755))?;
    file.sync_all()
}

fn unwritable(path: &Path, error: &io::Error) -> Error {
    Error::repository(format!("{} cannot be written: {error}", path.display()), "check its permissions")
}
