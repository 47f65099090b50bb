//! `codeowners`: who must look at a change of what. The file shows whom the host asks; that it waits for them stands in the
//! branch rules.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::{Ask, Gap, Proof, Verified, Verifier, effort};
use crate::formats::codeowners::{self as format, CodeOwners};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct Codeowners;

impl Verifier for Codeowners {
    fn kind(&self) -> &'static str {
        "codeowners"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is called CODEOWNERS and lies where hosts look: the repository's root, .github, .gitlab or docs.",
            "Every owner is a user, a team or an address.",
            "The declaration, the attestations, the workflows and the file itself have owners that are no placeholders (`@your-org/your-team`, `@global-owner1`).",
            "Every path that `expect` names, separated by commas, has owners.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the owners exist and may review, and whether the host waits for them, cannot be seen: cite the branch rules for that."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"codeowners\"\npath = \".github/CODEOWNERS\"\nexpect = \"Dockerfile, deploy/release.sh\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

/// GitHub ignores a larger file ("CODEOWNERS file size").
const LARGEST: usize = 3 * 1_024 * 1_024;

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    if !matches!(path.as_str(), "CODEOWNERS" | ".github/CODEOWNERS" | ".gitlab/CODEOWNERS" | "docs/CODEOWNERS") {
        let message = format!("{path} is not where a host looks for code owners");
        return Err(Verified::gap(Gap::failed("elsewhere", message, "move it to .github/CODEOWNERS (GitLab: .gitlab/CODEOWNERS)")));
    }
    if file.bytes.len() > LARGEST {
        let message = format!("{path} is larger than 3 MB, so a host may ignore it");
        return Err(Verified::gap(Gap::failed("large", message, "use patterns instead of single files")));
    }
    shadowed(ask, &path).map_err(Verified::gap)?;
    let owners = ask.reading(|text| Rc::new(format::read(text)))?;
    let mut gaps = Vec::new();
    for (owner, at) in &owners.bad_owners {
        let message = format!("{path} names {} as an owner, which is no user, team or address", one_line(owner, 60));
        gaps.push(ask.gap_at(at.clone(), "no-owner", message, "write @user, @organisation/team or an address"));
    }
    let (asked, absent) = asked(ask);
    gaps.extend(absent);
    let cost = owners.cost(&asked);
    if cost > limits::OWNER_COMPARISONS {
        let message = format!("{path} was not compared with the tree: it is long, and {} paths must have owners", asked.len());
        return Err(Verified::doubt(message, "use few patterns, each of a folder"));
    }
    ask.memo.effort.take(cost / effort::DIGESTED);
    gaps.extend(unowned(ask, &owners, &path, &asked));
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(&path, &owners, &asked)))
}

/// That a host takes this file and not another one: GitHub the first of .github, the root and docs, GitLab the first of the root, docs and
/// .gitlab.
fn shadowed(ask: &Ask<'_>, path: &str) -> Result<(), Gap> {
    let before: &[&str] = match path {
        "CODEOWNERS" => &[".github/CODEOWNERS"],
        "docs/CODEOWNERS" => &[".github/CODEOWNERS", "CODEOWNERS"],
        ".gitlab/CODEOWNERS" => &["CODEOWNERS", "docs/CODEOWNERS"],
        _ => &[],
    };
    let tracked = |place: &&&str| place.parse().is_ok_and(|place| ask.view.find(&place).is_some());
    match before.iter().find(tracked) {
        Some(first) => {
            let message = format!("{path} is not read: a host takes {first}, which is there too");
            Err(Gap::failed("shadowed", message, "keep one of the two, and cite it"))
        }
        None => Ok(()),
    }
}

/// What must have owners, from the git repository's root, and what `expect` names and nobody finds.
fn asked(ask: &Ask<'_>) -> (Vec<String>, Vec<Gap>) {
    let mut paths: Vec<String> = ask.inputs.iter().chain([ask.declaration]).map(ToString::to_string).collect();
    paths.extend(ask.file.as_ref().map(|file| file.path.to_string()));
    let is_workflow = |path: &str| crate::formats::workflow::host_of(path).is_some();
    paths.extend(ask.all_tracked().iter().map(|found| found.path.as_str()).filter(|path| is_workflow(path)).map(str::to_owned));
    let wanted =
        ask.evidence.text("expect").map(|expect| expect.value.split(',').map(|path| path.trim().trim_start_matches('/').to_owned()));
    let mut absent = Vec::new();
    for wanted in wanted.into_iter().flatten().filter(|path| !path.is_empty()) {
        let below = format!("{}/", wanted.trim_end_matches('/'));
        let tracked = ask.all_tracked().iter().map(|found| found.path.as_str());
        let meant: Vec<String> = tracked.filter(|path| *path == wanted || path.starts_with(&below)).map(str::to_owned).collect();
        if meant.is_empty() {
            let message = format!("`expect` names {}, where git tracks nothing", one_line(&wanted, 120));
            let cited = ask.evidence.text("expect").map(|expect| expect.span);
            absent.push(Gap { cited, ..Gap::failed("absent", message, "correct the path; it starts at the repository's root") });
        }
        paths.extend(meant);
    }
    paths.sort();
    paths.dedup();
    (paths, absent)
}

fn unowned(ask: &Ask<'_>, owners: &CodeOwners, path: &str, asked: &[String]) -> Vec<Gap> {
    let mut held = BTreeSet::new();
    let open = asked.iter().filter(|wanted| owners.rule_for(wanted).is_none());
    let told = open.filter_map(|wanted| {
        let shown = one_line(wanted, 120);
        let cited = ask.evidence.text("expect").filter(|expect| expect.value.contains(wanted.as_str())).map(|expect| expect.span);
        let Some(rule) = owners.held_for(wanted) else {
            let message = format!("{path} gives {shown} no owner, so anyone's change of it needs no particular review");
            return Some(Gap { cited, ..Gap::failed("unowned", message, "add a rule for it") });
        };
        // Once for all that a rule decides.
        held.insert(rule.at.start).then(|| {
            let names = one_line(&rule.owners.join(" "), 120);
            let message = format!("{path} gives {shown} to {names}, which only holds the place of an owner");
            Gap {
                cited,
                ..ask.gap_at(rule.at.clone(), "placeholder", message, "write who owns it: @user, @organisation/team or an address")
            }
        })
    });
    told.collect()
}

fn proof(path: &str, owners: &CodeOwners, asked: &[String]) -> Proof {
    let rules = crate::text::count(i64::try_from(owners.rules.len()).unwrap_or(i64::MAX), "rule");
    let says = format!("{path} ({rules}) gives owners to {}", asked.join(", "));
    Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
}
