//! The product tree of CSAF: what ids it defines, and what stands behind them (tests 6.1.1 to 6.1.5 and 6.1.13).

use std::collections::{BTreeMap, BTreeSet};

use super::{required, start};
use crate::formats::fault::Fault;
use crate::formats::subject::{Copies, Subject, is_purl};
use crate::formats::tree::Node;
use crate::formats::version_range::{Version, VersionRange};
use crate::text::one_line;

const FIX: &str = "define it in product_tree, or correct the id";

/// What a product tree defines.
#[derive(Default)]
pub(super) struct Products {
    by_id: BTreeMap<String, Subject>,
    /// The branch `product_version_range` that a product stands in.
    ranges: BTreeMap<String, String>,
    /// Products of relationships, which are called after what they are part of, too.
    related: BTreeSet<String>,
    /// The members of each, and how much there is of them.
    groups: BTreeMap<String, (Vec<String>, usize)>,
    copies: Copies,
}

impl Products {
    /// The product of an id as it is defined; a fault where there is none (6.1.1).
    pub(super) fn defined(&self, id: &str, at: std::ops::Range<usize>, faults: &mut Vec<Fault>) -> Option<&Subject> {
        let found = self.by_id.get(id);
        if found.is_none() {
            faults.push(undefined("product", id, at));
        }
        found
    }

    /// A copy of it for one place.
    pub(super) fn product(&self, id: &str, at: std::ops::Range<usize>, faults: &mut Vec<Fault>) -> Option<Subject> {
        let found = self.defined(id, at.clone(), faults);
        found.filter(|subject| self.copies.allow(subject, &at, faults)).map(|subject| Subject { at, ..subject.clone() })
    }

    /// Whether two products are one by what they are called: they share a name and a version. What is part of something else has its
    /// names, and is not compared.
    pub(super) fn is_same(&self, one: &str, other: &str) -> bool {
        let both = [one, other].map(|id| self.by_id.get(id).filter(|_| !self.related.contains(id)));
        let [Some(one), Some(other)] = both else { return false };
        shares(&one.names, &other.names) && shares(&one.versions, &other.versions)
    }

    /// Whether a product's range of versions takes in another product of that name; no where the range is not read.
    pub(super) fn takes_in(&self, range: &str, other: &str) -> bool {
        let both = [range, other].map(|id| self.by_id.get(id).filter(|_| !self.related.contains(id)));
        let ([Some(one), Some(product)], Some(text)) = (both, self.ranges.get(range)) else { return false };
        let bare = text.strip_prefix("vers:").and_then(|rest| rest.split_once('/')).map_or(text.as_str(), |(_, rest)| rest);
        let Some(range) = VersionRange::parse(bare).filter(|_| !bare.contains('-')) else { return false };
        let is_plain = |version: &&String| version.trim_start_matches(['v', 'V']).chars().all(|c| c.is_ascii_digit() || c == '.');
        let mut versions = product.versions.iter().filter(is_plain).filter_map(|version| Version::parse(version));
        shares(&one.names, &product.names) && versions.any(|version| range.covers(&version))
    }

    /// The product ids that `product_ids` and `group_ids` of a table name (6.1.1, 6.1.4).
    pub(super) fn named(&self, node: &Node<'_>, faults: &mut Vec<Fault>) -> Vec<String> {
        let mut ids = Vec::new();
        for (id, at) in super::texts(node.at(&["product_ids"])) {
            if !self.by_id.contains_key(id) {
                faults.push(undefined("product", id, at));
            }
            ids.push(id.to_owned());
        }
        for (id, at) in super::texts(node.at(&["group_ids"])) {
            match self.groups.get(id) {
                Some((members, bytes)) => {
                    if self.copies.allow_bytes(*bytes, &at, faults) {
                        ids.extend(members.iter().cloned());
                    }
                }
                None => faults.push(undefined("product group", id, at)),
            }
        }
        ids
    }
}

fn shares(one: &[String], other: &[String]) -> bool {
    let plain = |text: &String| text.trim().trim_start_matches(['v', 'V']).to_lowercase();
    let known: BTreeSet<String> = one.iter().map(plain).collect();
    other.iter().map(plain).any(|text| known.contains(&text))
}

fn undefined(what: &str, id: &str, at: std::ops::Range<usize>) -> Fault {
    Fault::new("undefined-product", at, format!("names the {what} {}, which its product tree does not define", one_line(id, 60)), FIX)
}

pub(super) fn read(tree: &Node<'_>, faults: &mut Vec<Fault>) -> Products {
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
        let members = products.named(node, faults);
        let different: BTreeSet<&String> = members.iter().collect();
        if different.len() < members.len().max(2) && node.get("product_ids").is_some() {
            let message = format!("has the product group {}, which does not list two or more products once each", one_line(id, 60));
            faults.push(Fault::new("field", start(node), message, super::MAKE));
        }
        let bytes = members.iter().map(|member| member.len() + size_of::<String>()).sum();
        if products.groups.insert(id.to_owned(), (members, bytes)).is_some() {
            let message = format!("defines the product group {} twice", one_line(id, 60));
            faults.push(Fault::new("defined-twice", node.range(), message, "give each group its own id"));
        }
    }
    products
}

/// What a relationship's product is called takes in what its ends are called.
fn related(tree: &Node<'_>, products: &mut Products, faults: &mut Vec<Fault>) {
    for node in tree.at(&["relationships"]).items() {
        let own = node.at(&["full_product_name"]).word("product_id");
        let outer = node.get("relates_to_product_reference").and_then(|end| Some((end.text()?, end.range())));
        let outer = outer.and_then(|(id, at)| products.product(id, at, faults));
        if let Some((inner, at)) = node.get("product_reference").and_then(|end| Some((end.text()?, end.range()))) {
            let _ = products.defined(inner, at, faults);
        }
        if let (Some(outer), Some(own)) = (outer, own.and_then(|id| products.by_id.get_mut(id))) {
            own.also(&outer);
        }
    }
}

/// Branches in branches; nesting is bounded by the tree's own depth.
fn branches<'t>(node: &'t Node<'_>, path: &mut Vec<(&'t str, &'t str)>, products: &mut Products, faults: &mut Vec<Fault>) {
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

fn define(node: &Node<'_>, path: &[(&str, &str)], products: &mut Products, faults: &mut Vec<Fault>) {
    required(node, &["name", "product_id"], "product", faults);
    let (Some(id), Some(name)) = (node.word("product_id"), node.word("name")) else { return };
    let at = node.get("product_id").map_or_else(|| start(node), Node::range);
    let mut subject = Subject::new(name, at.clone());
    for (category, name) in path {
        match *category {
            "product_name" => subject.identify(name),
            "product_version" => subject.versions.push((*name).to_owned()),
            "product_version_range" => drop(products.ranges.insert(id.to_owned(), (*name).to_owned())),
            _ => {}
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
        subject.identify(text);
    }
    if products.by_id.insert(id.to_owned(), subject).is_some() {
        let message = format!("defines the product {} twice", one_line(id, 60));
        faults.push(Fault::new("defined-twice", at, message, "give each product its own id"));
    }
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
        let mut faults = Vec::new();
        let products = read(&tree::read(Syntax::Json, &text).unwrap(), &mut faults);
        assert_eq!(faults.iter().filter(|fault| fault.name == "too-large").count(), 1);
        assert!(products.product("a", 0..1, &mut faults).is_none());
    }
}
