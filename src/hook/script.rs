//! The hook's own text: a POSIX shell script that starts the program and decides nothing.

/// How every version of the script is told from other hooks.
const MARK: &str = "# Portcullis pre-push hook.";
/// What the hook that was there before is called.
pub(super) const PREVIOUS: &str = "pre-push.before-portcullis";

/// What the script is told when it is installed.
pub(super) struct Told<'t> {
    /// The program that installed it, for when none is on the path.
    pub(super) program: &'t str,
    /// Arguments of `hook run pre-push`.
    pub(super) arguments: &'t [String],
}

/// Whether a hook is ours.
pub(super) fn is_ours(text: &[u8]) -> bool {
    let head = text.get(..400.min(text.len())).unwrap_or_default();
    String::from_utf8_lossy(head).lines().nth(1).is_some_and(|line| line == MARK)
}

/// Whether a hook is made anew by another program that looks at its own name, so that it cannot be renamed.
pub(super) fn is_husky(text: &[u8], folder: &std::path::Path) -> bool {
    let text = String::from_utf8_lossy(text);
    folder.ends_with(".husky/_") || text.contains("husky.sh") || text.contains("\"${0%/*}/h\"")
}

/// The script.
pub(super) fn text(told: &Told<'_>) -> String {
    let arguments: String = told.arguments.iter().map(|argument| format!(" {}", quoted(argument))).collect();
    format!(
        r#"#!/bin/sh
{MARK}
# It judges the commits that are pushed, whatever lies in the work tree, and runs the hook that was here before it.
# Written by `portcullis hook install`; `portcullis hook install --uninstall` puts back what was here.

# The dot keeps the last line break.
refs=$(cat && echo .) || exit 2
refs=${{refs%.}}

previous=${{0%/*}}/{PREVIOUS}
if [ -x "$previous" ]; then
  printf '%s' "$refs" 2>/dev/null | "$previous" "$@" || exit $?
fi

portcullis=$(command -v portcullis) || portcullis={program}
if ! [ -x "$portcullis" ]; then
  echo "portcullis: there is no such program, so what is pushed cannot be judged; install it, or push with --no-verify" >&2
  exit 2
fi
printf '%s' "$refs" | "$portcullis" hook run pre-push{arguments} -- "$@"
"#,
        program = quoted(told.program),
    )
}

/// A word of the shell that stands for just this text.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_known_again_and_another_hook_is_not() {
        let arguments = ["-C".to_owned(), "it's".to_owned()];
        let script = text(&Told { program: "/opt/a b/portcullis", arguments: &arguments });
        assert!(is_ours(script.as_bytes()));
        assert!(script.contains("|| portcullis='/opt/a b/portcullis'\n"), "{script}");
        assert!(script.contains(r"hook run pre-push '-C' 'it'\''s' -- "), "{script}");
        assert!(!is_ours(b"#!/bin/sh\nexit 0\n"));
        assert!(!is_ours(b"#!/bin/sh"));
    }
}
