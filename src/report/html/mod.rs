//! `html`: the whole assessment as one page for people: who answers for security, who asks as a buyer, who keeps the record.
//!
//! Invariants: the page needs nothing but itself, and its content security policy lets a reader's browser load nothing and run
//! nothing; every text from the repository is escaped; colour never says what words do not; counts are words, never a score.

use std::cmp::Reverse;
use std::io;

use super::tally::{COLUMNS, Tally, is_gap, on_whose_word};
use super::units::{caution, extent, whose_words};
use super::words::{judged_at, levels, short, verdict};
use super::{CodeReport, ProductReport, Report, UnitReport, address};
use crate::error::Fault;
use crate::finding::{Baseline, Finding};
use crate::model::outcome::{Assurance, OutcomeName, Verdict};
use crate::source::Span;
use crate::text::one_line;

const STYLE: &str = include_str!("style.css");
/// The sha256 of the style, in base64: the one thing that the page's policy allows.
const STYLE_HASH: &str = "9MqMK/gXxpxwg5Tim6IHYKmRAe1N+b44QvCWVxGsAZQ=";
/// Longest text of one part, in characters.
const TEXT_CHARS: usize = 2_000;

/// Writes the report.
///
/// # Errors
/// Those of the output.
pub fn write(report: &Report<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let (standing, why) = verdict(report);
    let names: Vec<String> = report.products.iter().map(|product| text(&product.name)).collect();
    let title = if names.is_empty() { "Assessment".to_owned() } else { format!("Assessment of {}", names.join(", ")) };
    let class = if report.verdict == Verdict::Open { "open" } else { "closed" };
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{STYLE_HASH}'; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>{title}: {standing}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#content\">To the content</a>\n\
         <header>\n<h1>{title}</h1>\n<p class=\"verdict {class}\"><strong>{standing}</strong> {why}<br>Judged at {}{}.</p>\n</header>\n",
        judged_at(report),
        report.base.as_deref().map(|base| format!(", compared with the base {}", short(base))).unwrap_or_default(),
    )?;
    out.write_all(contents(report).as_bytes())?;
    out.write_all(b"<main id=\"content\">\n")?;
    out.write_all(faults(report).as_bytes())?;
    for (number, product) in report.products.iter().enumerate() {
        out.write_all(self::product(report, product, number).as_bytes())?;
    }
    write!(
        out,
        "</main>\n<footer>\n<p>This is a record of what is attested and evidenced; it is no legal advice, and it certifies nothing.</p>\n\
         <p>Made by Portcullis {}{}.</p>\n</footer>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        report.commit.as_deref().map(|commit| format!(" at commit <code>{}</code>", text(commit))).unwrap_or_default(),
    )
}

