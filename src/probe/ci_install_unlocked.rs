//! `ci-install-unlocked`: CI installs dependencies in a way that passes over the lockfile, though there is one.

use super::{Probe, Scene, Sighting, ci};
use crate::formats::workflow::{Job, Step, shell};
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct CiInstallUnlocked;

impl Probe for CiInstallUnlocked {
    fn name(&self) -> &'static str {
        "ci-install-unlocked"
    }

    fn looks_at(&self) -> &'static str {
        "Commands of the product's GitHub workflows and GitLab configuration: `npm install` without a package where a package-lock.json is tracked, and installs that switch the lockfile off (`--no-frozen-lockfile`, `--no-immutable`, `--no-package-lock`)."
    }

    fn limits(&self) -> &'static str {
        "Other tools' ways to install without a lockfile are too common beside harmless uses to be told, and scripts of the product's own are not read. A job that commits or proposes what it installed renews the lockfile, and is left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let tracks_lockfile =
            scene.shipped_with(&["json"], |path| matches!(path.file_name(), "package-lock.json" | "npm-shrinkwrap.json")).next().is_some();
        let mut seen = Vec::new();
        for found in ci::workflows(scene, None) {
            let jobs = found.workflow.jobs.iter().filter(|job| !renews_the_lockfile(job));
            let steps = jobs.flat_map(|job| &job.steps).filter(|step| !is_of_others(step));
            let lines = steps.flat_map(|step| &step.run);
            for (line, at) in lines.filter(|(line, _)| shell::commands(line).any(|command| is_unlocked(command, tracks_lockfile))) {
                let message = format!("{} installs past the lockfile: `{}`", found.path(), one_line(line, 100));
                seen.extend(scene.sighting(&found.file, at.clone(), message));
            }
        }
        seen
    }
}

/// Whether a job proposes or commits what it installed: writing the lockfile anew is then its purpose.
fn renews_the_lockfile(job: &Job) -> bool {
    const ACTIONS: &[&str] = &["create-pull-request", "git-auto-commit", "add-and-commit"];
    job.steps.iter().any(|step| {
        let acts = step.uses.as_ref().is_some_and(|(action, _)| ACTIONS.iter().any(|name| action.contains(name)));
        let commits =
            |line: &str| shell::commands(line).any(|command| command.starts_with("git commit") || command.starts_with("gh pr create"));
        acts || step.run.iter().any(|(line, _)| commits(line))
    })
}

/// Whether a step works in a dependency's own folder, whose lockfile is not the product's.
fn is_of_others(step: &Step) -> bool {
    step.folder.as_ref().is_some_and(|folder| folder.split('/').any(|part| part == "node_modules"))
}

fn is_unlocked(command: &str, tracks_lockfile: bool) -> bool {
    let words: Vec<&str> = command.split_whitespace().collect();
    let has = |flag: &str| words.contains(&flag);
    match words.as_slice() {
        ["npm", "install" | "i", flags @ ..] => {
            let bare = flags.iter().all(|flag| flag.starts_with('-'));
            let elsewhere = has("-g") || has("--global") || has("--package-lock-only");
            has("--no-package-lock") || (tracks_lockfile && bare && !elsewhere)
        }
        ["pnpm", "install" | "i", ..] => has("--no-frozen-lockfile"),
        ["yarn", ..] => has("--no-immutable") || has("--no-lockfile") || has("--pure-lockfile"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_clear_cases_are_told() {
        for command in ["npm install", "npm i --no-audit", "pnpm install --no-frozen-lockfile", "yarn install --no-immutable"] {
            assert!(is_unlocked(command, true), "{command}");
        }
        for command in
            ["npm ci", "npm install -g npm@11", "npm install left-pad", "npm install --package-lock-only", "pnpm install", "yarn"]
        {
            assert!(!is_unlocked(command, true), "{command}");
        }
        assert!(!is_unlocked("npm install", false));
    }
}
