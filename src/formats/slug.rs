//! Who has what where: `acme/ledger` at github.com, `@acme/ledger` at npm. Two owners can give one name to what they have, so
//! that the name alone does not tell whose a thing is.
//!
//! Only places are known where the first part of a path is the owner's account: what stands elsewhere has no slug, and nothing is
//! concluded from it.

use std::fmt;

use super::sbom::Purl;
use crate::text::one_line;

/// Hosts whose paths begin with an owner, by their whole name.
const FORGES: &[&str] = &["github.com", "gitlab.com", "bitbucket.org", "codeberg.org"];
/// Software that such hosts run, by which an organisation's own host is called: `gitlab.acme.example`.
const SOFTWARE: &[&str] = &["github", "gitlab", "gitea", "forgejo"];
/// The most of an address that is read.
const ADDRESS_BYTES: usize = 1_024;

/// A repository or a package by its owner's account and its own name, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slug {
    /// A host, a registry, or the software of a host that is not named.
    place: String,
    /// The owner, then what it is called there.
    path: String,
}

impl Slug {
    /// Of an address as remotes, manifests and reports write it: with a scheme, `git@host:path`, `host/path` or `github:path`.
    pub fn of_address(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() > ADDRESS_BYTES {
            return None;
        }
        let bare = ["scm:git:", "scm:", "git+"].iter().fold(text, |text, prefix| text.strip_prefix(prefix).unwrap_or(text));
        let bare = match bare.split_once("://") {
            Some((_, rest)) => rest.to_owned(),
            None => bare.replacen(':', "/", 1),
        };
        let (authority, path) = bare.split_once('/')?;
        let host = authority.rsplit('@').next()?.split(':').next()?.to_ascii_lowercase();
        let host = ["www.", "ssh."].iter().fold(host.as_str(), |host, prefix| host.strip_prefix(prefix).unwrap_or(host));
        let host = match host {
            "github" => "github.com",
            "gitlab" => "gitlab.com",
            "bitbucket" => "bitbucket.org",
            other => other,
        };
        let software = host.split('.').next()?;
        let is_forge = FORGES.contains(&host) || host.contains('.') && SOFTWARE.contains(&software);
        is_forge.then(|| Self::read(host, path, software == "gitlab")).flatten()
    }

    /// Of a path at a host of which only the software is known.
    pub fn at(software: &str, path: &str) -> Option<Self> {
        Self::read(software, path, software == "gitlab")
    }

    /// Of a package URL, where its type has owners.
    pub fn of_purl(purl: &Purl) -> Option<Self> {
        match purl.kind.as_str() {
            "github" => Self::read("github.com", &purl.full_name, false),
            "bitbucket" => Self::read("bitbucket.org", &purl.full_name, false),
            "golang" | "swift" => Self::of_address(&purl.full_name),
            kind => Self::of_package(kind, &purl.full_name),
        }
    }

    /// Of a package at a registry, where names there have owners: the scopes of npm, the vendors of Composer.
    pub fn of_package(registry: &str, name: &str) -> Option<Self> {
        let owned = match registry {
            "npm" => name.starts_with('@'),
            "composer" => true,
            _ => false,
        };
        owned.then(|| Self::read(registry, name, false)).flatten()
    }

    fn read(place: &str, path: &str, nested: bool) -> Option<Self> {
        // A revision stands behind an `@`, with which the scope of a package begins.
        let path = path.split(['?', '#']).next()?;
        let path = path.split_once("/-/").map_or(path, |(path, _)| path);
        let revision = path.char_indices().skip(1).find(|(_, c)| *c == '@').map_or(path.len(), |(at, _)| at);
        let path = path.get(..revision)?;
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let kept = if nested { parts.as_slice() } else { parts.get(..2)? };
        let path = kept.join("/").to_ascii_lowercase();
        let path = path.strip_suffix(".git").unwrap_or(&path);
        path.contains('/').then(|| Self { place: place.to_owned(), path: path.to_owned() })
    }

    /// The owner's account.
    pub fn owner(&self) -> &str {
        self.path.split('/').next().unwrap_or_default()
    }

    /// How much text it is.
    pub fn bytes(&self) -> usize {
        size_of::<Self>() + self.place.len() + self.path.len()
    }

    /// Whether both are at one place.
    pub fn is_beside(&self, other: &Self) -> bool {
        let runs = |host: &str, software: &str| !software.contains('.') && host.split('.').next() == Some(software);
        self.place == other.place || runs(&self.place, &other.place) || runs(&other.place, &self.place)
    }

