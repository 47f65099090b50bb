//! `evaluation`: the results of evaluating a model or an AI system. Numbers are worth something only where it is known what was
//! evaluated, when, and which bound they are held to.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;
use jiff::civil::Date;

use super::{Ask, Gap, Proof, Verified, Verifier, expected};
use crate::formats::moment;
use crate::formats::tree::{Node, Syntax, Value};
use crate::limits;
use crate::model::attestation::is_placeholder;
use crate::model::outcome::Assurance;
use crate::text::{count, one_line};

/// See the module's documentation.
pub(super) struct Evaluation;

/// Keys that name what was evaluated, and when.
const MODELS: &[&str] = &["model_name", "model", "model_id", "model_name_or_path", "system", "product", "name"];
const DATES: &[&str] =
    &["date", "evaluated", "evaluated_at", "evaluated-on", "timestamp", "created", "created_at", "run_at", "completed_at"];
const RESULTS: &[&str] = &["results", "metrics", "scores", "model-index", "evaluations"];

impl Verifier for Evaluation {
    fn kind(&self) -> &'static str {
        "evaluation"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is JSON, YAML or TOML: results of lm-evaluation-harness, a model-index of Hugging Face, or a table with `model`, `date` and `results`.",
            "It names what was evaluated: the product, its manifest's name or one of `names`.",
            "It has results with at least one number, and none that is no number: NaN, infinite, or empty, null or `N/A` where a number belongs.",
            "Its date is no older than 90 days or `max-age-days`, and not in the future.",
            "Neither it nor its results as a whole say that the run did not succeed.",
            "What `expect` says of it, in CEL over `doc`, holds: the bounds that the results have to keep.",
        ]
    }

    fn limits(&self) -> &'static str {
        "What was asked of the model, whether the numbers are those that came out, and whether the evaluated model is the one that ships, cannot be seen. Without `expect` the results are held to nothing."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"evaluation\"\npath = \"reports/evaluation.json\"\nnames = [\"corvid-m3\"]\nexpect = \"doc.results.injection.swayed <= 0.02\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.clone();
    let Some(syntax) = Syntax::of(path.file_name()) else {
        let message = format!("{path} is no results that are read: its name ends neither in .json nor in .yaml, .yml or .toml");
        return Err(Verified::gap(Gap::failed("no-results", message, "let the evaluation write JSON, or cite the report as a document")));
    };
    let doc = ask.tree(syntax)?;
    let path = path.to_string();
    let mut gaps = Vec::new();
    gaps.extend(about(ask, &doc, &path));
    let results = || RESULTS.iter().filter_map(|key| doc.get(key));
    let numbers = results().map(numbers).sum::<usize>();
    let hollow = hollow(ask, results(), &path);
    if numbers == 0 && hollow.is_empty() {
        let message = format!("{path} has no results: no number under any of {}", RESULTS.join(", "));
        gaps.push(ask.gap_at(doc.range(), "no-results", message, "run the evaluation, and keep what it writes"));
    }
    gaps.extend(hollow);
    gaps.extend(unsuccessful(ask, &doc, &path));
    let (day, undated) = dated(ask, &doc, &path);
    gaps.extend(undated);
    let expect = ask.evidence.text("expect");
    if let Some(expect) = expect
        && let Err(verdict) = expected::hold(ask, expect, &doc, None, &path)
    {
        match verdict {
            Verified::Gaps(more) => gaps.extend(more),
            other if gaps.is_empty() => return Err(other),
            _ => {}
        }
    }
    Ok(Verified::from_gaps(super::at_most(gaps), || {
        let held = expect
            .map_or("; the entry expects nothing of them".to_owned(), |expect| format!(", and {} holds", one_line(&expect.value, 200)));
        let day = day.map_or(String::new(), |day| format!(" of {day}"));
        let says = format!("{path}: {}{day}{held}", count(i64::try_from(numbers).unwrap_or(i64::MAX), "result"));
        Proof::new(if expect.is_some() { Assurance::Verified } else { Assurance::Evidenced }, one_line(&says, limits::MESSAGE_CHARS))
    }))
}

