//! What cargo gets from the machine: itself, its settings and its cache, and nothing that lies in the tree under test.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::error::Error;

/// Files that cargo or rustup look for in the folders above the one that they are started in.
const OBEYED: &[&str] = &[".cargo/config.toml", ".cargo/config", "rust-toolchain.toml", "rust-toolchain", "Cargo.toml"];

/// See the module's documentation.
pub(super) struct Surroundings {
    /// The program.
    pub(super) cargo: PathBuf,
    /// The whole environment that it is given.
    pub(super) environment: Vec<(&'static str, OsString)>,
    cargo_home: PathBuf,
}

impl Surroundings {
    /// Looks for cargo outside of the tree under test.
    ///
    /// # Errors
    /// When there is none, or when its settings lie in the tree.
    pub(super) fn find(trees: &[PathBuf]) -> Result<Self, Error> {
        let inside = |path: &Path| trees.iter().any(|tree| real(path).starts_with(tree));
        let home = folder("HOME", inside)?.or(folder("USERPROFILE", inside)?);
        let cargo_home = match (folder("CARGO_HOME", inside)?, &home) {
            (Some(own), _) => own,
            (None, Some(home)) => home.join(".cargo"),
            (None, None) => return Err(Error::repository("--cargo: neither CARGO_HOME nor HOME is set", "set HOME")),
        };
        if inside(&cargo_home) {
            return Err(in_the_tree("CARGO_HOME", &cargo_home));
        }
        let paths: Vec<PathBuf> = std::env::var_os("PATH")
            .iter()
            .flat_map(std::env::split_paths)
            .filter(|folder| folder.is_absolute() && !inside(folder))
            .collect();
        let program = |name: &str| {
            let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
            paths.iter().map(|folder| folder.join(&file)).find(|path| path.is_file() && !inside(path))
        };
        let (Some(cargo), Some(rustc)) = (program("cargo"), program("rustc")) else {
            let message = "--cargo: no cargo with its rustc is on the PATH outside of the tree under test";
            return Err(Error::repository(message, "install Rust, or leave --cargo out: the manifests are then read as data"));
        };
        let path = std::env::join_paths(&paths).unwrap_or_default();
        // A variable beats the setting of the same name, and an empty wrapper is none.
        let mut environment: Vec<(&'static str, OsString)> = vec![
            ("PATH", path),
            ("CARGO_HOME", cargo_home.clone().into()),
            ("CARGO_NET_OFFLINE", "true".into()),
            ("CARGO_TERM_COLOR", "never".into()),
            ("RUSTC", rustc.into()),
            ("RUSTC_WRAPPER", OsString::new()),
            ("RUSTC_WORKSPACE_WRAPPER", OsString::new()),
            ("RUSTUP_AUTO_INSTALL", "0".into()),
        ];
        environment.extend(home.map(|home| (if cfg!(windows) { "USERPROFILE" } else { "HOME" }, home.into())));
        environment.extend(folder("RUSTUP_HOME", inside)?.map(|home| ("RUSTUP_HOME", home.into())));
        if cfg!(windows) {
            environment.extend(std::env::var_os("SYSTEMROOT").map(|root| ("SYSTEMROOT", root)));
        }
        Ok(Self { cargo, environment, cargo_home: real(&cargo_home) })
    }

    /// The first file above a folder that cargo or rustup would obey; cargo's own settings are the machine's.
    pub(super) fn obeyed_above(&self, folder: &Path) -> Option<PathBuf> {
        let above = folder.ancestors().flat_map(|above| OBEYED.iter().map(|name| above.join(name)));
        above.filter(|path| path.parent() != Some(&self.cargo_home)).find(|path| std::fs::symlink_metadata(path).is_ok())
    }
}

/// A folder that a variable names, if it is set.
fn folder(name: &'static str, inside: impl Fn(&Path) -> bool) -> Result<Option<PathBuf>, Error> {
    let Some(path) = std::env::var_os(name).filter(|value| value != OsStr::new("")).map(PathBuf::from) else { return Ok(None) };
    if !path.is_absolute() || inside(&path) {
        return Err(in_the_tree(name, &path));
    }
    Ok(Some(path))
}

fn in_the_tree(name: &str, path: &Path) -> Error {
    let message = format!("--cargo: {name} is {}, which the tree under test could fill with settings that run programs", path.display());
    Error::repository(message, format!("set {name} to a folder outside of the repository by its whole path, or leave --cargo out"))
}

/// A path with every symbolic link followed, as far as it exists.
pub(super) fn real(path: &Path) -> PathBuf {
    let known = path.ancestors().find_map(|above| Some((above, std::fs::canonicalize(above).ok()?)));
    match known {
        Some((above, real)) => path.strip_prefix(above).map_or_else(|_| real.clone(), |rest| real.join(rest)),
        None => path.to_path_buf(),
    }
}
