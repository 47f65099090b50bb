//! `branch-rules`: what the host demands before the default branch changes, from an export of its settings.
//!
//! An export is a copy: it shows how things stood on the day on which it was made, and so does not stay fresh for long.

use std::collections::BTreeSet;

use super::branch_expect::{self, Expected, TERMS};
use super::{Ask, Gap, Proof, Verified, Verifier};
use crate::formats::branch_rules::{self as format, BranchRules, Protection};
use crate::formats::moment;
use crate::formats::slug::Slug;
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct BranchProtection;

impl Verifier for BranchProtection {
    fn kind(&self) -> &'static str {
        "branch-rules"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is an export of rulesets or branch protection of GitHub, or of protected branches of GitLab.",
            "The repository that it names is this one, as far as it is known which this is.",
            "Something in it is in force for the default branch: enforcement is active, and its conditions take the branch in, not by the name of one that a full clone does not have.",
            "A change needs a pull or merge request with at least one approval, and status checks must pass.",
            "Nobody may rewrite or delete the branch.",
            "What `expect` asks for beyond that: more reviews, checks by name, code owners, nobody who may go past the rules.",
            "The export, or the review where it names no date, is at most 90 days old.",
        ]
    }

    fn limits(&self) -> &'static str {
        "The export is a copy that anyone with access to the repository can edit, and settings can change the next day; the host itself is not asked. Rules of an organisation show only where they were exported too. Who may go past the rules is told, and is a gap only with `no-bypass`."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"branch-rules\"\npath = \"evidence/ruleset.json\"\nexpect = \"reviews >= 2, status-checks = gate, code-owners\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let path = ask.cited()?.path.to_string();
    let expected = expected(ask).map_err(Verified::gap)?;
    let rules = ask.content(format::read)?;
    let by_name = rules.protections.iter().any(|one| one.branches.is_some());
    let here = by_name.then(|| ask.history().branches()).flatten();
    let judged = Judged::of_default(ask, &path, &rules, &expected, here.as_ref());
    let mut gaps = judged.dates();
    gaps.extend(here.and_then(|here| judged.gone(&here)));
    gaps.extend(judged.other_repository());
    gaps.extend(judged.left_out());
    gaps.extend(judged.lacks());
    Ok(Verified::from_gaps(super::at_most(gaps), || judged.proof()))
}

fn expected(ask: &Ask<'_>) -> Result<Expected, Gap> {
    let Some(text) = ask.evidence.text("expect") else { return Ok(Expected::default()) };
    branch_expect::read(&text.value).map_err(|term| {
        let message = format!("`expect` has {:?}, which asks nothing that branch rules know", one_line(&term, 60));
        Gap { cited: Some(text.span), ..Gap::failed("expect", message, format!("write it with {TERMS}")) }
    })
}

struct Judged<'a> {
    ask: &'a Ask<'a>,
    path: &'a str,
    rules: &'a BranchRules,
    /// What is in force for one and the same branch.
    active: Vec<&'a Protection>,
    expected: &'a Expected,
}