/// Keys by which a run says how it ended, and the words for an end that is none.
const ENDED: &[&str] = &["status", "overall", "verdict", "outcome", "overall_status", "overall_result"];
const BADLY: &[&str] =
    &["error", "errored", "fail", "failed", "failure", "cancelled", "canceled", "aborted", "started", "running", "incomplete", "timeout"];

/// That the run, or its results as a whole, says that it did not succeed. What a single sample came to is another matter.
fn unsuccessful(ask: &Ask<'_>, doc: &Node<'_>, path: &str) -> Option<Gap> {
    let whole = || std::iter::once(doc).chain(RESULTS.iter().filter_map(|key| doc.get(key)));
    let ended = whole().find_map(|node| {
        let mut said = ENDED.iter().filter_map(|key| Some((*key, node.get(key)?)));
        said.find(|(_, value)| value.text().is_some_and(|text| BADLY.contains(&text.trim().to_lowercase().as_str())))
    });
    let refused = || {
        let told = whole().find_map(|node| {
            ["passed", "success"].iter().find_map(|key| Some((*key, node.get(key)?)).filter(|(_, value)| value.boolean() == Some(false)))
        });
        told.or_else(|| {
            whole().find_map(|node| {
                Some(("completed_samples", node.get("completed_samples")?)).filter(|(_, value)| value.integer() == Some(0))
            })
        })
    };
    let (key, value) = ended.or_else(refused)?;
    let said = value.scalar().map_or_else(String::new, |text| one_line(&text, 40));
    let message = format!("{path} says that it did not succeed: `{key}` is {said}");
    Some(ask.gap_at(value.range(), "unsuccessful", message, "run the evaluation again to its end, and act on what it shows"))
}

/// Names of metrics, of which a text or nothing is no result.
const METRICS: &[&str] = &[
    "acc",
    "acc_norm",
    "accuracy",
    "auc",
    "auroc",
    "bleu",
    "cer",
    "em",
    "exact_match",
    "f1",
    "f1_score",
    "mae",
    "map",
    "mse",
    "ndcg",
    "pass@1",
    "perplexity",
    "precision",
    "recall",
    "rmse",
    "roc_auc",
    "rouge",
    "rouge1",
    "rouge2",
    "rougel",
    "score",
    "value",
    "wer",
];

/// What stands where a result should and is none. An error or deviation that cannot be estimated is no result: lm-evaluation-harness
/// writes `N/A` for it.
fn hollow<'n, 't: 'n>(ask: &Ask<'_>, results: impl Iterator<Item = &'n Node<'t>>, path: &str) -> Vec<Gap> {
    let mut leaves = Vec::new();
    results.for_each(|node| collect(node, "", &mut leaves));
    let name = |key: &str| key.split(',').next().unwrap_or_default().trim().to_lowercase();
    let measured: BTreeSet<&str> = leaves.iter().filter(|(_, node)| is_finite(node)).map(|(key, _)| *key).collect();
    let none = leaves.iter().filter(|(key, node)| {
        let key_name = name(key);
        let spread = ["stderr", "std", "error", "ci", "confidence"]
            .iter()
            .any(|word| key_name.split(['_', '-', ' ', '.']).any(|part| part == *word));
        let is_metric = measured.contains(key) || METRICS.contains(&key_name.as_str());
        !spread && (is_no_number(node) || is_metric && is_left_out(node))
    });
    let gap = |(key, node): &(&str, &Node<'_>)| {
        let shown = match node.scalar().map(|text| one_line(&text, 40)) {
            Some(text) if !text.trim().is_empty() => text,
            Some(_) => "nothing".to_owned(),
            None => "null".to_owned(),
        };
        let message = format!("{path} has {shown} as the result {}", one_line(key, 60));
        ask.gap_at(node.range(), "no-result", message, "run that part of the evaluation again, or leave the metric out")
    };
    none.map(gap).collect()
}

/// The leaves below a node, each with the key that it stands under.
fn collect<'n, 't>(node: &'n Node<'t>, key: &'n str, leaves: &mut Vec<(&'n str, &'n Node<'t>)>) {
    match &node.value {
        Value::List(items) => items.iter().for_each(|item| collect(item, key, leaves)),
        Value::Table(entries) => entries.iter().for_each(|entry| collect(&entry.node, &entry.key, leaves)),
        _ => leaves.push((key, node)),
    }
}

