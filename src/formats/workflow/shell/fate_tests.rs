#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use proptest::prelude::*;

use super::*;

const PLAIN: Options = Options { errexit: true, pipefail: Some(false) };
const PIPEFAIL: Options = Options { errexit: true, pipefail: Some(true) };
const GOES_ON: Options = Options { errexit: false, pipefail: Some(false) };

fn fate(script: &str, options: Options) -> Option<Fate> {
    Some(fates(script, options, Some("cargo test"))?.first()?.fate)
}

#[test]
fn a_failure_that_ends_the_script_counts() {
    for script in [
        "cargo build\ncargo test --locked",
        "cargo test; true",
        "cargo test; echo done",
        "cd app && cargo test\necho done",
        "cargo build || exit 1\ncargo test # all of it",
        "cargo test || exit 1",
        "cargo test || exit",
        "cargo test || { echo failed; exit 1; }\necho done",
        "cargo test || (echo failed && exit 1)",
        "cargo test || false",
        "cargo test && echo fine",
        "(cd app; cargo test)\necho done",
        "{ cargo test; }",
        "set -o pipefail\ncargo test 2>&1 | tee log",
        "set -euo pipefail; cargo test | tee log",
        "set +e\nset -e\ncargo test\necho done",
        "RUST_LOG=debug cargo test \\\n  --locked \\\n  --all",
        "make -j$(nproc) && cargo test",
        "bash -c 'cargo test'",
        "docker run --rm image sh -ec \"cargo build; cargo test; echo done\"",
        "if [ -f x ]; then rm x; fi\ncargo test",
        "for x in a b; do\n  echo $x\ndone\ncargo test > log 2>&1",
        "other() { false; }\ncargo test",
        "cat <<END > file\nsome text; echo \"it's\nEND\ncargo test",
        "echo a | cargo test",
        "[[ -n $A && -n $B ]] || echo unset\ncargo test",
    ] {
        assert_eq!(fate(script, PLAIN), Some(Fate::Counts), "{script}");
    }
    assert_eq!(fate("cargo test | tee log", PIPEFAIL), Some(Fate::Counts));
    assert_eq!(fate("cargo build\ncargo test", GOES_ON), Some(Fate::Counts));
    assert_eq!(fate("set -e\ncargo test\necho done", GOES_ON), Some(Fate::Counts));
}

#[test]
fn a_failure_that_is_lost_is_seen() {
    for (script, why) in [
        ("cargo test || true", Why::Or),
        ("cargo test || :", Why::Or),
        ("cargo test || exit 0 # flaky", Why::Or),
        ("cargo test || echo failed", Why::Or),
        ("cargo test || { echo failed; true; }", Why::Or),
        ("(cargo test) || true", Why::Or),
        ("cargo test && echo fine || echo failed", Why::Or),
        ("sh -c 'cargo test || true'", Why::Or),
        ("if true; then cargo test || true; fi", Why::Or),
        ("! cargo test", Why::Negated),
        ("cargo test | tee log", Why::Pipe),
        ("cargo test 2>&1 | sed s/a/b/ | tail -n 5", Why::Pipe),
        ("cargo test &", Why::Background),
        ("cargo test & wait", Why::Background),
        ("set +e\ncargo test\necho done", Why::GoesOn),
        ("sh -c 'cargo test; true'", Why::GoesOn),
        ("cargo test && echo fine\necho done", Why::And),
        ("exit 0\ncargo test", Why::Before),
        ("if cargo test; then echo fine; fi", Why::Condition),
        ("if ! cargo test; then echo failed; exit 0; fi", Why::Condition),
        ("echo \"$(cargo test)\"", Why::Substitution),
        ("cargo test \\\n  --all \\\n  || true", Why::Or),
    ] {
        assert_eq!(fate(script, PLAIN), Some(Fate::Lost(why)), "{script}");
    }
    assert_eq!(fate("cargo test\necho done", GOES_ON), Some(Fate::Lost(Why::GoesOn)));
}