impl<'a> Judged<'a> {
    /// The rules of the default branch. Where the export does not say which that is, it is one that is here, and of several the one that
    /// is protected best.
    fn of_default(
        ask: &'a Ask<'a>,
        path: &'a str,
        rules: &'a BranchRules,
        expected: &'a Expected,
        here: Option<&BTreeSet<String>>,
    ) -> Self {
        let active = |branch: &str| -> Vec<&'a Protection> {
            let of_branch = |one: &&Protection| one.branches.as_ref().is_none_or(|names| names.contains(&branch));
            rules.protections.iter().filter(|one| one.idle.is_none()).filter(of_branch).collect()
        };
        let of = |active| Self { ask, path, rules, active, expected };
        let named = format::DEFAULTS.iter().map(|branch| (branch, of(active(branch)))).filter(|(_, one)| !one.active.is_empty());
        let gone = |branch: &str| here.is_some_and(|here| !here.contains(branch));
        let best = named.min_by_key(|(branch, one)| (gone(branch), one.lacks().len()));
        best.map_or_else(|| of(Vec::new()), |(_, best)| best)
    }

    fn gap(&self, at: std::ops::Range<usize>, fault: &'static str, says: &str, remedy: &str) -> Gap {
        self.ask.gap_at(at, fault, format!("{}: {says}", self.path), format!("{remedy}, then export again"))
    }

    fn dates(&self) -> Vec<Gap> {
        let mut gaps = Vec::new();
        match &self.rules.exported {
            Some((word, at)) => match moment::day(word) {
                Some(day) => gaps.extend(self.ask.too_old(day, &format!("the export {}", self.path)).map(|gap| self.placed(gap, at))),
                None => gaps.push(self.gap(at.clone(), "no-date", "`exported_at` is no date", "write it as YYYY-MM-DD")),
            },
            None => gaps.extend(self.ask.review_too_old(&format!("the review of {}", self.path))),
        }
        let changed = self.active.iter().filter_map(|one| {
            let (word, at) = one.updated.as_ref()?;
            let day = moment::day(word).filter(|day| *day > self.ask.reviewed)?;
            let message = format!("{}: {} was changed on {day}, after the review of {}", self.path, one.label, self.ask.reviewed);
            Some(self.placed(Gap::stale("changed", message, "review it again, then renew `reviewed`"), at))
        });
        gaps.extend(changed);
        gaps
    }

    fn placed(&self, gap: Gap, at: &std::ops::Range<usize>) -> Gap {
        Gap { at: self.ask.range(at.clone()), ..gap }
    }

    /// The export of another repository than this one, as far as it is known which this is: by `names`, the manifest or a remote.
    fn other_repository(&self) -> Option<Gap> {
        let software = if self.rules.is_gitlab { "gitlab" } else { "github" };
        let slugs = self.active.iter().filter_map(|one| Some((one, Slug::at(software, one.source.as_deref()?)?)));
        let named =
            |slug: &Slug| self.ask.evidence.names.iter().any(|name| Slug::at(software, &name.value).is_some_and(|own| own.is(slug)));
        let strange =
            slugs.filter(|(_, slug)| !named(slug)).find_map(|(one, slug)| Some((one, self.ask.home_beside(&slug)?.clone(), slug)));
        if let Some((one, ours, theirs)) = strange {
            let says = format!("{} is of {theirs}, and this repository is {ours}", one.label);
            return Some(self.gap(
                one.at.clone(),
                "other-repository",
                &says,
                "export the rules of this repository, or add its name to `names`",
            ));
        }
        if self.ask.evidence.names.is_empty() {
            return None;
        }
        let is_own = |source: &str| self.ask.is_named(source) || source.rsplit('/').next().is_some_and(|name| self.ask.is_named(name));
        let other = self.active.iter().find_map(|one| Some((one, one.source.as_deref().filter(|source| !is_own(source))?)));
        other.map(|(one, source)| {
            let says = format!("{} is of {}, not of {}", one.label, one_line(source, 80), self.ask.names());
            self.gap(one.at.clone(), "other-repository", &says, "export the rules of this repository, or add its name to `names`")
        })
    }

    /// A ruleset of the organisation that is not for this repository.
    fn left_out(&self) -> Option<Gap> {
        let is_own = |name: &str| self.ask.is_named(name);
        let other = self.active.iter().find_map(|one| Some((one, one.repositories.as_ref()?))).and_then(|(one, repositories)| {
            Some((one, repositories, repositories.take_in(is_own))).filter(|(.., taken)| *taken != Some(true))
        });
        other.map(|(one, repositories, taken)| {
            let says = match taken {
                Some(_) => format!("{} is not for the repository of {}", one.label, self.ask.names()),
                None => {
                    format!("whether {} is for the repository of {} depends on patterns that are not followed", one.label, self.ask.names())
                }
            };
            let remedy = "let it take this repository in by name, or add the repository's name to `names`";
            self.gap(repositories.at.clone(), "other-repository", &says, remedy)
        })
    }

    /// Rules that are all for a branch by a name that no branch of this repository has.
    fn gone(&self, here: &BTreeSet<String>) -> Option<Gap> {
        let first = self.active.first()?;
        let names: Vec<&str> = self.active.iter().map(|one| one.branches.as_deref()).collect::<Option<Vec<_>>>()?.concat();
        let own = format::DEFAULTS.iter().find(|name| here.contains(**name))?;
        let name = names.first().filter(|_| !names.iter().any(|name| here.contains(*name)))?;
        let says = format!("{} is for the branch {name}, which this clone does not have; it has {own}", first.label);
        let remedy =
            "let the rules take the default branch in (~DEFAULT_BRANCH), or say in the export which one that is (`default_branch`)";
        Some(self.gap(first.at.clone(), "gone-branch", &says, remedy))
    }

    /// What the default branch lacks.
    fn lacks(&self) -> Vec<Gap> {
        let Some(first) = self.active.first() else { return self.idle() };
        let at = || first.at.clone();
        let mut gaps = Vec::new();
        gaps.extend(self.reviews(first));
        if let Some(gap) = self.checks(first) {
            gaps.push(gap);
        }
        if !self.active.iter().any(|one| one.no_force_push) {
            gaps.push(self.gap(at(), "force-push", "the default branch may be rewritten by a forced push", "block force pushes"));
        }
        if !self.active.iter().any(|one| one.no_deletion) {
            gaps.push(self.gap(at(), "deletion", "the default branch may be deleted", "restrict deletions"));
        }
        if self.expected.code_owners && !self.active.iter().any(|one| one.code_owners) {
            gaps.push(self.gap(at(), "no-code-owners", "code owners need not approve", "require review from code owners"));
        }
        if self.expected.no_bypass {
            gaps.extend(self.active.iter().filter_map(|one| self.bypassed(one)));
        }
        gaps
    }

    /// Nothing is in force: why, of each.
    fn idle(&self) -> Vec<Gap> {
        let told = self.rules.protections.iter().filter_map(|one| one.idle.as_ref().map(|(why, at)| (one, why, at)));
        told.map(|(one, why, at)| {
            let says = format!("{} does not protect the default branch: {why}", one.label);
            self.gap(at.clone(), "idle", &says, "put a rule into force for the default branch")
        })
        .collect()
    }

    fn reviews(&self, first: &Protection) -> Option<Gap> {
        let wanted = self.expected.reviews;
        if let Some((who, at)) = self.active.iter().find_map(|one| one.direct.as_ref()) {
            let says = format!("{who} may push to the default branch without a merge request");
            return Some(self.gap(at.clone(), "direct-push", &says, "allow nobody to push"));
        }
        if !self.active.iter().any(|one| one.pull_request) {
            let says = "the default branch changes without a pull request";
            return Some(self.gap(first.at.clone(), "no-pull-request", says, "require a pull request before merging"));
        }
        let most = self.active.iter().filter_map(|one| one.reviews.as_ref()).max_by_key(|(number, _)| *number);
        match most {
            Some((number, _)) if *number >= wanted => None,
            Some((number, at)) => {
                let says = format!("a change needs {}, where {wanted} must be", crate::text::count(*number, "approval"));
                Some(self.gap(at.clone(), "few-reviews", &says, "require more approvals"))
            }
            None => {
                let says = "it does not say how many approvals a change needs";
                Some(self.gap(first.at.clone(), "no-reviews", says, "require approvals, and export the approval rules too"))
            }
        }
    }

    fn checks(&self, first: &Protection) -> Option<Gap> {
        let required: Vec<&str> = self.active.iter().flat_map(|one| one.checks.iter().map(String::as_str)).collect();
        if required.is_empty() {
            let says = "no status check must pass before a merge";
            return Some(self.gap(first.at.clone(), "no-checks", says, "require status checks (GitLab: pipelines must succeed)"));
        }
        let missing = self.expected.checks.iter().find(|name| !required.contains(&name.as_str()))?;
        let says =
            format!("the check {} need not pass; those that must are {}", one_line(missing, 60), one_line(&required.join(", "), 200));
        let gap = self.gap(first.at.clone(), "no-check", &says, "require it, or correct `expect`");
        Some(Gap { cited: self.ask.evidence.text("expect").map(|text| text.span), ..gap })
    }

    fn bypassed(&self, one: &Protection) -> Option<Gap> {
        let says = match &one.bypass {
            Some(who) if who.is_empty() => return None,
            Some(who) => format!("{} may be passed by {}", one.label, one_line(&who.join(", "), 200)),
            None if self.rules.is_gitlab => return None,
            None => format!("{} does not say who may go past it", one.label),
        };
        Some(self.gap(one.at.clone(), "bypass", &says, "let nobody go past it, and export it with the rights to see that"))
    }

    fn proof(&self) -> Proof {
        let labels: Vec<&str> = self.active.iter().map(|one| one.label.as_str()).collect();
        let source = self.active.iter().find_map(|one| one.source.as_deref()).map(|source| format!(" of {source}")).unwrap_or_default();
        let reviews = self.active.iter().filter_map(|one| one.reviews.as_ref()).map(|(number, _)| *number).max().unwrap_or(0);
        let checks: Vec<&str> = self.active.iter().flat_map(|one| one.checks.iter().map(String::as_str)).collect();
        let bypass: Vec<&str> = self.active.iter().filter_map(|one| one.bypass.as_ref()).flatten().map(String::as_str).collect();
        let past = match bypass.as_slice() {
            [] if self.active.iter().all(|one| one.bypass.is_some()) => "nobody may go past them".to_owned(),
            [] => "who may go past them does not stand in it".to_owned(),
            who => format!("they may be passed by {}", who.join(", ")),
        };
        let says = format!(
            "{}{source}: by {}, a change of the default branch needs {} and {}; {past}",
            self.path,
            labels.join(" and "),
            crate::text::count(reviews, "approval"),
            checks.join(", "),
        );
        Proof::new(Assurance::Evidenced, one_line(&says, limits::MESSAGE_CHARS))
    }
}
