//! What runs a script, and when it takes one for failed ("Setting a default shell and working directory", `jobs.<id>.steps[*].shell`).

/// Switches of a shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Options {
    /// The first failure ends the script (`-e`).
    pub errexit: bool,
    /// A pipe fails where any of its commands does; none where it hangs on the shell.
    pub pipefail: Option<bool>,
}

impl Options {
    /// Takes what `set`, or a shell's command line, switches.
    pub(super) fn set<'w>(&mut self, words: impl IntoIterator<Item = &'w str>) {
        let mut named = None;
        for word in words {
            if let Some(on) = named.take() {
                match word {
                    "errexit" => self.errexit = on,
                    "pipefail" => self.pipefail = Some(on),
                    _ => {}
                }
                continue;
            }
            let on = word.starts_with('-');
            if word.starts_with("--") || !word.starts_with(['-', '+']) {
                continue;
            }
            if word.contains('e') {
                self.errexit = on;
            }
            if word.ends_with('o') {
                named = Some(on);
            }
        }
    }
}

/// What runs a script.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Interpreter {
    /// A shell as of POSIX.
    Shell(Options),
    /// PowerShell or cmd: a program's failure counts where no other program runs after it.
    LastProgram,
    /// A program that runs what it is given, in a way that is not followed.
    Other,
    /// It does not tell whether it runs the script at all.
    Unknown,
}

/// What GitLab's runner has: `set -o pipefail` where the shell knows it.
pub const GITLAB: Interpreter = Interpreter::Shell(Options { errexit: true, pipefail: None });

/// Programs that are known to run a script whose file they are given.
const RUNNERS: &[&str] = &[
    "python",
    "python3",
    "perl",
    "ruby",
    "node",
    "php",
    "Rscript",
    "julia",
    "nu",
    "fish",
    "micromamba-shell",
    "wsl-bash",
    "msys2",
    "alpine.sh",
    "cpa.sh",
];

/// Switches with which they do something else.
const OTHERWISE: &[&str] = &["-c", "-e", "-m", "-n", "-p", "--eval", "--check"];

/// Shells as of POSIX.
const SHELLS: &[&str] = &["bash", "sh", "dash", "zsh", "ksh", "ash"];

impl Interpreter {
    /// What a `shell` names; without one, what the runner has.
    pub fn of(shell: Option<&str>, is_windows: bool) -> Self {
        let plain = |pipefail| Self::Shell(Options { errexit: true, pipefail: Some(pipefail) });
        let Some(shell) = shell else { return if is_windows { Self::LastProgram } else { plain(false) } };
        let mut words = shell.split_whitespace();
        let program = words.next().unwrap_or_default();
        let name = program.rsplit(['/', '\\']).next().unwrap_or_default().trim_end_matches(".exe");
        let rest: Vec<&str> = words.collect();
        match (name, rest.as_slice()) {
            ("bash", []) => plain(true),
            ("sh", []) => plain(false),
            ("pwsh" | "powershell" | "cmd", []) => Self::LastProgram,
            ("python", []) => Self::Other,
            _ if !shell.contains("{0}") => Self::Unknown,
            // A shell that lies in the repository is whatever the repository makes it.
            (name, rest) if SHELLS.contains(&name) && !program.starts_with('.') => Self::shell(rest),
            ("pwsh" | "powershell" | "cmd", _) => Self::LastProgram,
            // Switches may hand the program something else to do.
            (_, rest) if RUNNERS.contains(&name) && !rest.iter().any(|word| OTHERWISE.contains(word)) => Self::Other,
            // `nix develop --command bash -e {0}`: what comes before the shell is on the way to it.
            (_, rest) => match rest.iter().position(|word| SHELLS.contains(word)) {
                Some(at) if Self::shell(rest.get(at + 1..).unwrap_or_default()) != Self::Unknown => Self::Other,
                _ => Self::Unknown,
            },
        }
    }

    /// A shell with its own switches, which says what file it runs.
    fn shell(words: &[&str]) -> Self {
        let mut options = Options { errexit: false, pipefail: Some(false) };
        let file =
            words.iter().position(|word| !word.starts_with(['-', '+']) && !matches!(*word, "errexit" | "pipefail" | "nounset" | "xtrace"));
        let flags = words.get(..file.unwrap_or(words.len())).unwrap_or_default();
        // With `-c` the next word is the script, with `-n`, `-D` or `--help` nothing is run, and `--rcfile` takes the script for another file.
        let is_known = |word: &&str| match word.strip_prefix("--") {
            Some(long) => matches!(long, "noprofile" | "norc" | "login" | "posix" | "noediting" | "restricted" | "verbose"),
            None => {
                word.chars().all(|c| matches!(c, '-' | '+' | 'e' | 'u' | 'x' | 'v' | 'l' | 'i' | 'o' | 'E' | 'a' | 'T'))
                    || !word.starts_with(['-', '+'])
            }
        };
        if file != words.len().checked_sub(1) || !flags.iter().all(is_known) || file.and_then(|at| words.get(at)) != Some(&"{0}") {
            return Self::Unknown;
        }
        options.set(flags.iter().copied());
        Self::Shell(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(shell: &str) -> Interpreter {
        Interpreter::of(Some(shell), false)
    }

    fn shell(errexit: bool, pipefail: bool) -> Interpreter {
        Interpreter::Shell(Options { errexit, pipefail: Some(pipefail) })
    }

    #[test]
    fn named_shells_and_command_lines_are_told_apart() {
        assert_eq!(Interpreter::of(None, false), shell(true, false));
        assert_eq!(Interpreter::of(None, true), Interpreter::LastProgram);
        for text in ["bash --help {0}", "bash -D {0}", "bash --rcfile {0} -e", "./bash -e {0}", "bash -e {0} || bash {0}"] {
            assert_eq!(of(text), Interpreter::Unknown, "{text}");
        }
        assert_eq!(of("bash"), shell(true, true));
        assert_eq!(of("sh"), shell(true, false));
        assert_eq!(of("bash {0}"), shell(false, false));
        assert_eq!(of("bash -l {0}"), shell(false, false));
        assert_eq!(of("bash -el {0}"), shell(true, false));
        assert_eq!(of("bash --noprofile --norc -eo pipefail {0}"), shell(true, true));
        assert_eq!(of("/usr/bin/bash -e -o pipefail {0}"), shell(true, true));
        assert_eq!(of("python"), Interpreter::Other);
        assert_eq!(of("micromamba-shell {0}"), Interpreter::Other);
        assert_eq!(of("nix develop --command bash -e {0}"), Interpreter::Other);
        assert_eq!(of("pwsh -command \". '{0}'\""), Interpreter::LastProgram);
        for shell in
            ["cat {0}", "bash -c true {0}", "true", "bash -n {0}", "bash other {0}", "echo {0}", "", "bash -e", "python -c pass {0}"]
        {
            assert_eq!(of(shell), Interpreter::Unknown, "{shell}");
        }
    }
}
