//! The codes that are built in, with what overlays add and change, read when they are asked for.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::overlaid;
use super::policy::{Header, load_header, load_policy, load_traits};
use super::reader::Words;
use crate::model::declaration::{ProductType, Role};
use crate::model::kind::KINDS;
use crate::model::overlay::Overlays;
use crate::model::policy::{Policy, Trait};
use crate::model::probe::PROBES;
use crate::source::SourceMap;
use crate::spec::{Choice, Vocabulary};

struct BuiltIn {
    code: &'static str,
    edition: &'static str,
    text: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/policies.rs"));

const TRAITS: &str = include_str!("../../policies/traits.toml");

/// Codes come in this order in every output: what applies to everyone first.
const ORDER: &[&str] = &["software-security", "ai", "consumer-iot", "psti", "apps", "cyber-governance", "cyber-essentials"];

/// One edition of a code: its header at once, the rest when asked for.
struct Edition {
    code: Cow<'static, str>,
    edition: Cow<'static, str>,
    /// None of an overlay's own code, which is whole from the beginning.
    text: Option<&'static str>,
    header: Header,
    policy: OnceCell<Option<Policy>>,
    /// The ids of the units that each name means; a large file asks for them very often.
    names: OnceCell<BTreeMap<String, Vec<String>>>,
}

/// Every code that can be selected.
pub struct Catalogue {
    sources: SourceMap,
    traits: Vec<Trait>,
    editions: Vec<Edition>,
    overlays: Overlays,
    /// The same with overlays; whoever borrows from this one can borrow from that one as long.
    overlaid: OnceCell<Box<Self>>,
}

/// Words for the header pass, in which no vocabulary is asked for.
struct NoWords;

impl Words for NoWords {
    fn choices(&self, _: Vocabulary) -> Vec<Choice> {
        Vec::new()
    }
}

impl Default for Catalogue {
    fn default() -> Self {
        Self::built_in()
    }
}

impl Catalogue {
    /// The codes compiled into the program.
    pub fn built_in() -> Self {
        let sources = SourceMap::default();
        let traits = load_traits(TRAITS, "policies/traits.toml", &sources, &NoWords).unwrap_or_default();
        let mut editions: Vec<Edition> = BUILT_IN
            .iter()
            .filter_map(|file| {
                let id = sources.add(format!("policies/{}/{}.toml", file.code, file.edition), file.text);
                let header = load_header(file.text, &sources, id, &NoWords)?;
                Some(Edition {
                    code: Cow::Borrowed(file.code),
                    edition: Cow::Borrowed(file.edition),
                    text: Some(file.text),
                    header,
                    policy: OnceCell::new(),
                    names: OnceCell::new(),
                })
            })
            .collect();
        let rank = |code: &str| ORDER.iter().position(|known| *known == code).unwrap_or(ORDER.len());
        editions.sort_by(|a, b| (rank(&a.code), &a.code, b.header.published).cmp(&(rank(&b.code), &b.code, a.header.published)));
        Self { sources, traits, editions, overlays: Overlays::default(), overlaid: OnceCell::new() }
    }

    /// The built-in codes with these overlays, made when first asked for; they live as long as this catalogue.
    pub fn with_overlays(&self, overlays: &Overlays) -> &Self {
        if self.overlays == *overlays {
            return self;
        }
        self.overlaid.get_or_init(|| Box::new(Self::overlaid_by(overlays.clone()))).with_overlays(overlays)
    }

    fn overlaid_by(overlays: Overlays) -> Self {
        let mut catalogue = Self::built_in();
        for policy in overlays.all().flat_map(|overlay| &overlay.codes) {
            if catalogue.editions.iter().any(|known| known.code == policy.code) {
                continue;
            }
            let mut whole = policy.clone();
            overlaid::apply(&mut whole, &overlays);
            catalogue.editions.push(Edition {
                code: Cow::Owned(policy.code.clone()),
                edition: Cow::Owned(policy.edition.clone()),
                text: None,
                header: Header {
                    code: policy.code.clone(),
                    aliases: policy.aliases.clone(),
                    applies_to: policy.applies_to.clone(),
                    title: policy.title.clone(),
                    published: policy.published,
                },
                policy: OnceCell::from(Some(whole)),
                names: OnceCell::new(),
            });
        }
        catalogue.overlays = overlays;
        catalogue
    }

    /// The overlays in force.
    pub fn overlays(&self) -> &Overlays {
        &self.overlays
    }

    /// Every trait.
    pub fn traits(&self) -> &[Trait] {
        &self.traits
    }

    /// The trait of that id.
    pub fn trait_of(&self, id: &str) -> Option<&Trait> {
        self.traits.iter().find(|known| known.id == id)
    }

    /// Every code's newest edition's header, in the order of output.
    pub fn headers(&self) -> impl Iterator<Item = &Header> {
        let mut last = "";
        self.editions.iter().filter_map(move |edition| {
            let first = edition.code != last;
            last = &edition.code;
            first.then_some(&edition.header)
        })
    }

    /// The editions of a code, newest first.
    pub fn editions_of(&self, code: &str) -> Vec<&str> {
        self.editions.iter().filter(|edition| edition.code == code).map(|edition| edition.edition.as_ref()).collect()
    }

    /// The code that a name or alias means.
    pub fn code(&self, name: &str) -> Option<&str> {
        let means = |edition: &&Edition| edition.code == name || edition.header.aliases.iter().any(|alias| alias == name);
        self.editions.iter().find(means).map(|edition| edition.code.as_ref())
    }