#[test]
fn what_is_not_followed_is_unclear() {
    for script in [
        "cargo test | tap-spec",
        "cargo test || cargo test",
        "cargo test || code=$?\nexit $code",
        "cargo test & pid=$!\nwait $pid",
        "set +e\ncargo test\ncode=$?\nexit $code",
        "if ! cargo test; then exit 1; fi",
        "for x in a b; do cargo test -p $x; done",
        "case $X in a) cargo test;; esac",
        "cargo() { true; }\ncargo test",
        "trap 'exit 0' EXIT\ncargo test",
        "out=$(cargo test)",
        "ssh host <<END\ncargo test\nEND",
        "[ -f x ] && cargo test",
        "false || cargo test",
        "run() { cargo test; }\nrun",
        "if [ -f x ]; then exit 0; fi\ncargo test",
    ] {
        assert_eq!(fate(script, PLAIN), Some(Fate::Unclear), "{script}");
    }
    assert_eq!(fate("echo 'cargo test", PLAIN), None);
    let gitlab = Options { errexit: true, pipefail: None };
    assert_eq!(fate("cargo test | tee log", gitlab), Some(Fate::Unclear));
}

#[test]
fn what_only_names_the_command_is_no_run_of_it() {
    for script in ["echo cargo test", "# cargo test", "echo \"run cargo test\" > note", "cat <<END\ncargo test\nEND", "true cargo test"] {
        assert_eq!(fate(script, PLAIN), None, "{script}");
    }
    let leads: Vec<bool> = fates("pip install pytest\npytest -q", PLAIN, Some("pytest")).unwrap().iter().map(|found| found.leads).collect();
    assert_eq!(leads, [false, true]);
}

proptest! {
    #[test]
    fn any_script_is_followed_or_not(text in "[ac(){};&|!<>'\"$`# \n\\\\]{0,60}") {
        let _ = fates(&text, PLAIN, Some("a"));
        let _ = fates(&text, GOES_ON, None);
    }

    #[test]
    fn any_mix_of_words_is_followed_or_not(words in proptest::collection::vec("if|then|fi|else|while|do|done|for|case|esac|a|exit 0|;|\n|&&|\\|\\||\\(|\\)|\\{|\\}|!|&|<<E", 0..30)) {
        let _ = fates(&words.join(" "), PLAIN, Some("a"));
    }
}

#[test]
fn what_may_lose_a_failure_in_a_way_that_is_not_followed_never_counts() {
    for script in [
        "${{ matrix.wrapper }} cargo test",
        "builtin set +e\ncargo test\nls",
        "command set +e\ncargo test\nls",
        "shopt -uo errexit\ncargo test\nls",
        "time set +e\ncargo test\nls",
        "! set +e\ncargo test\nls",
        "true && set +e\ncargo test\nls",
        "if true; then set +e; fi\ncargo test\nls",
        "s=set; $s +e\ncargo test\nls",
        "F=+e\nset $F\ncargo test\nls",
        "set -n\ncargo test",
        "set -en\ncargo test",
        "set -o noexec\ncargo test",
        "builtin exit 0\ncargo test",
        "command trap 'exit 0' EXIT\ncargo test",
        "f() { exit 0; }\nf\ncargo test",
        "case a in a) exit 0;; esac\ncargo test",
        "eval \"cargo test || true\"",
        ". ./lib.sh\ncargo test\nls",
        "coproc cargo test",
        "setsid -f cargo test",
        "./lib.sh cargo test",
        "npm install cargo test",
        "which cargo test",
        "logger cargo test",
        "[ \"cargo test\" ]",
        "xargs -r cargo test < /dev/null",
        "find . -name nope -exec cargo test \\;",
        "su -c 'cargo test || true'",
        "npx -c 'cargo test || true'",
        "docker run -d x cargo test",
        "git commit -m \"cargo test\"",
        "hash -p /bin/true cargo; cargo test",
    ] {
        let counts = fates(script, PLAIN, Some("cargo test")).unwrap_or_default().iter().any(|found| found.fate == Fate::Counts);
        assert!(!counts, "{script}");
    }
    for script in [
        "cargo test",
        "RUST_LOG=x cargo test --locked",
        "set -x\ncargo test",
        "set -eu\nsudo cargo test",
        "timeout 5m cargo test",
        "/usr/bin/cargo test",
        "cd a\ncargo test",
    ] {
        assert_eq!(fates(script, PLAIN, Some("cargo test")).unwrap().first().map(|found| found.fate), Some(Fate::Counts), "{script}");
    }
}
