//! The product tree of CSAF: what ids it defines, and what stands behind them (tests 6.1.1 to 6.1.5 and 6.1.13).

use std::collections::{BTreeMap, BTreeSet};

use super::{required, start};
use crate::formats::fault::{Fault, Faults};
use crate::formats::subject::{Copies, Subject, is_purl};
use crate::formats::tree::Node;
use crate::limits;
use crate::text::one_line;

const FIX: &str = "define it in product_tree, or correct the id";

/// What a product tree defines.
#[derive(Default)]
pub(super) struct Products {
    by_id: BTreeMap<String, Subject>,
    /// What tells products apart that share a name and a version.
    variants: BTreeMap<String, String>,
    /// Products of relationships, which are called after what they are part of, too.
    related: BTreeSet<String>,
    groups: BTreeMap<String, Vec<String>>,
    copies: Copies,
}

/// What `product_ids` and `group_ids` name, each once.
#[derive(Default)]
pub(super) struct Named<'n> {
    pub(super) products: BTreeSet<&'n str>,
    pub(super) groups: BTreeSet<&'n str>,
}

impl Named<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.products.is_empty() && self.groups.is_empty()
    }
}

impl Products {
    /// A copy of the product of an id for one place.
    pub(super) fn product(&self, id: &str, at: std::ops::Range<usize>, faults: &mut Faults) -> Option<Subject> {
        let subject = self.by_id.get(id)?;
        let mut told = Vec::new();
        let allowed = self.copies.allow(subject, &at, &mut told);
        faults.extend(told);
        allowed.then(|| Subject { at, ..subject.clone() })
    }

    /// A fault where there is no product of an id (6.1.1).
    pub(super) fn exists(&self, id: &str, at: std::ops::Range<usize>, faults: &mut Faults) {
        if !self.by_id.contains_key(id) {
            faults.push(undefined("product", id, at));
        }
    }

    /// A product with what tells it apart from others of its name. What is part of something else has the names of that, and is left
    /// out.
    pub(super) fn alone(&self, id: &str) -> Option<(&Subject, &str)> {
        let subject = self.by_id.get(id).filter(|_| !self.related.contains(id))?;
        Some((subject, self.variants.get(id).map_or("", String::as_str)))
    }

    /// The products and groups that a table names (6.1.1, 6.1.4). Groups are not resolved here: each can be named any number of times.
    pub(super) fn named<'n>(&self, node: &'n Node<'_>, faults: &mut Faults) -> Named<'n> {
        let mut named = Named::default();
        for (id, at) in super::texts(node.at(&["product_ids"])) {
            self.exists(id, at, faults);
            named.products.insert(id);
        }
        for (id, at) in super::texts(node.at(&["group_ids"])) {
            if !self.groups.contains_key(id) {
                faults.push(undefined("product group", id, at));
            }
            named.groups.insert(id);
        }
        named
    }

    /// The members of a group; none where it is not defined.
    pub(super) fn members(&self, group: &str) -> impl Iterator<Item = &str> {
        self.groups.get(group).into_iter().flatten().map(String::as_str)
    }
}

fn undefined(what: &str, id: &str, at: std::ops::Range<usize>) -> Fault {
    Fault::new("undefined-product", at, format!("names the {what} {}, which its product tree does not define", one_line(id, 60)), FIX)
}

pub(super) fn read(tree: &Node<'_>, faults: &mut Faults) -> Products {
    let mut products = Products::default();
    for node in tree.at(&["full_product_names"]).items() {
        define(node, &[], &mut products, faults);
    }
    branches(tree, &mut Vec::new(), &mut products, faults);
    for node in tree.at(&["relationships"]).items() {
        required(node, &["category", "full_product_name", "product_reference", "relates_to_product_reference"], "relationship", faults);
        let own = node.at(&["full_product_name"]);
        define(own, &[], &mut products, faults);
        products.related.extend(own.word("product_id").map(str::to_owned));
        for key in ["product_reference", "relates_to_product_reference"] {
            let Some(end) = node.get(key) else { continue };
            let id = end.text().unwrap_or_default();
            if own.word("product_id") == Some(id) {
                let message = format!("relates the product {} to itself", one_line(id, 60));
                faults.push(Fault::new("circular", end.range(), message, "correct the relationship"));
            }
        }
    }
    related(tree, &mut products, faults);
    for node in tree.at(&["product_groups"]).items() {
        required(node, &["group_id", "product_ids"], "product group", faults);
        let Some(id) = node.word("group_id") else { continue };
        let mut members = BTreeSet::new();
        let mut twice = false;
        for (member, at) in super::texts(node.at(&["product_ids"])) {
            products.exists(member, at, faults);
            twice |= !members.insert(member.to_owned());
        }
        if (twice || members.len() < 2) && node.get("product_ids").is_some() {
            let message = format!("has the product group {}, which does not list two or more products once each", one_line(id, 60));
            faults.push(Fault::new("field", start(node), message, super::MAKE));
        }
        let members = members.into_iter().collect();
        if products.groups.insert(id.to_owned(), members).is_some() {
            let message = format!("defines the product group {} twice", one_line(id, 60));
            faults.push(Fault::new("defined-twice", node.range(), message, "give each group its own id"));
        }
    }
    products
}

