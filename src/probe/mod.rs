//! Probes: each establishes one fact about the repository with no attestation at all.
//!
//! A probe that fires makes what is attested as met contradicted, for every unit whose policy names it; with no attestation
//! it changes no verdict. False alarms are worse than silence: a probe speaks only of what it is sure of, never of tests,
//! fixtures, examples, documentation and vendored trees, and a declaration can answer it with a reason. A file that a
//! probe cannot read is passed over: what cannot be seen contradicts nothing.

mod action_movable_tag;
mod attestations_unowned;
mod ci;
mod ci_install_unlocked;
mod container_base_by_tag;
mod default_password;
mod firmware;
mod lockfiles;
mod mobile;
mod model_executable;
mod model_remote_code;
mod private_key;
mod pull_request_target_checkout;
mod search;
mod security_policy_public;
mod security_txt_expired;
mod settings;
mod support_ended;
mod support_moved_earlier;
mod test_step_cannot_fail;
mod token;
mod update_url_plain_http;
mod workflow_permissions;
mod workflow_untrusted_input;

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::clock::Today;
use crate::input::shipped::is_muted;
use crate::input::view::{OpenFile, Tracked, View};
use crate::limits;
use crate::model::declaration::Product;
use crate::repo_path::RepoPath;
use crate::source::Span;

use self::ci::Found;
use self::lockfiles::Locked;
pub use self::search::Reach;
use self::search::Searched;

/// Every probe, in the order of `model::probe::PROBES`.
pub static PROBES: &[&dyn Probe] = &[
    &security_txt_expired::SecurityTxtExpired,
    &action_movable_tag::ActionMovableTag,
    &workflow_permissions::WorkflowWriteAll,
    &pull_request_target_checkout::PullRequestTargetCheckout,
    &workflow_untrusted_input::WorkflowUntrustedInput,
    &test_step_cannot_fail::TestStepCannotFail,
    &ci_install_unlocked::CiInstallUnlocked,
    &container_base_by_tag::ContainerBaseByTag,
    &lockfiles::LockfileMissing,
    &lockfiles::LockfileDrift,
    &lockfiles::LockfileUnhashed,
    &support_ended::SupportEnded,
    &support_moved_earlier::SupportMovedEarlier,
    &private_key::PrivateKeyInTree,
    &token::TokenInTree,
    &mobile::AndroidDebuggable,
    &mobile::AndroidCleartext,
    &mobile::AndroidBackup,
    &mobile::AppleArbitraryLoads,
    &security_policy_public::SecurityPolicyPublicOnly,
    &firmware::YoctoDebugFeatures,
    &firmware::BuildrootRootPassword,
    &firmware::EspSecureBootOff,
    &firmware::EspFlashEncryptionOff,
    &firmware::EspJtagEnabled,
    &firmware::BleLegacyPairing,
    &default_password::DefaultPasswordInConfig,
    &update_url_plain_http::UpdateUrlPlainHttp,
    &attestations_unowned::AttestationsUnowned,
    &model_executable::ModelExecutableFormat,
    &model_remote_code::ModelRemoteCode,
];

/// Looks for one fact.
pub trait Probe: Sync {
    /// Its name in `model::probe::PROBES`.
    fn name(&self) -> &'static str;
    /// Where it looks, one sentence.
    fn looks_at(&self) -> &'static str;
    /// What it leaves alone, and what it cannot see.
    fn limits(&self) -> &'static str;
    /// Looks, and tells each place where the fact shows.
    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting>;
}

/// A place where a probe's fact shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// What is there, as a sentence without its full stop; no secret's value, ever.
    pub message: String,
    /// Where.
    pub at: Span,
}

impl Sighting {
    /// A fact and its place.
    pub fn new(message: impl Into<String>, at: Span) -> Self {
        Self { message: message.into(), at }
    }
}

/// What a probe may see.
pub struct Scene<'a> {
    /// The tree.
    pub view: &'a View<'a>,
    /// The product.
    pub product: &'a Product,
    /// The product's version, where its declaration says where that stands.
    pub version: Option<&'a str>,
    /// The declaration's file, from the git repository's root.
    pub declaration: &'a RepoPath,
    /// The attestations files, from the git repository's root.
    pub attestations: &'a [RepoPath],
    /// The date of the check.
    pub today: Today,
    /// How many sources are searched.
    pub reach: Reach,
    /// What several probes look at, read when the first asks.
    pub read: Read<'a>,
}

/// What several probes look at.
#[derive(Default)]
pub struct Read<'a> {
    searched: OnceCell<Searched>,
    workflows: OnceCell<Vec<Found>>,
    lockfiles: OnceCell<Vec<Locked>>,
    kconfigs: OnceCell<Vec<&'a Tracked>>,
}

