//! Manufacturer Usage Descriptions: RFC 8520, with the access lists of RFC 8519.

use std::ops::Range;

use super::tree::{self, BadDocument, Node, Syntax};

/// A description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mud {
    /// The `ietf-mud:mud` container.
    pub at: Range<usize>,
    /// Its leaves that hold text, a number or a boolean, by name.
    pub leaves: Vec<Leaf>,
    /// The access lists that the two policies name.
    pub named: Vec<Named>,
    /// The access lists that are there; none where the root object that holds them is not.
    pub lists: Option<Vec<AccessList>>,
    /// Where the lists stand under the name that drafts before the RFC gave them.
    pub draft_lists: Option<Range<usize>>,
}

/// A leaf of the container.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaf {
    /// e.g. `mud-url`.
    pub name: String,
    /// As written.
    pub text: String,
    /// Whether it is a JSON string.
    pub is_text: bool,
    /// Byte range of the value.
    pub at: Range<usize>,
}

/// An access list as a policy names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// `from-device-policy` or `to-device-policy`.
    pub policy: &'static str,
    /// Its name.
    pub name: String,
    /// Byte range of the name.
    pub at: Range<usize>,
}

/// An access list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessList {
    /// Its name.
    pub name: String,
    /// How many entries it has.
    pub entries: usize,
    /// The first entry that matches everything and accepts it.
    pub wide_open: Option<Range<usize>>,
    /// The first that accepts every connection which the device itself begins.
    pub open_outward: Option<Range<usize>>,
    /// Byte range of the list.
    pub at: Range<usize>,
}

impl Mud {
    /// The leaf of that name.
    pub fn leaf(&self, name: &str) -> Option<&Leaf> {
        self.leaves.iter().find(|leaf| leaf.name == name)
    }
}

/// The two policies of a description.
pub const POLICIES: [&str; 2] = ["from-device-policy", "to-device-policy"];

/// Reads a description.
///
/// # Errors
/// A text that is no JSON, or has no `ietf-mud:mud`.
pub fn read(text: &str) -> Result<Mud, BadDocument> {
    let root = tree::read(Syntax::Json, text)?;
    let Some(mud) = root.get("ietf-mud:mud").filter(|mud| mud.is_table()) else {
        return Err(BadDocument::new("it has no `ietf-mud:mud`, so it is no Manufacturer Usage Description", Some(root.range())));
    };
    let leaves = mud.entries().iter().filter_map(|entry| {
        let text = entry.node.scalar()?.into_owned();
        let name = entry.key.rsplit(':').next().unwrap_or_default().to_owned();
        Some(Leaf { name, text, is_text: entry.node.text().is_some(), at: entry.node.range() })
    });
    let named = POLICIES.into_iter().flat_map(|policy| {
        let lists = mud.at(&[policy, "access-lists", "access-list"]).items().iter();
        lists.filter_map(move |list| {
            let name = list.get("name")?;
            Some(Named { policy, name: name.text()?.to_owned(), at: name.range() })
        })
    });
    let lists = root.get("ietf-access-control-list:acls");
    Ok(Mud {
        at: mud.range(),
        leaves: leaves.collect(),
        named: named.collect(),
        lists: lists.map(|acls| acls.at(&["acl"]).items().iter().map(access_list).collect()),
        draft_lists: root.entry("ietf-access-control-list:access-lists").map(|entry| entry.key_range()),
    })
}

fn access_list(list: &Node<'_>) -> AccessList {
    let entries = list.at(&["aces", "ace"]).items();
    let wide = entries.iter().find(|entry| matches_everything(entry) && accepts(entry));
    AccessList {
        name: list.word("name").unwrap_or_default().to_owned(),
        entries: entries.len(),
        wide_open: wide.map(Node::range),
        open_outward: entries.iter().find(|entry| matches_all_that_begins_here(entry) && accepts(entry)).map(Node::range),
        at: list.get("name").map_or(list.range(), Node::range),
    }
}

/// RFC 8519, section 4.1: an entry without matches matches any packet. So does one whose matches leave out nothing, or tell only a kind of
/// traffic that nearly all is of.
fn matches_everything(entry: &Node<'_>) -> bool {
    let matches = entry.at(&["matches"]);
    matches
        .entries()
        .iter()
        .all(|one| one.node.is_table() && one.node.entries().iter().all(|part| leaves_out_nothing(&part.key, &part.node)))
}

/// An entry that tells nothing but that the device begins the connection.
fn matches_all_that_begins_here(entry: &Node<'_>) -> bool {
    let parts = || entry.at(&["matches"]).entries().iter().flat_map(|one| one.node.entries());
    let begins = |key: &str, node: &Node<'_>| key.rsplit(':').next() == Some("direction-initiated") && node.text() == Some("from-device");
    parts().any(|part| begins(&part.key, &part.node))
        && parts().all(|part| begins(&part.key, &part.node) || leaves_out_nothing(&part.key, &part.node))
}

