//! Variables that steer a shell before it reads its script (bash, "Bash Variables", "Bash Startup Files"): they switch `-e` off or on, or
//! have another script run first, which may define a function in place of any program.

use crate::formats::tree::Node;

/// Variables that shells as of POSIX and bash obey.
const STEERING: &[&str] = &["SHELLOPTS", "BASHOPTS", "BASH_ENV", "ZDOTDIR", "ENV"];
/// How the environment hands a function to bash.
const FUNCTION: &str = "BASH_FUNC_";
/// In place of a name where the table is an expression.
const COMPUTED: &str = "variables that are computed";

/// Those among the keys of these tables; of one that is computed it is not told.
pub(super) fn steering<'n, 't: 'n>(tables: impl IntoIterator<Item = &'n Node<'t>>) -> Vec<String> {
    let mut found = Vec::new();
    for table in tables {
        if table.scalar().is_some_and(|text| text.contains("${{")) {
            found.push(COMPUTED.to_owned());
        }
        let named = table.entries().iter().map(|entry| entry.key.as_ref());
        found.extend(named.filter(|name| STEERING.contains(name) || name.starts_with(FUNCTION)).map(str::to_owned));
    }
    found
}

/// The first of these that a shell obeys: `ENV` only where it is interactive, or a Korn shell.
pub fn steers<'n>(names: &'n [String], shell: &str) -> Option<&'n str> {
    let reads_env = shell.contains("ksh")
        || shell.split_whitespace().any(|word| !word.starts_with("--") && word.starts_with('-') && word.contains('i'));
    names.iter().map(String::as_str).find(|name| *name != "ENV" || reads_env)
}

/// The first of them that a script names: it may set it for what it starts, or for the steps after it.
pub fn named_in(script: &str) -> Option<&'static str> {
    ["SHELLOPTS", "BASHOPTS", "BASH_ENV", "BASH_FUNC_"].into_iter().find(|name| script.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::formats::tree::{Syntax, read};

    #[test]
    fn variables_that_steer_a_shell_are_found() {
        let names = |text: &str| steering([&read(Syntax::Yaml, text).unwrap()]);
        assert_eq!(names("BASH_ENV: a.sh\nCI: 1\nSHELLOPTS: igncr\n"), ["BASH_ENV", "SHELLOPTS"]);
        assert_eq!(names("BASH_FUNC_cargo%%: '() { true; }'\n"), ["BASH_FUNC_cargo%%"]);
        assert_eq!(names("${{ fromJSON(vars.ENVIRONMENT) }}"), [COMPUTED]);
        assert!(names("RUST_LOG: debug\nENVIRONMENT: x\n").is_empty());
    }

    #[test]
    fn only_interactive_and_korn_shells_read_env() {
        let names = ["ENV".to_owned()];
        assert_eq!(steers(&names, ""), None);
        assert_eq!(steers(&names, "bash --noprofile -e {0}"), None);
        assert_eq!(steers(&names, "sh -ei {0}"), Some("ENV"));
        assert_eq!(steers(&names, "ksh {0}"), Some("ENV"));
        assert_eq!(steers(&["ENV".to_owned(), "BASH_ENV".to_owned()], "bash"), Some("BASH_ENV"));
    }
}
