#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice)]

use std::time::{Duration, Instant};

use proptest::prelude::*;

use super::super::tree::{self, Node, Syntax};
use super::{Bound, Expectation, Fault};

const DOCUMENT: &str = r#"{"length": 12, "ratio": 0.5, "name": "ledger", "on": true, "off": false, "none": null, "min-age": 3,
 "rules": [{"id": "a", "port": 443}, {"id": "b", "port": 80}], "tags": ["x", "yy"], "big": 9007199254740993}"#;

fn document() -> Node<'static> {
    tree::read(Syntax::Json, DOCUMENT).unwrap()
}

fn judged(source: &str) -> Result<bool, Fault> {
    let doc = document();
    Expectation::read(source, &["doc"]).unwrap().holds(&[("doc", Bound::Node(&doc))], DOCUMENT.len())
}

#[test]
fn what_holds_is_true_and_what_does_not_is_false() {
    for source in [
        "doc.length >= 12",
        "doc.length == 12.0 && doc.length != '12'",
        "doc.ratio * 2.0 == 1.0",
        "doc.name.startsWith('led') && doc.name.endsWith('er') && doc.name.contains('dg')",
        "doc.name.matches('^l.d[a-g]{2}r$')",
        "doc.on && !doc.off",
        "doc.none == null",
        "doc['min-age'] == 3 && doc.`min-age` == 3",
        "has(doc.length) && !has(doc.width)",
        "doc.rules.all(r, r.port in [80, 443])",
        "doc.rules.exists(r, r.id == 'b' && r.port < 100)",
        "doc.rules.exists_one(r, r.port == 80)",
        "doc.rules.map(r, r.port) == [443, 80]",
        "doc.rules.filter(r, r.port > 100).map(r, r.id) == ['a']",
        "doc.rules.map(r, r.port > 100, r.id) == ['a']",
        "size(doc.tags) == 2 && doc.tags[1].size() == 2 && size('äö') == 2",
        "'rules' in doc && !('x' in doc)",
        "doc.tags + ['z'] == ['x', 'yy', 'z']",
        "doc.rules[0] == {'port': 443, 'id': 'a'}",
        "doc.all(key, size(key) > 1)",
        "doc.length > 20 ? false : doc.on",
        "doc.missing == 1 || doc.on",
        "doc.rules.exists(r, r.missing == 1 || r.port == 80)",
        "int('7') + 5 == doc.length && string(doc.length) == '12' && double(doc.length) == 12.0",
        "-doc.length < 0 && doc.length % 5 == 2 && 7 / 2 == 3",
        "doc.big == 9007199254740993 && doc.big != 9007199254740992.0",
    ] {
        assert_eq!(judged(source), Ok(true), "{source}");
        assert_eq!(judged(&format!("!({source})")), Ok(false), "{source}");
    }
}

#[test]
fn what_cannot_be_told_is_a_fault() {
    assert_eq!(judged("doc.width > 1"), Err(Fault::Missing("doc.width".to_owned())));
    assert_eq!(judged("doc.tags[2] == 'x'"), Err(Fault::Missing("doc.tags[2]".to_owned())));
    assert_eq!(judged("doc.rules.all(r, r.host == 'x')"), Err(Fault::Missing("r.host".to_owned())));
    assert_eq!(judged("doc.length"), Err(Fault::NotBoolean));
    assert_eq!(judged("doc.rules[0].port >= doc.rules[1].port"), Ok(true));
    for source in [
        "doc.name > 3",
        "doc.length && true",
        "doc.length.x == 1",
        "doc.length.all(x, x)",
        "doc.length / 0 == 1",
        "doc.big * doc.big > 0",
        "doc.name.matches('(')",
        "-doc.name == 1",
        "size(1) == 1",
        "doc.name == doc.name",
        "doc.rules[0].port <= doc.rules[0].port",
        "size(doc.tags) >= size(doc.tags)",
    ] {
        assert!(matches!(judged(source), Err(Fault::Type(_))), "{source}: {:?}", judged(source));
    }
}