/// Text from the repository: one line in which nothing is markup.
fn text(raw: &str) -> String {
    let mut out = String::new();
    for c in one_line(raw, TEXT_CHARS).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// A place, as a link where the host's address of it is known.
fn place(report: &Report<'_>, span: Span) -> String {
    let place = report.sources.place(span);
    let shown = format!("<code>{}:{}</code>", text(&place.file), place.line);
    let commit = report.commit.as_deref().filter(|_| !report.dirty);
    let target = address::line(report.origin.as_deref(), commit, &place);
    if target.starts_with("https://") || target.starts_with("http://") {
        format!("<a href=\"{}\">{shown}</a>", text(&target))
    } else {
        shown
    }
}

fn contents(report: &Report<'_>) -> String {
    if report.products.is_empty() {
        return String::new();
    }
    let mut out = String::from("<nav aria-label=\"Contents\">\n<ul>\n");
    for (number, product) in report.products.iter().enumerate() {
        out.push_str(&format!("<li><a href=\"#p{number}\">{}</a>: <a href=\"#p{number}-findings\">findings</a>", text(&product.name)));
        for code in &product.codes {
            out.push_str(&format!(", <a href=\"#p{number}-{0}\">{0}</a>", text(&code.policy.code)));
        }
        out.push_str("</li>\n");
    }
    out.push_str("</ul>\n</nav>\n");
    out
}

fn faults(report: &Report<'_>) -> String {
    if report.errors.is_empty() {
        return String::new();
    }
    let one = |fault: &Fault| {
        let at = fault.span.map(|span| format!("<p>At {}</p>", place(report, span))).unwrap_or_default();
        let help = fault.help.as_deref().map(|help| format!("<p>What to do: {}</p>", text(help))).unwrap_or_default();
        format!("<li class=\"finding error\"><p>{}</p>{at}{help}</li>\n", text(&fault.message))
    };
    format!("<h2>Why nothing could be assessed</h2>\n<ul>\n{}</ul>\n", report.errors.iter().map(one).collect::<String>())
}

fn product(report: &Report<'_>, product: &ProductReport<'_>, number: usize) -> String {
    let types: Vec<&str> = product.types.iter().map(|kind| kind.name()).collect();
    let roles: Vec<&str> = product.roles.iter().map(|role| role.name()).collect();
    let mut out = format!("<section aria-labelledby=\"p{number}\">\n<h2 id=\"p{number}\">{}</h2>\n", text(&product.name));
    out.push_str(&format!("<p>Types: {}. Roles: {}.</p>\n", types.join(", "), roles.join(", ")));
    for (kind, reason) in &product.not {
        out.push_str(&format!("<p>Not {kind}, as declared: {}</p>\n", text(reason)));
    }
    out.push_str(&summary(product));
    out.push_str(&findings(report, product, number));
    for code in &product.codes {
        out.push_str(&units(report, product, code, number));
    }
    out.push_str("</section>\n");
    out
}

fn summary(product: &ProductReport<'_>) -> String {
    let columns: String = COLUMNS.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
    let mut rows = String::new();
    let mut words = String::new();
    for code in &product.codes {
        let tally = Tally::of(product, code.policy);
        let cells: String = tally.cells.iter().map(|cell| format!("<td class=\"n\">{cell}</td>")).collect();
        rows.push_str(&format!("<tr><th scope=\"row\">{} {}</th>{cells}</tr>\n", text(&code.policy.code), text(&code.policy.edition)));
        let open = if tally.open.is_empty() { String::new() } else { format!("not met: {}; ", tally.open_words()) };
        words.push_str(&format!("<li>{}: {open}{}.</li>\n", text(&code.policy.code), on_whose_word(product, code.policy)));
    }
    format!(
        "<h3>What became of each unit</h3>\n<div class=\"scroll\"><table>\n<caption>Units counted, code by code</caption>\n\
         <thead><tr><th scope=\"col\">code</th>{columns}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n<ul>\n{words}</ul>\n\
         <p><b>Verified</b>: the gate checked the thing itself. <b>Evidenced</b>: the cited document stands, is current and has what it is cited for. \
         <b>Asserted</b>: somebody says so.</p>\n"
    )
}

fn findings(report: &Report<'_>, product: &ProductReport<'_>, number: usize) -> String {
    let counted = if product.findings.is_empty() { "none".to_owned() } else { levels(&product.findings) };
    let mut out = format!("<h3 id=\"p{number}-findings\">Findings: {counted}</h3>\n");
    if report.base.is_some() {
        let of = |state| product.findings.iter().filter(move |finding| finding.baseline == Some(state)).count();
        out.push_str(&format!(
            "<p>Against the base: {} new, {} unchanged, {} absent.</p>\n",
            of(Baseline::New),
            of(Baseline::Unchanged),
            product.gone.len()
        ));
    }
    let mut sorted: Vec<&Finding> = product.findings.iter().collect();
    sorted.sort_by_key(|finding| (Reverse(finding.level), finding.baseline == Some(Baseline::Unchanged)));
    out.extend(sorted.into_iter().chain(&product.gone).map(|finding| self::finding(report, finding)));
    out
}

fn finding(report: &Report<'_>, finding: &Finding) -> String {
    let level = finding.level.name();
    let state = finding.baseline.map(|state| format!(" ({})", state.name()));
    let mut out = format!(
        "<article class=\"finding {level}\">\n<h4><span class=\"level\">{level}</span>{} <code>{}</code></h4>\n<p>{}</p>\n",
        state.unwrap_or_default(),
        text(&finding.id),
        text(&finding.message)
    );
    if !finding.remedy.trim().is_empty() {
        out.push_str(&format!("<p>What to do: {}</p>\n", text(&finding.remedy)));
    }
    out.push_str(&format!("<p>At {}", place(report, finding.span)));
    for related in &finding.related {
        out.push_str(&format!("; {} at {}", text(&related.message), place(report, related.span)));
    }
    out.push_str("</p>\n</article>\n");
    out
}

/// Every unit of a code with its outcome and reason, those that are excluded too.
fn units(report: &Report<'_>, product: &ProductReport<'_>, code: &CodeReport<'_>, number: usize) -> String {
    let policy = code.policy;
    let own = product.assessments.iter().filter(|found| found.unit.id.split_once('/').is_some_and(|(own, _)| own == policy.code));
    let rows: String = own.map(|found| unit(report, found)).collect();
    let words = whose_words(policy).map(|words| format!("; {}", text(&words))).unwrap_or_default();
    format!(
        "<h3 id=\"p{number}-{0}\">{1} ({0} {2})</h3>\n<p>{3}, {4}. It applies because {5}{words}. Policy file: sha256 <code>{6}</code>.</p>\n\
         <div class=\"scroll\"><table>\n<caption>{0}: {7}</caption>\n<thead><tr><th scope=\"col\">id</th><th scope=\"col\">what it asks</th>\
         <th scope=\"col\">outcome</th><th scope=\"col\">why</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table></div>\n",
        text(&policy.code),
        text(&policy.title),
        text(&policy.edition),
        text(&policy.publisher),
        policy.published,
        text(&code.reason),
        text(&policy.sha256),
        extent(policy),
    )
}

fn unit(report: &Report<'_>, found: &UnitReport<'_>) -> String {
    let own = found.unit.id.split_once('/').map_or(found.unit.id.as_str(), |(_, own)| own);
    let class = match found.outcome {
        OutcomeName::Met => "met",
        outcome if is_gap(outcome) => "gap",
        _ => "",
    };
    let assurance = found.assurance.filter(|_| found.outcome == OutcomeName::Met).map(Assurance::name);
    let outcome = assurance.map_or(found.outcome.name().to_owned(), |assurance| format!("{}, {assurance}", found.outcome));
    let waiver = found.waiver.as_ref().map(|waiver| format!(" Accepted by {}: {}", text(&waiver.approved_by), text(&waiver.reason)));
    let said = found.attestation.as_ref().filter(|said| !said.statement.trim().is_empty());
    let said = said.map(|said| {
        let (status, statement, owner) = (said.status.name(), text(&said.statement), text(&said.owner));
        format!("<p>{owner} attests {status}, reviewed {}: <q>{statement}</q></p>", said.reviewed)
    });
    let caution = caution(found.unit.confidence).map(|words| format!("<br>{words}")).unwrap_or_default();
    format!(
        "<tr><th scope=\"row\" class=\"id\">{}</th><td>{} ({}){caution}</td><td class=\"outcome {class}\">{outcome}</td><td>{}{}{} {}</td></tr>\n",
        text(own),
        text(&found.unit.title),
        found.unit.strength,
        said.unwrap_or_default(),
        text(&found.reason),
        waiver.unwrap_or_default(),
        place(report, found.span)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn the_policy_allows_just_this_style() {
        let digest = Sha256::digest(STYLE.as_bytes());
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let mut encoded = String::new();
        for three in digest.chunks(3) {
            let bits = three.iter().enumerate().fold(0u32, |bits, (at, byte)| bits | u32::from(*byte) << (16 - 8 * at));
            for at in 0..4 {
                let letter = char::from(LETTERS[(bits >> (18 - 6 * at) & 63) as usize]);
                encoded.push(if at <= three.len() { letter } else { '=' });
            }
        }
        assert_eq!(encoded, STYLE_HASH);
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import") && !STYLE.contains('<'));
    }

    #[test]
    fn nothing_in_a_text_is_markup() {
        assert_eq!(text("<b a=\"x\" c='y'>&\u{1b}"), "&lt;b a=&quot;x&quot; c=&#39;y&#39;&gt;&amp;\\u{1b}");
    }
}
