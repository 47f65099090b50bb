use proptest::prelude::*;

use super::*;

fn tree(syntax: Syntax, text: &str) -> Node<'_> {
    read(syntax, text).unwrap_or_else(|bad| panic!("{bad:?} in {text}"))
}

fn cut<'t>(text: &'t str, node: &Node<'_>) -> &'t str {
    text.get(node.range()).unwrap()
}

#[test]
fn each_format_gives_the_same_tree() {
    let texts = [
        (Syntax::Json, "{\"a\": {\"b\": [1, true, \"x\"]}, \"c\": null}"),
        (Syntax::Yaml, "a:\n  b:\n    - 1\n    - true\n    - x\nc:\n"),
        (Syntax::Toml, "a.b = [1, true, \"x\"]\n"),
    ];
    for (syntax, text) in texts {
        let root = tree(syntax, text);
        let list = root.at(&["a", "b"]);
        assert_eq!(list.items().len(), 3, "{text}");
        assert_eq!(list.items()[0].integer(), Some(1), "{text}");
        assert_eq!(list.items()[1].boolean(), Some(true), "{text}");
        assert_eq!(list.items()[2].text(), Some("x"), "{text}");
        assert!(root.at(&["c"]).is_null(), "{text}");
    }
}

#[test]
fn everything_knows_its_place() {
    for (syntax, text) in [
        (Syntax::Json, "\u{feff}{\"é\": \"ü\",\n \"key\": [ \"value\" ]}"),
        (Syntax::Yaml, "é: ü\nkey: [ value ]\nother: 1\n"),
        (Syntax::Toml, "é = \"ü\"\nkey = [ \"value\" ]\n"),
    ] {
        let text = if syntax == Syntax::Toml { text.replacen('é', "e", 1) } else { text.to_owned() };
        let root = tree(syntax, &text);
        let entry = root.entry("key").unwrap();
        assert_eq!(text.get(entry.key_range()).unwrap().trim_matches('"'), "key");
        assert_eq!(cut(&text, &entry.node), text.get(text.find('[').unwrap()..=text.find(']').unwrap()).unwrap());
        assert_eq!(cut(&text, &entry.node.items()[0]).trim_matches('"'), "value");
    }
}

#[test]
fn a_yaml_block_ends_with_its_last_value() {
    let text = "jobs:\n  a:\n    x: 1\n\n# end\nnext: 2\n";
    let root = tree(Syntax::Yaml, text);
    assert_eq!(cut(text, root.at(&["jobs", "a"])), "x: 1");
}

#[test]
fn yaml_words_are_those_of_version_1_2() {
    let root = tree(Syntax::Yaml, "on: yes\nv: 1.10\nd: 2026-11-22\nq: '1'\n1: x\n");
    assert_eq!(root.word("on"), Some("yes"));
    assert_eq!(root.get("v").unwrap().scalar().as_deref(), Some("1.10"));
    assert_eq!(root.word("d"), Some("2026-11-22"));
    assert_eq!(root.word("q"), Some("1"));
    assert_eq!(root.word("1"), Some("x"));
}

#[test]
fn a_key_that_stands_twice_is_refused_with_its_place() {
    for (syntax, text) in [(Syntax::Json, "{\"a\": 1, \"a\": 2}"), (Syntax::Yaml, "a: 1\na: 2\n"), (Syntax::Toml, "a = 1\na = 2\n")] {
        let bad = read(syntax, text).unwrap_err();
        let at = bad.at.unwrap();
        assert_eq!(text.get(at.start..).unwrap().matches('a').count(), 1, "{syntax:?}: {}", bad.message);
    }
}

#[test]
fn what_is_not_of_the_format_is_refused_with_its_place() {
    for (syntax, text, line) in [
        (Syntax::Json, "{\n \"a\": 1,\n}", 3),
        (Syntax::Json, "{'a': 1}", 1),
        (Syntax::Json, "{\"a\": 1} x", 1),
        (Syntax::Json, "// c\n{}", 1),
        (Syntax::Yaml, "a: [1\nb: 2\n", 2),
        (Syntax::Yaml, "a: 1\n---\nb: 2\n", 3),
        (Syntax::Yaml, "? [1]\n: 2\n", 1),
        (Syntax::Toml, "a = 1\nb = = 2\n", 2),
    ] {
        let bad = read(syntax, text).expect_err(text);
        let at = bad.at.unwrap_or_else(|| panic!("no place for {text:?}: {}", bad.message));
        let found = text.get(..at.start.min(text.len())).unwrap().matches('\n').count() + 1;
        assert_eq!(found, line, "{text:?}: {}", bad.message);
    }
}

#[test]
fn depth_and_aliases_are_bounded() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert!(read(Syntax::Json, &deep).is_err());
    assert!(read(Syntax::Yaml, &deep).is_err());
    assert!(read(Syntax::Toml, &format!("a = {deep}")).is_err());
    let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let one = format!("*a{}", level - 1);
        bomb += &format!("a{level}: &a{level} [{}]\n", vec![one; 10].join(", "));
    }
    assert!(read(Syntax::Yaml, &bomb).unwrap_err().message.contains("most that are read"));
    assert!(read(Syntax::Yaml, "a: &a [*a]\n").is_err());
}

#[test]
fn what_is_named_within_what_is_named_counts_each_time() {
    let open: String = (0..limits::TREE_DEPTH).map(|at| format!("&a{at} [")).collect();
    let items = "x, ".repeat(limits::TREE_NODES / limits::TREE_DEPTH);
    let text = format!("{open}{items}{}", "]".repeat(limits::TREE_DEPTH));
    assert!(read(Syntax::Yaml, &text).unwrap_err().message.contains("most that are read"));
}

#[test]
fn an_alias_is_a_copy() {
    let root = tree(Syntax::Yaml, "base: &base\n  x: 1\nuse: *base\n");
    assert_eq!(root.at(&["use", "x"]).integer(), Some(1));
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic(text in "[ \\[\\]{}:,\"'a1\\-#&*|>\n\u{e9}=.\\\\]{0,80}") {
        for syntax in [Syntax::Json, Syntax::Yaml, Syntax::Toml] {
            if let Err(BadDocument { at: Some(at), .. }) = read(syntax, &text) {
                prop_assert!(at.start <= text.len() + 1);
            }
        }
    }

    #[test]
    fn a_json_string_is_read_as_serde_json_reads_it(word in "\\PC{0,20}") {
        let text = serde_json::to_string(&word).unwrap();
        let root = read(Syntax::Json, &text).unwrap();
        prop_assert_eq!(root.text(), Some(word.as_str()));
    }
}

#[test]
fn what_a_merge_key_names_stands_in_its_place() {
    let text = "a: &a {x: 1, y: 2}\nb: &b {<<: *a, y: 3, z: 4}\nc: {<<: [*b, *a], z: 5}\n";
    let mut node = read(Syntax::Yaml, text).unwrap();
    node.merge();
    let of = |key: &str, name: &str| node.at(&[key]).get(name).and_then(Node::integer);
    assert_eq!(
        [of("b", "x"), of("b", "y"), of("c", "x"), of("c", "y"), of("c", "z"), of("c", "<<")],
        [Some(1), Some(3), Some(1), Some(3), Some(5), None]
    );
}