/// What a relationship's product is called takes in what its ends are called. One that is defined twice is a fault already, and takes
/// in what it is part of first.
fn related(tree: &Node<'_>, products: &mut Products, faults: &mut Faults) {
    let mut taken = BTreeSet::new();
    for node in tree.at(&["relationships"]).items() {
        let own = node.at(&["full_product_name"]).word("product_id");
        if let Some((inner, at)) = node.get("product_reference").and_then(|end| Some((end.text()?, end.range()))) {
            products.exists(inner, at, faults);
        }
        let Some((outer, at)) = node.get("relates_to_product_reference").and_then(|end| Some((end.text()?, end.range()))) else { continue };
        products.exists(outer, at.clone(), faults);
        let Some(own) = own.filter(|own| *own != outer && taken.insert(*own)) else { continue };
        let Some(outer) = products.product(outer, at.clone(), faults) else { continue };
        if let Some(subject) = products.by_id.get_mut(own) {
            subject.joined = true;
            take_in(subject, outer.names, outer.versions, own, &at, faults);
        }
    }
}

/// Adds names and versions that a product does not have yet, as many as are kept of one.
fn take_in(subject: &mut Subject, names: Vec<String>, versions: Vec<String>, id: &str, at: &std::ops::Range<usize>, faults: &mut Faults) {
    for (own, more) in [(&mut subject.names, names), (&mut subject.versions, versions)] {
        for one in more {
            if own.contains(&one) {
                continue;
            }
            if own.len() >= limits::CSAF_NAMES {
                let message = format!("calls the product {} by more than {} names or versions", one_line(id, 60), limits::CSAF_NAMES);
                let remedy = "name it once, and nest branches and relationships less deep";
                faults.push(Fault::new("too-many-names", at.clone(), message, remedy));
                break;
            }
            own.push(one);
        }
    }
}

/// Branches in branches; nesting is bounded by the tree's own depth.
fn branches<'t>(node: &'t Node<'_>, path: &mut Vec<(&'t str, &'t str)>, products: &mut Products, faults: &mut Faults) {
    for branch in node.at(&["branches"]).items() {
        required(branch, &["category", "name"], "branch", faults);
        path.push((branch.word("category").unwrap_or_default(), branch.word("name").unwrap_or_default()));
        if branch.get("product").is_some() {
            define(branch.at(&["product"]), path, products, faults);
        }
        branches(branch, path, products, faults);
        path.pop();
    }
}

fn define(node: &Node<'_>, path: &[(&str, &str)], products: &mut Products, faults: &mut Faults) {
    required(node, &["name", "product_id"], "product", faults);
    let (Some(id), Some(name)) = (node.word("product_id"), node.word("name")) else { return };
    let at = node.get("product_id").map_or_else(|| start(node), Node::range);
    let mut subject = Subject::new(name, at.clone());
    let mut called = Subject::default();
    let mut variant: Vec<String> = Vec::new();
    for (category, name) in path {
        match *category {
            "product_name" => called.identify(name),
            "product_version" => called.versions.push((*name).to_owned()),
            "product_version_range" => {
                subject.range = Some((*name).to_owned());
                // What its name ends in is where the range ends.
                subject.versions.clear();
            }
            "vendor" => {}
            _ => variant.push(format!("{category} {name}")),
        }
    }
    let helper = node.at(&["product_identification_helper"]);
    for key in ["purl", "cpe"] {
        let Some(found) = helper.get(key) else { continue };
        let text = found.text().unwrap_or_default();
        if key == "purl" && !is_purl(text) {
            let message = format!("names the product {}, which is no package URL", one_line(text, 80));
            faults.push(Fault::new("purl", found.range(), message, "write it as the package URL specification says"));
        }
        called.identify(text);
        variant.extend(beyond_version(text));
    }
    if !variant.is_empty() {
        products.variants.insert(id.to_owned(), variant.join("\n").to_lowercase());
    }
    take_in(&mut subject, called.names, called.versions, id, &at, faults);
    if products.by_id.insert(id.to_owned(), subject).is_some() {
        let message = format!("defines the product {} twice", one_line(id, 60));
        faults.push(Fault::new("defined-twice", at, message, "give each product its own id"));
    }
}

/// What an identifier says beyond name and version: the qualifiers of a package URL; edition, language and platform of a CPE 2.3.
fn beyond_version(identifier: &str) -> Option<String> {
    let said = match identifier.split_once(['?', '#']) {
        Some((_, rest)) if identifier.starts_with("pkg:") => rest.to_owned(),
        _ if identifier.starts_with("cpe:2.3:") => {
            identifier.split(':').skip(6).filter(|field| !matches!(*field, "*" | "-")).collect::<Vec<_>>().join(":")
        }
        _ => return None,
    };
    Some(said).filter(|said| !said.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tree::{self, Syntax};

    #[test]
    fn products_that_take_over_each_others_names_do_not_grow_for_ever() {
        let one = |own: &str, other: &str| {
            format!(
                r#"{{"category": "installed_on", "product_reference": "{own}", "relates_to_product_reference": "{other}",
                    "full_product_name": {{"name": "{own}", "product_id": "{own}"}}}}"#
            )
        };
        let both = [one("a", "b"), one("b", "a")].join(", ");
        let text = format!("{{\"relationships\": [{}]}}", vec![both; 50].join(", "));
        let mut faults = Faults::default();
        let products = read(&tree::read(Syntax::Json, &text).unwrap(), &mut faults);
        assert_eq!(products.product("a", 0..1, &mut faults).unwrap().names, ["a", "b"]);
    }
}