#[test]
fn what_is_not_known_is_refused_when_it_is_read() {
    for (source, says) in [
        ("doc.length >", "at column"),
        ("value > 1", "uses the name `value`, where only doc can be used"),
        ("doc.length.now() == 1", "calls `now`, which is not known here"),
        ("doc.rules.all(r, s.port > 1)", "uses the name `s`, where only doc, r can be used"),
        ("timestamp(doc.name) > 1", "calls `timestamp`"),
        ("", "at column"),
    ] {
        let refused = Expectation::read(source, &["doc"]).err().unwrap_or_default();
        assert!(refused.contains(says), "{source}: {refused}");
    }
}

#[test]
fn an_expectation_that_comes_to_the_same_without_the_document_looks_at_nothing() {
    for source in ["true", "1 < 2", "true || doc.on", "doc.on || true", "[1, 2].all(x, x > 0)", "true ? true : doc.on"] {
        assert!(!Expectation::read(source, &["doc"]).unwrap().looks(), "{source}");
    }
    for source in ["doc.on", "doc.on && true", "!has(doc.x)", "doc.rules.all(r, r.port > 0)", "1 in doc.tags || doc.on"] {
        assert!(Expectation::read(source, &["doc"]).unwrap().looks(), "{source}");
    }
}

#[test]
fn what_it_reads_is_told_with_its_place() {
    let doc = document();
    let expectation = Expectation::read("doc.length > 20 || doc.rules[1].port == doc.width && size(doc.tags) > 1", &["doc"]).unwrap();
    let found = expectation.readings(&[("doc", Bound::Node(&doc))]);
    let told: Vec<_> = found.iter().map(|one| (one.way.as_str(), one.node.map(|node| &DOCUMENT[node.range()]))).collect();
    assert_eq!(
        told,
        [("doc.length", Some("12")), ("doc.rules[1].port", Some("80")), ("doc.width", None), ("doc.tags", Some("[\"x\", \"yy\"]"))]
    );
}

/// Loops in loops, growing lists and texts, and patterns that look again and again.
fn hostile() -> Vec<String> {
    let nested = |depth: usize| {
        let open: String = (0..depth).map(|at| format!("doc.l.all(x{at}, ")).collect();
        format!("{open}true{}", ")".repeat(depth))
    };
    let list = format!("[{}]", vec!["1"; 300].join(","));
    let grown = (0..12).fold(list.clone(), |inner, at| format!("{inner}.map(x{at}, doc.l)"));
    vec![
        nested(2),
        nested(3),
        nested(20),
        format!("size({grown}) > 0"),
        format!("{list}.all(a, {list}.all(b, doc.l.all(c, c == c)))"),
        "doc.l.map(a, doc.l).map(b, b + b).map(c, c + c + c) == doc.l".to_owned(),
        "doc.l.map(a, doc.l) == doc.l.map(a, doc.l)".to_owned(),
        "doc.l.all(x, doc.text.matches('(a|b|ab)*(a{20}){15}c$'))".to_owned(),
        "doc.l.all(x, doc.text.contains(doc.text + 'b'))".to_owned(),
        "doc.l.all(x, size(doc.text + doc.text + doc.text) > 0)".to_owned(),
        "doc.l.all(x, x in doc.l)".to_owned(),
        "doc.l.all(x, {'a': doc.l, 'b': doc.l} == {'b': doc.l, 'a': doc.l})".to_owned(),
        "doc.l.exists(x, doc.m.exists(y, doc.m[y] == x + 100000))".to_owned(),
    ]
}

#[test]
fn a_hostile_expectation_ends_soon() {
    let keys: Vec<String> = (0..20_000).map(|at| format!("\"k{at}\": {at}")).collect();
    let numbers: Vec<String> = (0..60_000).map(|at| at.to_string()).collect();
    let text = format!("{{\"l\": [{}], \"m\": {{{}}}, \"text\": \"{}\"}}", numbers.join(","), keys.join(","), "a".repeat(100_000));
    let doc = tree::read(Syntax::Json, &text).unwrap();
    for source in hostile() {
        let Ok(expectation) = Expectation::read(&source, &["doc"]) else { continue };
        let begun = Instant::now();
        let _ = expectation.holds(&[("doc", Bound::Node(&doc))], text.len());
        let (_, took) = (expectation.looks(), begun.elapsed());
        // A second on a quiet machine; this one may be unoptimised and busy. What does not end takes minutes.
        assert!(took < Duration::from_secs(30), "{took:?}: {source}");
    }
}

