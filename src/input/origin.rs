//! The public address of a remote, as far as it may be told: without credentials, and nothing at all for a local path.

use crate::limits;

const SCHEMES: &[&str] = &["https", "http", "ssh", "git"];

/// The address of a remote without user name, password, query or fragment; the short form `user@host:path` as `ssh://`.
/// None for local paths, for `file:` and other schemes, and for whatever cannot be told apart from a secret.
pub fn public_address(remote: &str) -> Option<String> {
    if remote.len() > limits::PATH_BYTES {
        return None;
    }
    if let Some((scheme, rest)) = remote.split_once("://") {
        let scheme = scheme.to_ascii_lowercase();
        let (authority, path) = rest.split_once('/')?;
        return SCHEMES.contains(&scheme.as_str()).then(|| address(&scheme, authority, path)).flatten();
    }
    let (authority, path) = remote.split_once(':')?;
    // One letter before the colon is a drive; a colon after a slash belongs to a local path, and so to no address.
    if authority.len() < 2 {
        return None;
    }
    address("ssh", authority, path)
}

fn address(scheme: &str, authority: &str, path: &str) -> Option<String> {
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
    let (name, port) = host.split_once(':').unwrap_or((&host, "0"));
    let named =
        name.starts_with(|c: char| c.is_ascii_alphanumeric()) && name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_".contains(c));
    if !named || port.is_empty() || !port.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    // A `@` after the host may be the end of a password that has a `/`, `?` or `#` in it.
    if path.contains('@') {
        return None;
    }
    let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
    if path.is_empty() || !path.chars().all(|c| c.is_ascii_alphanumeric() || "-._~/%+,=".contains(c)) {
        return None;
    }
    Some(format!("{scheme}://{host}/{path}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_lose_their_credentials() {
        for (remote, public) in [
            ("https://github.com/acme/ledger.git", "https://github.com/acme/ledger.git"),
            ("https://ci-token:s3cret@gitlab.example:8443/acme/ledger.git", "https://gitlab.example:8443/acme/ledger.git"),
            ("https://s3cret@git.example/acme/ledger/", "https://git.example/acme/ledger"),
            ("https://git.example/acme/ledger?token=s3cret#s3cret", "https://git.example/acme/ledger"),
            ("ssh://git@git.example:2222/acme/ledger.git", "ssh://git.example:2222/acme/ledger.git"),
            ("git@github.com:acme/ledger.git", "ssh://github.com/acme/ledger.git"),
            ("git.example:/srv/ledger.git", "ssh://git.example/srv/ledger.git"),
            ("HTTPS://Git.Example/Acme/Ledger", "https://git.example/Acme/Ledger"),
        ] {
            assert_eq!(public_address(remote).as_deref(), Some(public), "{remote}");
        }
    }

    #[test]
    fn local_paths_and_what_may_hold_a_secret_are_left_out() {
        for remote in [
            "/srv/git/ledger.git",
            "../ledger.git",
            "./odd:name",
            "ledger.git",
            "file:///srv/git/ledger.git",
            "C:/work/ledger",
            "C:\\work\\ledger",
            "\\\\server\\share",
            "ext::sh -c whoami",
            "https://user:12/s3cret@git.example/acme/ledger",
            "https://user:pa/ss@git.example/acme/ledger",
            "https://git.example",
            "https://git.example/",
            "https:///acme",
            "git@git.example:acme/le dger",
            "git@git.example:",
            "",
        ] {
            assert_eq!(public_address(remote), None, "{remote}");
        }
    }

    proptest! {
        #[test]
        fn no_user_name_or_password_gets_through(user in "[a-z0-9]{1,8}", secret in "[!-~]{1,12}", path in "[a-z]{1,8}") {
            let hidden = format!("Z{secret}Z");
            for remote in [format!("https://{user}:{hidden}@git.example/{path}"), format!("{user}:{hidden}@git.example:{path}")] {
                if let Some(public) = public_address(&remote) {
                    prop_assert!(!public.contains('Z') && !public.contains('@'), "{public}");
                }
            }
        }
    }
}