    /// Whether both are of one owner.
    pub fn is_sibling(&self, other: &Self) -> bool {
        self.is_beside(other) && self.owner() == other.owner()
    }

    /// Whether both are the same.
    pub fn is(&self, other: &Self) -> bool {
        self.is_beside(other) && self.path == other.path
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", one_line(&self.path, 80), one_line(&self.place, 60))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_address_tells_the_owner_however_it_is_written() {
        for text in [
            "https://github.com/acme/ledger",
            "https://github.com/Acme/Ledger.git",
            "https://www.github.com/acme/ledger/",
            "https://bot:s3cret@github.com/acme/ledger.git",
            "git@github.com:acme/ledger.git",
            "ssh://git@ssh.github.com:443/acme/ledger.git",
            "git+https://github.com/acme/ledger.git",
            "git+https://github.com/acme/ledger@refs/tags/v1.2.0",
            "git+https://github.com/acme/ledger.git@c0ffee",
            "scm:git:git://github.com/acme/ledger.git",
            "github.com/acme/ledger",
            "github:acme/ledger",
            "https://github.com/acme/ledger/tree/main/docs",
            "https://github.com/acme/ledger#readme",
        ] {
            let slug = Slug::of_address(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!(slug.to_string(), "acme/ledger at github.com", "{text}");
            assert_eq!(slug.owner(), "acme");
        }
        let nested = Slug::of_address("https://gitlab.acme.example:8443/tools/money/ledger/-/blob/main/a.md").unwrap();
        assert_eq!((nested.to_string().as_str(), nested.owner()), ("tools/money/ledger at gitlab.acme.example", "tools"));
    }

    #[test]
    fn what_may_have_no_owner_before_its_name_has_no_slug() {
        for text in [
            "",
            "ledger",
            "acme/ledger",
            "https://github.com/acme",
            "https://git.acme.example/scm/led/ledger.git",
            "https://ledger.example/github.com/acme/ledger",
            "https://github.com.evil.example/",
            "/srv/git/acme/ledger.git",
            "C:\\work\\ledger",
        ] {
            assert_eq!(Slug::of_address(text), None, "{text}");
        }
    }

    #[test]
    fn packages_have_owners_where_their_registry_gives_them_any() {
        let read = |text: &str| Slug::of_purl(&Purl::read(text).unwrap()).map(|slug| slug.to_string());
        for (text, slug) in [
            ("pkg:npm/%40acme/ledger@1.2.0", Some("@acme/ledger at npm")),
            ("pkg:npm/ledger@1.2.0", None),
            ("pkg:golang/github.com/acme/ledger@v1.2.0", Some("acme/ledger at github.com")),
            ("pkg:golang/github.com/acme/ledger/v2@v2.0.0", Some("acme/ledger at github.com")),
            ("pkg:github/acme/ledger@v1", Some("acme/ledger at github.com")),
            ("pkg:composer/acme/ledger@1.0", Some("acme/ledger at composer")),
            ("pkg:cargo/ledger@1.2.0", None),
            ("pkg:maven/com.acme/ledger@1.2.0", None),
        ] {
            assert_eq!(read(text).as_deref(), slug, "{text}");
        }
    }

    #[test]
    fn a_host_of_which_only_the_software_is_known_may_be_any_that_runs_it() {
        let ours = Slug::of_address("https://github.acme.example/acme/ledger").unwrap();
        for (software, path, beside, sibling, same) in [
            ("github", "acme/ledger", true, true, true),
            ("github", "acme/website", true, true, false),
            ("github", "evil/ledger", true, false, false),
            ("gitlab", "acme/ledger", false, false, false),
        ] {
            let slug = Slug::at(software, path).unwrap();
            assert_eq!((slug.is_beside(&ours), slug.is_sibling(&ours), slug.is(&ours)), (beside, sibling, same), "{slug}");
            assert_eq!(ours.is_beside(&slug), beside, "{slug}");
        }
    }

    proptest! {
        #[test]
        fn no_address_makes_it_fail_and_no_credentials_get_through(text in "\\PC{0,40}", secret in "[a-z]{4,8}") {
            let _ = Slug::of_address(&text);
            let told = Slug::of_address(&format!("https://user:Z{secret}@github.com/acme/ledger")).map(|slug| slug.to_string());
            prop_assert_eq!(told.as_deref(), Some("acme/ledger at github.com"));
        }
    }
}
