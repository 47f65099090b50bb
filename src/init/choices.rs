//! What is to be declared: from the command line, from people's answers, and from what the files show.

use std::collections::BTreeMap;

use super::ground::{Ground, given_name, presentable};
use super::import::Proposal;
use crate::detect::Strength;
use crate::error::Error;
use crate::model::attestation::is_nobody;
use crate::model::declaration::{ProductType, Role};
use crate::repo_path::RepoPath;

/// What the command line asks for.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    /// The product's name.
    pub product: Option<String>,
    /// Its types; what the files show is then only told.
    pub types: Option<Vec<ProductType>>,
    /// What the vendor is to it; empty leaves it to the types.
    pub roles: Vec<Role>,
}

/// What is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choices {
    /// The product's name.
    pub name: String,
    /// Where that was taken from, where nobody said it.
    pub name_from: Option<String>,
    /// The file that holds its version.
    pub version_from: Option<RepoPath>,
    /// What it is beside software, in the model's order.
    pub types: Vec<ProductType>,
    /// Whether somebody chose the types.
    pub types_chosen: bool,
    /// What the vendor is to it; empty leaves it to the types.
    pub roles: Vec<Role>,
    /// Answers of people; what the files answer is added when the declaration is written.
    pub traits: BTreeMap<String, bool>,
    /// Why it is not what it looks like.
    pub not: BTreeMap<ProductType, String>,
    /// Who answers for the attestations.
    pub owner: Option<String>,
}

impl Choices {
    /// What can be told without asking anybody.
    ///
    /// # Errors
    /// When the name on the command line cannot be written.
    pub fn new(ground: &Ground<'_>, wish: &Wish, proposal: &Proposal) -> Result<Self, Error> {
        let decisive = ground.detection.types.iter().filter(|seen| seen.strength == Strength::Decisive).map(|seen| seen.kind);
        let proposed = proposal.name.as_deref().and_then(presentable);
        let (name, name_from) = match (&wish.product, &ground.named_by) {
            (Some(name), _) => (given_name(name)?, None),
            (None, Some(path)) => (ground.name.clone(), Some(format!("taken from {path}"))),
            (None, None) if proposed.is_some() => (proposed.unwrap_or_default(), Some("taken from what --from names".to_owned())),
            (None, None) => (ground.name.clone(), Some("taken from the repository's name".to_owned())),
        };
        let mut choices = Self {
            name,
            name_from,
            version_from: ground.version_from.clone(),
            types: Vec::new(),
            types_chosen: wish.types.is_some(),
            roles: wish.roles.clone(),
            traits: BTreeMap::new(),
            not: BTreeMap::new(),
            owner: proposal.owner.as_deref().and_then(presentable).filter(|owner| !is_nobody(owner)),
        };
        choices.set_types(wish.types.clone().unwrap_or_else(|| decisive.collect()));
        Ok(choices)
    }

    /// Takes types in the model's order, each once; software goes without saying.
    pub(super) fn set_types(&mut self, chosen: impl AsRef<[ProductType]>) {
        let beside = ProductType::ALL.iter().copied().filter(|kind| *kind != ProductType::Software);
        self.types = beside.filter(|kind| chosen.as_ref().contains(kind)).collect();
    }

    /// The roles that hold where none is chosen: whoever makes and supplies such a product.
    pub(super) fn usual_roles(&self) -> Vec<Role> {
        let kinds = std::iter::once(ProductType::Software).chain(self.types.iter().copied());
        kinds.flat_map(|kind| kind.default_roles().iter().copied()).collect()
    }
}
