//! How a test, or a suite as a whole, ended: by its elements, by the words of `status`, `result` and `outcome`, and by attributes that
//! are true or false, such as `success` and `executed`. Whatever the case of the letters; `not-run` is `notrun`.

use roxmltree::Node;

/// Elements of a test case that was run again and failed again; beside them stands how it failed at first.
const RERUN: &[&str] = &["rerunFailure", "rerunError"];
/// Elements of a test case that failed at first and passed when it was run again.
const FLAKY: &[&str] = &["flakyFailure", "flakyError"];
/// Elements of one that failed, ended in an error, or did not run.
const FAILURE: &[&str] = &["failure", "failed", "fail", "timeout", "aborted", "crash"];
const ERROR: &[&str] = &["error"];
const SKIPPED: &[&str] = &["skipped", "ignored", "disabled", "skip", "ignore", "notrun", "inconclusive", "pending"];
/// Attributes that say in a word how it ended.
const SAYS: &[&str] = &["status", "result", "outcome"];
/// What they say of a test that failed.
const FAILED: &[&str] = &[
    "fail",
    "failed",
    "failing",
    "failure",
    "failures",
    "broken",
    "timeout",
    "timedout",
    "crash",
    "crashed",
    "unsuccessful",
    "notok",
    "ko",
    "undefined",
    "ambiguous",
    "killed",
    "panicked",
];
/// What they say of one that was broken off.
const BROKEN_OFF: &[&str] =
    &["aborted", "abort", "cancelled", "canceled", "interrupted", "terminated", "incomplete", "inprogress", "running", "disconnected"];
/// What they say of one that ended in an error.
const ERRED: &[&str] = &["error", "errors", "errored", "exception", "fatal", "invalid", "hookerror", "cleanuperror"];
/// What they say of one that did not run, or whose conditions did not hold.
const IDLE: &[&str] = &[
    "notrun",
    "notexecuted",
    "notrunnable",
    "notstarted",
    "norun",
    "disabled",
    "suppressed",
    "skipped",
    "skip",
    "ignored",
    "ignore",
    "untested",
    "inconclusive",
    "pending",
    "filtered",
    "deselected",
    "excluded",
    "blocked",
    "none",
    "na",
    "todo",
];
/// What they say of one that passed, or that ran and says elsewhere how it ended.
const PASSED: &[&str] = &[
    "pass",
    "passed",
    "passing",
    "ok",
    "success",
    "succeeded",
    "successful",
    "run",
    "ran",
    "executed",
    "complete",
    "completed",
    "finished",
    "done",
    "true",
];
/// Attributes of which `true` is good, and whether `false` says that it did not run.
const GOOD: &[(&str, bool)] =
    &[("success", false), ("successful", false), ("passed", false), ("executed", true), ("run", true), ("ran", true)];
/// Attributes of which `true` is not, and whether it says that it did not run.
const BAD: &[(&str, bool)] = &[
    ("failed", false),
    ("failure", false),
    ("error", false),
    ("aborted", false),
    ("skipped", true),
    ("ignored", true),
    ("disabled", true),
];

/// How it ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Ending<'a> {
    /// How it failed, and whether that is an error.
    pub(super) failed: Option<(&'static str, bool)>,
    /// Whether it has the elements `failure`, `error` and `skipped`, which totals count each.
    pub(super) elements: (bool, bool, bool),
    /// It did not run.
    pub(super) idle: bool,
    /// It passed only when it was run again.
    pub(super) flaky: bool,
    /// A word for how it ended that is not known.
    pub(super) unknown: Option<&'a str>,
}

pub(super) fn is_named(node: Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name().eq_ignore_ascii_case(name)
}

pub(super) fn attribute<'a>(node: Node<'a, '_>, name: &str) -> Option<&'a str> {
    node.attributes().find(|attribute| attribute.name().eq_ignore_ascii_case(name)).map(|attribute| attribute.value())
}

fn has(node: Node<'_, '_>, names: &[&str]) -> bool {
    node.children().any(|child| names.iter().any(|name| is_named(child, name)))
}

/// `true` and `false` as they are written.
fn truth(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}

/// What the attributes of a node say.
#[derive(Default)]
struct Said<'a> {
    failed: bool,
    broken_off: bool,
    erred: bool,
    idle: bool,
    unknown: Option<&'a str>,
}

fn said<'a>(node: Node<'a, '_>) -> Said<'a> {
    let mut said = Said::default();
    for written in SAYS.iter().filter_map(|name| attribute(node, name)) {
        let plain: String = written.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
        let among = |words: &[&str]| words.contains(&plain.as_str());
        said.failed |= among(FAILED) || truth(&plain) == Some(false);
        said.broken_off |= among(BROKEN_OFF);
        said.erred |= among(ERRED);
        said.idle |= among(IDLE);
        let is_known = plain.is_empty() || [FAILED, BROKEN_OFF, ERRED, IDLE, PASSED].into_iter().any(among) || truth(&plain).is_some();
        said.unknown = said.unknown.or(Some(written).filter(|_| !is_known));
    }
    let flags = GOOD.iter().map(|(name, idle)| (name, idle, false)).chain(BAD.iter().map(|(name, idle)| (name, idle, true)));
    for (name, idle, against) in flags {
        if attribute(node, name).and_then(truth) == Some(against) {
            said.idle |= *idle;
            said.failed |= !*idle;
        }
    }
    said
}

/// How a test case, or a suite by itself, ended.
pub(super) fn of<'a>(node: Node<'a, '_>) -> Ending<'a> {
    let (failure, error, skipped) = (has(node, FAILURE), has(node, ERROR), has(node, SKIPPED));
    let said = said(node);
    let failed = match () {
        () if failure => Some(("failed", false)),
        () if error => Some(("ended in an error", true)),
        () if has(node, RERUN) => Some(("failed when it was run again", has(node, &["rerunError"]))),
        () if said.failed && !said.idle => Some(("failed, as its status says", false)),
        () if said.erred => Some(("ended in an error, as its status says", true)),
        // Some runners call a test so whose conditions did not hold, and list it as skipped.
        () if said.broken_off && !skipped => Some(("was broken off, as its status says", false)),
        () => None,
    };
    let idle = skipped || failed.is_none() && said.idle;
    Ending {
        failed,
        elements: (failure, error, has(node, &["skipped"])),
        idle,
        flaky: failed.is_none() && has(node, FLAKY),
        unknown: said.unknown.filter(|_| failed.is_none() && !idle),
    }
}
