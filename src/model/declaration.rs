//! What `portcullis.toml` declares.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::named;
use super::outcome::{Assurance, Level};
use crate::repo_path::RepoPath;
use crate::source::{Located, Span};

named! {
    /// What a product is. Software is always implied.
    ProductType {
        /// Software or a software service.
        Software = "software",
        /// Contains an AI model or AI system.
        Ai = "ai",
        /// A consumer connectable product, or its service or companion app.
        ConsumerIot = "consumer-iot",
        /// An app offered on an app store.
        App = "app",
        /// An app store.
        AppStore = "app-store",
    }
}

named! {
    /// What the vendor is to the product.
    Role {
        /// Writes the software.
        Developer = "developer",
        /// Supplies it to customers.
        Distributor = "distributor",
        /// Sells others' software.
        Reseller = "reseller",
        /// Maintains it as open source, not sold.
        OpenSource = "open-source",
        /// Deploys or runs an AI system.
        SystemOperator = "system-operator",
        /// Controls the data of an AI system.
        DataCustodian = "data-custodian",
        /// Makes a connectable product, or has it made under its name.
        Manufacturer = "manufacturer",
        /// Brings a connectable product into the country.
        Importer = "importer",
        /// Creates or maintains an app on a store.
        AppDeveloper = "app-developer",
        /// Runs an app store.
        AppStoreOperator = "app-store-operator",
        /// Makes the operating system that apps run on.
        PlatformDeveloper = "platform-developer",
    }
}

impl ProductType {
    /// The roles taken for granted where a declaration has no `roles`: whoever makes and supplies such a product.
    pub fn default_roles(self) -> &'static [Role] {
        match self {
            Self::Software => &[Role::Developer, Role::Distributor],
            Self::Ai => &[Role::SystemOperator, Role::DataCustodian],
            Self::ConsumerIot => &[Role::Manufacturer],
            Self::App => &[Role::AppDeveloper],
            Self::AppStore => &[Role::AppStoreOperator],
        }
    }
}

named! {
    /// Whether the attestations file must carry a signature.
    Signature {
        /// Checked only where `--allowed-signers` is given.
        Optional = "optional",
        /// Without a good one nothing is accepted.
        Required = "required",
    }
}

/// The record of the Senior Responsible Owner's assurance (Software Security Code, the opening of each theme).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeniorResponsibleOwner {
    /// A name or a role.
    pub name: Located<String>,
    /// When they were last assured.
    pub assured_on: Located<Date>,
}

/// The defined support period that customers are told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Support {
    /// The last day of support.
    pub until: Located<Date>,
    /// The day on which customers were told of it.
    pub announced: Option<Located<Date>>,
    /// The `[product.support]` table.
    pub span: Span,
}

/// One product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// Its name, unique in the declaration.
    pub name: Located<String>,
    /// The manifest that holds its version.
    pub version_from: Option<Located<RepoPath>>,
    /// Declared types; software is implied and need not be here.
    pub types: Vec<Located<ProductType>>,
    /// Declared roles, or the defaults of its types placed at the product.
    pub roles: Vec<Located<Role>>,
    /// Who answers for it.
    pub senior_responsible_owner: Option<SeniorResponsibleOwner>,
    /// Its folders, from the declaration's folder.
    pub paths: Vec<Located<RepoPath>>,
    /// Where its attestations stand.
    pub attestations: RepoPath,
    /// The place that names the attestations file, if the declaration does.
    pub attestations_named: Option<Span>,
    /// Answered traits.
    pub traits: BTreeMap<String, Located<bool>>,
    /// Types that it is not, though it may look so, each with the reason.
    pub not: BTreeMap<ProductType, Located<String>>,
    /// Where `types` stands, if the declaration has it.
    pub types_span: Option<Span>,
    /// The `[product.traits]` table, if there is one.
    pub traits_span: Option<Span>,
    /// Probes that are answered with a reason.
    pub probes: BTreeMap<String, Located<String>>,
    /// Public keys that signatures are checked with, as written, by name.
    pub keys: BTreeMap<String, Located<String>>,
    /// The support period.
    pub support: Option<Support>,
    /// The `[product]` table.
    pub span: Span,
}

impl Product {
    /// A product of which nothing is declared, for looks that need no declaration.
    pub fn undeclared(span: Span) -> Self {
        Self {
            name: Located::new(String::new(), span),
            version_from: None,
            types: Vec::new(),
            roles: Vec::new(),
            senior_responsible_owner: None,
            paths: Vec::new(),
            attestations: RepoPath::default(),
            attestations_named: None,
            traits: BTreeMap::new(),
            not: BTreeMap::new(),
            types_span: None,
            traits_span: None,
            probes: BTreeMap::new(),
            keys: BTreeMap::new(),
            support: None,
            span,
        }
    }

    /// Whether it is of that type; everything is software.
    pub fn is(&self, kind: ProductType) -> bool {
        kind == ProductType::Software || self.types.iter().any(|declared| declared.value == kind)
    }
}

/// `[organisation]`: opts in to the baseline for every organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// The codes opted in to.
    pub codes: Vec<Located<String>>,
    /// Where the organisation's own attestations stand, if not with the product's.
    pub attestations: Option<Located<RepoPath>>,
}

/// `[gate]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// The least level that closes the gate; none for `never`.
    pub fail_on: Option<Level>,
    /// The least assurance that counts as met.
    pub assurance: Assurance,
    /// Reviews older than this are stale.
    pub max_age_days: i32,
    /// Whether a signature is asked for, and where that stands.
    pub signature: Signature,
    /// The overlays that it names, from the declaration's folder.
    pub overlays: Vec<Located<RepoPath>>,
    /// Where the settings stand that are written down, by key.
    pub written: BTreeMap<&'static str, Span>,
}

impl Gate {
    /// The keys of the settings.
    pub const KEYS: [&'static str; 5] = ["fail-on", "assurance", "max-age-days", "signature", "overlays"];
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            fail_on: Some(Level::Error),
            assurance: Assurance::Evidenced,
            max_age_days: 365,
            signature: Signature::Optional,
            overlays: Vec::new(),
            written: BTreeMap::new(),
        }
    }
}

/// The whole declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The file it stands in, from the root of the check.
    pub path: RepoPath,
    /// In the file's order.
    pub products: Vec<Product>,
    /// The organisation's codes.
    pub organisation: Option<Organisation>,
    /// The gate's settings.
    pub gate: Gate,
    /// Pinned editions by code.
    pub editions: BTreeMap<String, Located<String>>,
    /// The first line, for what has no better place.
    pub span: Span,
}
