//! What a product is called where statements are compared, so that two spellings of one product are one.

use crate::evidence::Ask;
use crate::evidence::about::{self, About};
use crate::formats::sbom::Purl;
use crate::formats::subject::Subject;
use crate::formats::vex::Status;

/// One of the names of a product.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Called {
    /// By a name or an identifier, as far as spelling does not matter.
    Text(String),
    /// This product by its name alone.
    Product,
    /// This product by the package URL of a package, in this version, and how that is said to stand.
    Package(Status),
}

impl Called {
    /// What speaks of the same: a statement on the product as such is one on each of its packages. Those may differ from each other.
    pub(super) fn against(&self) -> Vec<Self> {
        let all = [Status::NotAffected, Status::Affected, Status::Fixed, Status::UnderInvestigation];
        match self {
            Self::Text(_) => Vec::new(),
            Self::Product => all.map(Self::Package).to_vec(),
            Self::Package(_) => vec![Self::Product],
        }
    }
}

/// The names of a product: as the document labels it, and in OpenVEX each of its package URLs and CPEs. Of this product, in this version or
/// in none in particular, the version is left out.
///
/// In other formats the package URL may be that of the whole that several parts belong to.
pub(super) fn called(ask: &Ask<'_>, product: &Subject, status: Status, is_openvex: bool) -> Vec<Called> {
    let is_this = ask.product.version.is_some() && about::stands(ask, product) == About::Ours;
    let is_identifier = |name: &&String| is_openvex && (name.starts_with("cpe:") || name.starts_with("pkg:"));
    let identifiers = || product.names.iter().filter(is_identifier);
    let names = std::iter::once(&product.label).chain(identifiers().filter(|name| **name != product.label));
    let mut all: Vec<Called> = names.map(|name| Called::Text(plain(name, is_this))).collect();
    if is_this && is_openvex {
        let is_bare = identifiers().next().is_none() && !product.label.contains("://");
        let is_whole = identifiers().any(|name| name.starts_with("pkg:") && !name.contains(['?', '#'])) && !product.versions.is_empty();
        all.extend(is_bare.then_some(Called::Product));
        all.extend(is_whole.then_some(Called::Package(status)));
    }
    all
}

/// A name as it is compared: neither case matters, nor how words are parted, nor how a package URL writes its characters.
fn plain(name: &str, leave_version: bool) -> String {
    // A digest is that of one image, whatever its version.
    let version = |version: &str| match leave_version && !version.contains(':') {
        true => String::new(),
        false => format!("@{}", version.trim_start_matches(['v', 'V'])),
    };
    if let Some(purl) = Purl::read(name).filter(|_| name.starts_with("pkg:")) {
        let rest = name.find(['?', '#']).and_then(|end| name.get(end..)).unwrap_or_default();
        let version = purl.version.as_deref().map(version).unwrap_or_default();
        return format!("pkg:{}/{}{version}{rest}", purl.kind, purl.full_name).to_lowercase();
    }
    let subject = Subject::new(name, 0..0);
    let parted = match (subject.names.as_slice(), subject.versions.first()) {
        ([_, bare], Some(own)) if !name.starts_with("cpe:") => format!("{bare}{}", version(own)),
        _ => name.to_owned(),
    };
    parted.trim().to_lowercase().replace([' ', '_'], "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_product_are_one() {
        for (one, other) in [
            ("pkg:npm/%40acme/ledger@1.4.0", "pkg:npm/@acme/ledger@1.4.0"),
            ("pkg:PyPI/Ledger_Core@1.4.0", "pkg:pypi/ledger-core@1.4.0"),
            ("pkg:maven/com.acme/Ledger@v1.4.0", "pkg:maven/com.acme/ledger@1.4.0"),
            ("Ledger Server 1.4.0", "ledger-server v1.4.0"),
            ("cpe:2.3:a:acme:Ledger:1.4.0:*:*:*:*:*:*:*", "cpe:2.3:a:acme:ledger:1.4.0:*:*:*:*:*:*:*"),
        ] {
            assert_eq!(plain(one, false), plain(other, false));
        }
        for (one, other) in [
            ("pkg:npm/ledger@1.4.0", "pkg:npm/ledger@1.4.1"),
            ("pkg:npm/ledger@1.4.0", "pkg:cargo/ledger@1.4.0"),
            ("pkg:oci/ledger@1.4.0?arch=arm64", "pkg:oci/ledger@1.4.0?arch=amd64"),
            ("Ledger 1.4.0", "Ledger 1.4.1"),
            ("Ledger", "Ledger Server"),
        ] {
            assert_ne!(plain(one, false), plain(other, false));
        }
    }

    #[test]
    fn a_product_is_compared_without_its_version() {
        for (name, bare) in [
            ("pkg:cargo/ledger@1.4.2", "pkg:cargo/ledger"),
            ("pkg:npm/@acme/ledger", "pkg:npm/@acme/ledger"),
            ("pkg:oci/ledger@sha256%3A00?arch=arm64", "pkg:oci/ledger@sha256:00?arch=arm64"),
            ("sec@ledger.example", "sec@ledger.example"),
            ("Ledger 1.4.2", "ledger"),
        ] {
            assert_eq!(plain(name, true), bare);
        }
    }
}