    /// One edition of a code; the newest where none is named.
    pub fn policy(&self, code: &str, edition: Option<&str>) -> Option<&Policy> {
        let wanted = |found: &&Edition| found.code == code && edition.is_none_or(|name| found.edition == name);
        let found = self.editions.iter().find(wanted)?;
        let load = || {
            let path = format!("policies/{}/{}.toml", found.code, found.edition);
            let mut policy = load_policy(found.text?, &path, &self.sources, self, false).ok()?;
            overlaid::apply(&mut policy, &self.overlays);
            Some(policy)
        };
        found.policy.get_or_init(load).as_ref()
    }

    /// The newest edition of every code.
    pub fn policies(&self) -> impl Iterator<Item = &Policy> {
        self.headers().map(|header| header.code.as_str()).collect::<Vec<_>>().into_iter().filter_map(|code| self.policy(code, None))
    }

    /// Resolves `code/id`, an alias of either, or `Claim 1.2.3`, to the ids of the units it means.
    pub fn resolve(&self, name: &str) -> Option<Vec<String>> {
        let (policy, rest) = self.split(name)?;
        let edition = self.editions.iter().find(|found| found.code == policy.code && found.edition == policy.edition)?;
        let ids =
            |indices: Vec<usize>| indices.into_iter().filter_map(|index| policy.units.get(index)).map(|unit| unit.id.clone()).collect();
        let names = || policy.names().into_iter().map(|(name, indices)| (name.to_owned(), ids(indices))).collect();
        edition.names.get_or_init(names).get(rest).cloned()
    }

    /// The policy and the local name that a written name speaks of.
    pub fn split<'n>(&self, name: &'n str) -> Option<(&Policy, &'n str)> {
        if let Some(claim) = name.strip_prefix("Claim ").or_else(|| name.strip_prefix("claim ")) {
            return Some((self.policy("software-security", None)?, claim.trim()));
        }
        let (code, rest) = name.split_once('/')?;
        let rest = rest.strip_prefix("Claim ").or_else(|| rest.strip_prefix("claim ")).unwrap_or(rest);
        Some((self.policy(self.code(code)?, None)?, rest))
    }

    /// The whole names that a local name without its code may stand for: `3.1` for `software-security/3.1`.
    pub fn whole_names(&self, local: &str) -> Vec<String> {
        self.policies().filter(|policy| policy.names().contains_key(local)).map(|policy| format!("{}/{local}", policy.code)).collect()
    }

    /// Checks every built-in file against the format; for tests.
    pub fn faults(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut report = |faults: Vec<crate::error::Fault>, sources: &SourceMap| {
            for fault in faults {
                let place = fault.span.map(|span| sources.place(span));
                let place = place.map_or(String::new(), |place| format!("{}:{}: ", place.file, place.line));
                out.push(format!("{place}{}", fault.message));
            }
        };
        if let Err(faults) = load_traits(TRAITS, "policies/traits.toml", &self.sources, self) {
            report(faults, &self.sources);
        }
        for edition in &self.editions {
            let path = format!("policies/{}/{}.toml", edition.code, edition.edition);
            match load_policy(edition.text.unwrap_or_default(), &path, &self.sources, self, true) {
                Err(faults) => report(faults, &self.sources),
                Ok(policy) if policy.code != edition.code || policy.edition != edition.edition => {
                    report(vec![crate::error::Fault::anywhere(format!("{path} names another code or edition"))], &self.sources);
                }
                Ok(_) => {}
            }
        }
        out
    }
}

impl Words for Catalogue {
    fn choices(&self, vocabulary: Vocabulary) -> Vec<Choice> {
        let organisation = |wanted: bool| {
            let headers = self.headers().filter(move |header| !wanted || header.applies_to.organisation);
            headers.map(|header| Choice::new(&header.code, &header.title)).collect()
        };
        match vocabulary {
            Vocabulary::Types => ProductType::ALL.iter().map(|kind| Choice::new(kind.name(), kind.meaning())).collect(),
            Vocabulary::Roles => Role::ALL.iter().map(|role| Choice::new(role.name(), role.meaning())).collect(),
            Vocabulary::Traits => self.traits.iter().map(|known| Choice::new(&known.id, &known.question)).collect(),
            Vocabulary::Codes => organisation(false),
            Vocabulary::OrganisationCodes => organisation(true),
            Vocabulary::Kinds => KINDS.iter().map(|kind| Choice::new(kind.name, kind.about)).collect(),
            Vocabulary::Probes => PROBES.iter().map(|probe| Choice::new(probe.name, probe.about)).collect(),
            Vocabulary::Fixed(list) => list.iter().map(|(name, title)| Choice::new(*name, *title)).collect(),
            Vocabulary::Provisions => self
                .policies()
                .flat_map(|policy| {
                    let provisions = policy.provisions.iter().flat_map(|provision| {
                        let claims = policy.units_of(provision).iter().filter(|unit| unit.id != provision.id);
                        std::iter::once(Choice::new(&provision.id, &provision.title))
                            .chain(claims.map(|unit| Choice::new(&unit.id, &unit.title)))
                    });
                    provisions.collect::<Vec<_>>()
                })
                .collect(),
        }
    }

    fn knows(&self, vocabulary: Vocabulary, name: &str) -> bool {
        match vocabulary {
            Vocabulary::Provisions => self.resolve(name).is_some(),
            Vocabulary::Codes => self.code(name).is_some(),
            _ => self.choices(vocabulary).iter().any(|choice| choice.name == name),
        }
    }
}