#[test]
fn nesting_does_not_overflow_the_stack() {
    for (unit, end) in [
        ("(", ")"),
        ("[", "]"),
        ("!", ""),
        ("-", ""),
        ("doc[", "]"),
        ("{1:", "}"),
        ("true?true:", ""),
        ("1+", ""),
        ("doc<", ""),
        ("size(", ")"),
    ] {
        let source = format!("{}doc{}", unit.repeat(400), end.repeat(400));
        let Ok(expectation) = Expectation::read(&source, &["doc"]) else { continue };
        let _ = (expectation.looks(), expectation.readings(&[]));
    }
    let _ = Expectation::read(&format!("doc{}", ".a".repeat(900)), &["doc"]);
}

/// What the crate's own evaluator says, for the part of CEL that both know.
fn oracle(source: &str) -> Option<bool> {
    let program = cel::Program::compile(source).ok()?;
    match program.execute(&cel::Context::default()) {
        Ok(cel::Value::Bool(value)) => Some(value),
        _ => None,
    }
}

fn expression() -> impl Strategy<Value = String> {
    let number = prop_oneof![(-9i64..9).prop_map(|n| n.to_string()), (-9i64..9).prop_map(|n| format!("{n}.5"))];
    let word = "'[ab]{0,3}'";
    let list = proptest::collection::vec(-3i64..3, 0..4).prop_map(|items| format!("{items:?}"));
    let comparison = prop_oneof![Just("=="), Just("!="), Just("<"), Just("<="), Just(">"), Just(">=")];
    let leaf = prop_oneof![
        (number.clone(), comparison.clone(), number.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (-9i64..9, prop_oneof![Just("+"), Just("-"), Just("*"), Just("/"), Just("%")], -9i64..9, comparison.clone(), -9i64..9)
            .prop_map(|(a, op, b, order, c)| format!("{a} {op} {b} {order} {c}")),
        (word, comparison, word).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
        (word, prop_oneof![Just("contains"), Just("startsWith"), Just("endsWith")], word)
            .prop_map(|(a, name, b)| format!("{a}.{name}({b})")),
        (list.clone(), prop_oneof![Just("all"), Just("exists"), Just("exists_one")], -3i64..3)
            .prop_map(|(list, name, n)| format!("{list}.{name}(x, x / (x + 1) >= {n})")),
        (list.clone(), list.clone(), -3i64..3).prop_map(|(a, b, n)| format!("{a}.map(x, x > {n}, x * 2) + {b} == {b}.filter(x, x != {n})")),
        (list.clone(), -3i64..6).prop_map(|(list, n)| format!("{list}[{n}] > 0")),
        (-3i64..3, list).prop_map(|(n, list)| format!("{n} in {list} || size({list}) == 2")),
        (word, -3i64..3, word).prop_map(|(a, n, b)| format!("{{{a}: {n}}} == {{{b}: 1}} || {a} in {{{b}: 1}}")),
        Just("true".to_owned()),
        Just("1 / 0 == 1".to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) && ({b})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) || ({b})")),
            inner.clone().prop_map(|a| format!("!({a})")),
            (inner.clone(), inner.clone(), inner).prop_map(|(a, b, c)| format!("({a}) ? ({b}) : ({c})")),
        ]
    })
}

proptest! {
    #[test]
    fn it_agrees_with_the_crates_own_evaluator(source in expression()) {
        let own = Expectation::read(&source, &[]).unwrap().holds(&[], 0).ok();
        prop_assert_eq!(own, oracle(&source), "{}", source);
    }

    #[test]
    fn any_text_is_read_or_refused(source in "[a-z.()\\[\\]{}?:!&|<>=+*/%\"'` ,0-9é-]{0,60}") {
        if let Ok(expectation) = Expectation::read(&source, &["a", "doc"]) {
            let doc = document();
            let _ = (expectation.holds(&[("doc", Bound::Node(&doc))], 10), expectation.looks());
        }
    }
}