impl<'a> Scene<'a> {
    /// The product's tracked regular files, also those that are not shipped, whose names end so and that fit ([`Self::shipped_with`]).
    pub fn files_with(&self, endings: &[&str], fits: impl Fn(&RepoPath) -> bool) -> impl Iterator<Item = &'a Tracked> {
        let folders = self.folders();
        let below = self.view.with_endings(endings).into_iter();
        below.filter(move |found| found.regular && fits(&found.path) && folders.iter().any(|folder| found.path.is_under(folder)))
    }

    /// The tracked regular files of the product that are part of what is shipped and fit. A path is asked first whether it fits: it is
    /// quicker told than whether it is shipped.
    pub fn shipped_where(&self, fits: impl Fn(&RepoPath) -> bool) -> impl Iterator<Item = &'a Tracked> {
        let folders = self.folders();
        self.view.tracked().filter(move |found| fits(&found.path) && is_shipped(found, &folders))
    }

    /// The shipped files whose names end in a dot and one of `endings` (in lower case, the empty one for names without a dot) and that fit.
    pub fn shipped_with(&self, endings: &[&str], fits: impl Fn(&RepoPath) -> bool) -> impl Iterator<Item = &'a Tracked> {
        let folders = self.folders();
        let view = self.view;
        let below = view.with_endings(endings).into_iter().filter(|found| found.path.is_under(view.folder()));
        below.filter(move |found| fits(&found.path) && is_shipped(found, &folders))
    }

    /// Opens a tracked file as text; none of what cannot be read or is no text.
    pub fn open(&self, path: &RepoPath) -> Option<Rc<OpenFile>> {
        self.view.open(path).ok().filter(|file| file.text().is_some())
    }

    /// The shipped files that set options of Kconfig, by their names: of ESP-IDF, Zephyr and Buildroot.
    fn kconfigs(&self) -> &[&'a Tracked] {
        self.read.kconfigs.get_or_init(|| self.shipped_where(|path| is_kconfig(path.file_name())).collect())
    }

    /// What the search for that probe found.
    fn searched(&self, probe: &str) -> Vec<Sighting> {
        self.read.searched.get_or_init(|| search::search(self, self.reach)).of(probe)
    }

    /// A sighting at a byte range of an opened file.
    pub fn sighting(&self, file: &OpenFile, range: std::ops::Range<usize>, message: impl Into<String>) -> Option<Sighting> {
        self.view.range(file, range).map(|at| Sighting::new(message, at))
    }

    /// A sighting at a line (1-based) of an opened file.
    pub fn sighting_at_line(&self, file: &OpenFile, line: usize, message: impl Into<String>) -> Option<Sighting> {
        self.view.line(file, line).map(|at| Sighting::new(message, at))
    }

    fn folders(&self) -> Vec<RepoPath> {
        match self.product.paths.is_empty() {
            true => vec![self.view.folder().clone()],
            false => self.product.paths.iter().map(|path| self.view.folder().join(&path.value)).collect(),
        }
    }
}

fn is_kconfig(name: &str) -> bool {
    let begins = |start: &str| name.get(..start.len()).is_some_and(|begun| begun.eq_ignore_ascii_case(start));
    begins("sdkconfig") || (name.starts_with("prj") && name.ends_with(".conf")) || name.ends_with("defconfig")
}

fn is_shipped(found: &Tracked, folders: &[RepoPath]) -> bool {
    found.regular && folders.iter().any(|folder| found.path.is_under(folder) && !is_muted(&found.path, folder))
}

/// What the probes found; each looks once, when it is first asked for.
pub struct Sightings<'a> {
    scene: Scene<'a>,
    found: RefCell<BTreeMap<String, Rc<[Sighting]>>>,
}

impl<'a> Sightings<'a> {
    /// Nothing has looked yet.
    pub fn new(scene: Scene<'a>) -> Self {
        Self { scene, found: RefCell::default() }
    }

    /// What the probe of that name found, in order of place, at most [`limits::SIGHTINGS`].
    pub fn of(&self, name: &str) -> Rc<[Sighting]> {
        if let Some(known) = self.found.borrow().get(name) {
            return Rc::clone(known);
        }
        let probe = PROBES.iter().find(|probe| probe.name() == name);
        let mut seen = probe.map(|probe| probe.look(&self.scene)).unwrap_or_default();
        seen.truncate(limits::SIGHTINGS);
        let seen: Rc<[Sighting]> = seen.into();
        self.found.borrow_mut().insert(name.to_owned(), Rc::clone(&seen));
        seen
    }

    /// Whether the probes that search sources left most of them for a longer look ([`Reach::FirstLook`]).
    pub fn left_sources(&self) -> bool {
        self.scene.read.searched.get().is_some_and(|searched| searched.is_first_look)
    }

    /// The reason with which the declaration answers the probe of that name.
    pub fn answer(&self, name: &str) -> Option<&str> {
        self.scene.product.probes.get(name).map(|reason| reason.value.as_str())
    }
}
