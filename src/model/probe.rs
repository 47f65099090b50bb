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
pub static PROBES: &[ProbeEntry] = &[entry(
    "security-txt-expired",
    "A security.txt of this product is past its own Expires",
    "check that every field still holds, set `Expires` anew, and serve the new file",
)];

/// The probe of that name.
pub fn probe(name: &str) -> Option<&'static ProbeEntry> {
    PROBES.iter().find(|entry| entry.name == name)
}
