//! `update-config`: a bot that proposes updates of everything that the product is built from.
//!
//! The configuration is compared with the tree, folder by folder, so that a new lockfile that nobody told the bot about shows.

use super::{Ask, Gap, Proof, Verified, Verifier, effort, update_needs};
use crate::formats::update_config::{self as format, Bot, Cover, Need, UpdateConfig};
use crate::limits;
use crate::model::outcome::Assurance;
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct UpdateConfiguration;

impl Verifier for UpdateConfiguration {
    fn kind(&self) -> &'static str {
        "update-config"
    }

    fn checks(&self) -> &'static [&'static str] {
        &[
            "It is the configuration of Dependabot (version 2) or of Renovate and lies where the bot looks, first of several.",
            "It has what the bot needs to take it: ecosystem, folder and interval of each item, values of the right type.",
            "It is not switched off: `enabled: false`, `open-pull-requests-limit: 0`, everything ignored.",
            "It covers every ecosystem of the product's tracked manifests and lockfiles in its folder, and GitHub Actions and Dockerfiles where they are used.",
        ]
    }

    fn limits(&self) -> &'static str {
        "Whether the bot is installed, runs, and has its pull requests merged does not stand in the file. Presets of other repositories are not followed. Manifests without a lockfile below another one of the same ecosystem count as its members. Composite actions, Compose files, submodules, Terraform and Helm are not looked for."
    }

    fn example(&self) -> &'static str {
        "[[attestation.evidence]]\nkind = \"update-config\"\npath = \".github/dependabot.yml\"\n"
    }

    fn verify(&self, ask: &Ask<'_>) -> Verified {
        match judge(ask) {
            Ok(verified) | Err(verified) => verified,
        }
    }
}

fn judge(ask: &Ask<'_>) -> Result<Verified, Verified> {
    let file = ask.cited()?;
    let path = file.path.to_string();
    let name = file.path.file_name();
    let Some(bot) = Bot::of(name) else {
        let message = format!("{path} is no configuration of Dependabot or Renovate, by its name");
        return Err(Verified::gap(Gap::failed("no-config", message, "cite .github/dependabot.yml or renovate.json")));
    };
    in_its_place(ask, bot, &path).map_err(Verified::gap)?;
    let config = ask.content(|text| format::read(bot, name, text))?;
    let mut gaps: Vec<Gap> = config
        .faults()
        .iter()
        .map(|fault| ask.gap_at(fault.at.clone(), fault.name, format!("{path} {}", fault.says), fault.remedy))
        .collect();
    let (mut covered, mut unsure) = (Vec::new(), config.unknown().to_vec());
    // What a configuration as a whole does not do, it does for no ecosystem: that is told once.
    let needs: &[Need] = if gaps.is_empty() { update_needs::needs(ask) } else { &[] };
    if needs.len().saturating_mul(file.bytes.len()) > limits::UPDATE_COMPARISONS {
        let message = format!("{path} was not compared with the tree: there are {} folders to update, and it is long", needs.len());
        return Err(Verified::doubt(message, "use patterns (`directories`) instead of an item for each folder"));
    }
    ask.memo.effort.take(needs.len().saturating_mul(file.bytes.len()) / effort::DIGESTED);
    for need in needs {
        match config.covers(need) {
            Cover::Yes => covered.push(need),
            Cover::No(why, at) => {
                let message = format!("{path} does not keep {} in {} up to date: {why}", need.ecosystem.name, one_line(&need.path, 120));
                gaps.push(ask.gap_at(at, "uncovered", message, "let the bot look there, or remove what is not used"));
            }
            Cover::Unsure(why) => unsure.push(format!("for {} {why}", one_line(&need.path, 80))),
        }
    }
    gaps.extend(ask.review_too_old(&format!("the review of {path}")));
    Ok(Verified::from_gaps(super::at_most(gaps), || proof(bot, &path, &config, &covered, &unsure)))
}

/// That the bot reads this file and not another one.
fn in_its_place(ask: &Ask<'_>, bot: Bot, path: &str) -> Result<(), Gap> {
    let places = bot.paths();
    if !places.contains(&path) {
        let message = format!("{path} is not where {} looks", bot.name());
        let first = places.first().copied().unwrap_or_default();
        return Err(Gap::failed("elsewhere", message, format!("move it to {first} at the repository's root")));
    }
    let tracked = |place: &&&str| place.parse().is_ok_and(|place| ask.view.find(&place).is_some());
    match places.iter().take_while(|place| **place != path).find(tracked) {
        Some(first) => {
            let message = format!("{path} is not read: {} takes {first}, which is there too", bot.name());
            Err(Gap::failed("shadowed", message, "keep one of the two, and cite it"))
        }
        None => Ok(()),
    }
}

fn proof(bot: Bot, path: &str, config: &UpdateConfig, covered: &[&Need], unsure: &[String]) -> Proof {
    let listed: Vec<String> = covered.iter().map(|need| format!("{} ({})", need.ecosystem.name, need.path)).collect();
    let does = match listed.as_slice() {
        [] => format!("{path}: {} is configured, and nothing was found that it would have to update", bot.name()),
        _ => format!("{path}: {} keeps up to date {}", bot.name(), listed.join(", ")),
    };
    let rests = match unsure.first() {
        Some(first) => format!("; not followed: {first}"),
        None => String::new(),
    };
    let sure = unsure.is_empty() && !covered.is_empty() && config.faults().is_empty();
    let assurance = if sure { Assurance::Verified } else { Assurance::Evidenced };
    Proof::new(assurance, one_line(&format!("{does}{rests}"), limits::MESSAGE_CHARS))
}