fn is_finite(node: &Node<'_>) -> bool {
    matches!(&node.value, Value::Number(_)) && node.number().is_some_and(f64::is_finite)
}

/// `NaN`, an infinity, or a number too large to be one, as a number or as a text.
fn is_no_number(node: &Node<'_>) -> bool {
    match &node.value {
        Value::Number(_) => !is_finite(node),
        Value::Text(text) => {
            let bare = text.trim().trim_start_matches(['+', '-']).trim_start_matches('.').to_lowercase();
            matches!(bare.as_str(), "nan" | "inf" | "infinity")
        }
        _ => false,
    }
}

/// Nothing, or that there is none.
fn is_left_out(node: &Node<'_>) -> bool {
    matches!(node.value, Value::Null) || node.text().is_some_and(is_placeholder)
}

/// How many numbers there are below a node; the tree's own depth bounds the way down.
fn numbers(node: &Node<'_>) -> usize {
    match &node.value {
        Value::Number(_) => usize::from(is_finite(node)),
        Value::List(items) => items.iter().map(numbers).sum(),
        Value::Table(entries) => entries.iter().map(|entry| numbers(&entry.node)).sum(),
        _ => 0,
    }
}

/// Every name of what was evaluated, with its place.
fn models(doc: &Node<'_>) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    let mut note = |node: &Node<'_>| {
        if let Some(text) = node.text().filter(|text| !text.trim().is_empty()) {
            found.push((text.trim().to_owned(), node.range()));
        }
    };
    for key in MODELS {
        if let Some(node) = doc.get(key) {
            note(node);
            note(node.at(&["name"]));
            note(node.at(&["id"]));
        }
    }
    doc.at(&["model-index"]).items().iter().for_each(|one| note(one.at(&["name"])));
    let args = doc.at(&["config", "model_args"]);
    note(args.at(&["pretrained"]));
    note(args.at(&["model"]));
    if let Some(text) = args.text() {
        let parts = text.split(',').filter_map(|part| part.trim().strip_prefix("pretrained=").or(part.trim().strip_prefix("model=")));
        found.extend(parts.map(|name| (name.to_owned(), args.range())));
    }
    found
}

fn about(ask: &Ask<'_>, doc: &Node<'_>, path: &str) -> Option<Gap> {
    let models = models(doc);
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    if models.iter().any(|(name, _)| ask.is_named(name) || ask.is_named(&last(name))) {
        return None;
    }
    let remedy = "let the evaluation write what it evaluated, and add that name to `names` of this entry where it is not the product's";
    Some(match models.first() {
        Some((name, at)) => {
            let message = format!("{path} is about {}, not about {}", one_line(name, 80), ask.names());
            ask.gap_at(at.clone(), "other-product", message, remedy)
        }
        None => ask.gap_at(doc.range(), "no-model", format!("{path} does not name the model or system that was evaluated"), remedy),
    })
}

/// The day of the evaluation, or what is wrong with it.
fn dated(ask: &Ask<'_>, doc: &Node<'_>, path: &str) -> (Option<Date>, Option<Gap>) {
    let Some(node) = DATES.iter().find_map(|key| doc.get(key)) else {
        let message = format!("{path} does not say when the evaluation was done");
        return (None, Some(ask.gap_at(doc.range(), "undated", message, "let it write `date`")));
    };
    let Some(day) = day(node) else {
        let shown = node.scalar().map_or(node.what().to_owned(), |text| one_line(&text, 40));
        let message = format!("{path} was made at {shown}, which is no date");
        return (None, Some(ask.gap_at(node.range(), "timestamp", message, "write the date as 2026-11-22")));
    };
    let old = ask.too_old(day, path).map(|old| Gap { at: ask.range(node.range()), remedy: "run the evaluation again".to_owned(), ..old });
    (Some(day), old)
}

/// A date or timestamp, or the seconds since 1970 that lm-evaluation-harness writes.
fn day(node: &Node<'_>) -> Option<Date> {
    if let Some(text) = node.text() {
        return moment::day(text);
    }
    let seconds = node.number().filter(|seconds| (0.0..1e11).contains(seconds))?;
    Timestamp::from_second(seconds as i64).ok().map(moment::utc_date)
}