fn leaves_out_nothing(key: &str, node: &Node<'_>) -> bool {
    let name = key.rsplit(':').next().unwrap_or_default();
    let number = |key: &str| node.at(&[key]).integer();
    match name {
        // TCP and UDP; what only answers an echo confines.
        "protocol" | "next-header" => matches!(node.integer(), Some(6 | 17)),
        "ethertype" => true,
        // Two halves are a whole, and a list may have both.
        _ if name.ends_with("-network") => {
            node.text().and_then(|network| network.rsplit_once('/')).is_some_and(|(_, length)| matches!(length, "0" | "1"))
        }
        _ if name.ends_with("-port") => match (node.word("operator"), number("port")) {
            (Some("neq"), _) => true,
            (Some("gte"), Some(port)) => port <= 1,
            (Some("lte"), Some(port)) => port >= 65_534,
            _ => number("lower-port").is_some_and(|low| low <= 1) && number("upper-port").is_none_or(|high| high >= 65_534),
        },
        _ => false,
    }
}

fn accepts(entry: &Node<'_>) -> bool {
    let forwarding = entry.at(&["actions", "forwarding"]).text().unwrap_or_default();
    forwarding.rsplit(':').next() == Some("accept")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const MUD: &str = r#"{"ietf-mud:mud": {"mud-version": 1, "is-supported": true, "systeminfo": "Gate",
        "from-device-policy": {"access-lists": {"access-list": [{"name": "from"}]}}},
        "ietf-access-control-list:acls": {"acl": [{"name": "from", "aces": {"ace": [
            {"name": "a", "matches": {"ipv4": {"protocol": 6}}, "actions": {"forwarding": "accept"}},
            {"name": "b", "matches": {"ipv4": {}}, "actions": {"forwarding": "ietf-access-control-list:accept"}}]}}]}}"#;

    #[test]
    fn policies_lists_and_leaves_are_read_with_their_places() {
        let mud = read(MUD).unwrap();
        assert_eq!(mud.leaf("systeminfo").map(|leaf| leaf.text.as_str()), Some("Gate"));
        assert_eq!(mud.named.iter().map(|named| named.name.as_str()).collect::<Vec<_>>(), ["from"]);
        let lists = mud.lists.unwrap();
        let list = lists.first().unwrap();
        assert_eq!(list.entries, 2);
        assert!(MUD.get(list.wide_open.clone().unwrap()).unwrap().contains("\"a\""));
    }

    #[test]
    fn an_entry_that_leaves_out_nothing_is_wide_open() {
        let wide = |matches: &str| {
            let entry = format!("{{\"matches\": {matches}, \"actions\": {{\"forwarding\": \"accept\"}}}}");
            let narrow = "{\"ipv4\": {\"ietf-acldns:dst-dnsname\": \"u.ledger.example\"}}";
            let text = MUD.replace("{\"ipv4\": {\"protocol\": 6}}", narrow).replace("\"ietf-access-control-list:accept\"", "\"drop\"");
            let text = text.replace("{\"name\": \"b\", ", &format!("{entry}, {{\"name\": \"b\", "));
            read(&text).unwrap().lists.unwrap().first().unwrap().wide_open.is_some()
        };
        for matches in [
            "{}",
            "{\"ipv4\": {\"protocol\": 6}}",
            "{\"ipv4\": {\"destination-ipv4-network\": \"0.0.0.0/0\"}}",
            "{\"ipv6\": {\"destination-ipv6-network\": \"::/0\", \"protocol\": 17}}",
            "{\"ipv4\": {\"destination-ipv4-network\": \"128.0.0.0/1\"}}",
            "{\"tcp\": {\"destination-port\": {\"lower-port\": 0, \"upper-port\": 65535}}}",
            "{\"eth\": {\"ethertype\": \"eth:ipv4\"}}",
            "{\"tcp\": {\"destination-port\": {\"operator\": \"neq\", \"port\": 25}}}",
            "{\"tcp\": {\"destination-port\": {\"operator\": \"gte\", \"port\": 1}}}",
            "{\"udp\": {\"destination-port\": {\"operator\": \"lte\", \"port\": 65535}}}",
        ] {
            assert!(wide(matches), "{matches}");
        }
        for matches in [
            "{\"ipv4\": {\"protocol\": 1}}",
            "{\"ipv4\": {\"protocol\": 6, \"ietf-acldns:dst-dnsname\": \"u.ledger.example\"}}",
            "{\"tcp\": {\"destination-port\": {\"operator\": \"eq\", \"port\": 443}}}",
            "{\"ietf-mud:mud\": {\"local-networks\": [null]}}",
            "{\"tcp\": {\"destination-port\": {\"operator\": \"gte\", \"port\": 1024}}}",
            "{\"ipv4\": {\"protocol\": 6}, \"tcp\": {\"ietf-mud:direction-initiated\": \"from-device\"}}",
            "{\"ipv4\": {\"destination-ipv4-network\": \"10.0.0.0/8\"}}",
        ] {
            assert!(!wide(matches), "{matches}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_cut_out_are_survived(from in 0usize..MUD.len(), length in 0usize..40) {
            let cut: String = MUD.chars().enumerate().filter(|(at, _)| *at < from || *at >= from + length).map(|(_, c)| c).collect();
            let _ = read(&cut);
        }
    }
}
