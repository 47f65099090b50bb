//! Lists of the digests of a model's files: what `sha256sum` writes, with or without `--tag`, and the manifest that OpenSSF Model
//! Signing (`model_signing`, predicate `signature/v1.0`, and `Digests/v0.1` before it) signs.

use std::ops::Range;

use sha2::{Digest, Sha256};

use super::dsse::{self, Carrier};
use super::tree::{BadDocument, Node, Syntax, read};

/// What a manifest says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelManifest {
    /// How it is carried; a list of `sha256sum` is bare.
    pub carrier: Carrier,
    /// Its form, for messages.
    pub form: &'static str,
    /// The name of the model's folder, where it says one.
    pub model: Option<String>,
    /// What it lists.
    pub listed: Vec<Listed>,
}

/// A file that a manifest lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name as written.
    pub name: String,
    /// Its SHA-256 in lower case.
    pub digest: String,
    /// Where it stands in the manifest.
    pub at: Range<usize>,
}

/// Why a manifest could not be taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// It is not of its format.
    Bad(BadDocument),
    /// It is, and made in a way that this version cannot recompute.
    Unread(String),
}

impl From<BadDocument> for Fault {
    fn from(bad: BadDocument) -> Self {
        Self::Bad(bad)
    }
}

fn bad(message: impl Into<String>, at: Range<usize>) -> Fault {
    Fault::Bad(BadDocument::new(message, Some(at)))
}

/// Reads a manifest; what begins with `{` is JSON.
///
/// # Errors
/// See [`Fault`].
pub fn parse(text: &str) -> Result<ModelManifest, Fault> {
    if text.trim_start().starts_with('{') { signed(text) } else { sums(text) }
}

/// The lines of `sha256sum`, as `sha256sum --check` reads them.
fn sums(text: &str) -> Result<ModelManifest, Fault> {
    let mut listed = Vec::new();
    let mut start = 0;
    for whole in text.split_inclusive('\n') {
        let at = start..start + whole.trim_end().len();
        start += whole.len();
        let line = whole.trim_end_matches(['\n', '\r']);
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        let Some((name, digest)) = sum(line) else {
            return Err(bad(format!("a line is none that `sha256sum` writes{}", other_algorithm(line)), at));
        };
        listed.push(Listed { name, digest, at });
    }
    Ok(ModelManifest { carrier: Carrier::Bare, form: "sha256sum", model: None, listed })
}

/// Name and digest of one line: `DIGEST  NAME`, `DIGEST *NAME` or `SHA256 (NAME) = DIGEST`.
fn sum(line: &str) -> Option<(String, String)> {
    let (escaped, line) = line.strip_prefix('\\').map_or((false, line), |rest| (true, rest));
    let (name, digest) = match tagged(line) {
        Some(found) => found,
        None => {
            let (digest, rest) = line.split_at_checked(64)?;
            (rest.strip_prefix("  ").or_else(|| rest.strip_prefix(" *"))?, digest)
        }
    };
    let name = if escaped { unescaped(name)? } else { name.to_owned() };
    (is_sha256(digest) && !name.is_empty()).then(|| (name, digest.to_ascii_lowercase()))
}

/// The line of `--tag` (BSD), and that of `openssl dgst -sha256`, which `sha256sum --check` reads too.
fn tagged(line: &str) -> Option<(&str, &str)> {
    let rest = ["SHA256", "SHA2-256"].iter().find_map(|tag| line.strip_prefix(tag))?;
    let (name, digest) = rest.trim_start_matches(' ').strip_prefix('(')?.rsplit_once(')')?;
    Some((name, digest.trim_start_matches(' ').strip_prefix('=')?.trim()))
}

/// A name in which `sha256sum` wrote line breaks and backslashes as `\n`, `\r` and `\\`.
fn unescaped(name: &str) -> Option<String> {
    let mut out = String::with_capacity(name.len());
    let mut characters = name.chars();
    while let Some(character) = characters.next() {
        out.push(match character {
            '\\' => match characters.next()? {
                'n' => '\n',
                'r' => '\r',
                '\\' => '\\',
                _ => return None,
            },
            other => other,
        });
    }
    Some(out)
}

fn other_algorithm(line: &str) -> String {
    let word = line.split([' ', '(']).next().unwrap_or_default();
    let digits = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    match word {
        "MD5" | "SHA1" | "SHA512" | "SHA384" | "SHA224" | "BLAKE2b" | "BLAKE3" | "SM3" => format!(": it is of {word}"),
        _ if digits && word.len() != 64 => format!(": its digest has {} digits, where SHA-256 has 64", word.len()),
        _ => String::new(),
    }
}

fn is_sha256(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const SIGNATURE: &str = "https://model_signing/signature/v1.0";
const DIGESTS: &str = "https://model_signing/Digests/v0.1";

fn signed(text: &str) -> Result<ModelManifest, Fault> {
    let whole = read(Syntax::Json, text)?;
    match dsse::open(&whole)? {
        Some(opened) => statement(&opened.read()?, Some(&opened.at), opened.carrier.clone()),
        None => statement(&whole, None, Carrier::Bare),
    }
}

/// `carried` is where an envelope carries the statement: what stands in it has no place of its own in the file.
fn statement(node: &Node<'_>, carried: Option<&Range<usize>>, carrier: Carrier) -> Result<ModelManifest, Fault> {
    let place = |node: &Node<'_>| carried.cloned().unwrap_or_else(|| node.range());
    if node.word("_type") != Some(STATEMENT) {
        return Err(bad(format!("it is no in-toto Statement: its `_type` is not {STATEMENT}"), place(node)));
    }
    let subjects = node.at(&["subject"]).items();
    match node.word("predicateType") {
        Some(SIGNATURE) => {
            let [subject] = subjects else {
                return Err(bad("it must have one subject, the model", place(node)));
            };
            let listed = resources(node.at(&["predicate"]), &place)?;
            let root = subject.at(&["digest"]).word("sha256").unwrap_or_default();
            if root_digest(&listed) != root.to_ascii_lowercase() {
                return Err(bad(
                    "its subject's digest is not that over what it lists, so it was changed after it was made",
                    place(subject),
                ));
            }
            Ok(ModelManifest { carrier, form: "OpenSSF Model Signing", model: subject.word("name").map(str::to_owned), listed })
        }
        Some(DIGESTS) => {
            let listed = subjects.iter().map(|one| listed(one, one.at(&["digest"]).word("sha256"), place(one)));
            Ok(ModelManifest { carrier, form: "OpenSSF Model Signing", model: None, listed: listed.collect::<Result<_, _>>()? })
        }
        other => {
            let message = format!("its predicate is {:?}, which is none of OpenSSF Model Signing: {SIGNATURE}", other.unwrap_or_default());
            Err(bad(message, place(node)))
        }
    }
}

fn resources(predicate: &Node<'_>, place: &impl Fn(&Node<'_>) -> Range<usize>) -> Result<Vec<Listed>, Fault> {
    let how = predicate.at(&["serialization"]);
    if how.word("method") != Some("files") {
        let method = how.word("method").unwrap_or("nothing").to_owned();
        return Err(Fault::Unread(format!("it is serialised by {method}, where whole files are read")));
    }
    let mut found = Vec::new();
    for one in predicate.at(&["resources"]).items() {
        if let Some(algorithm) = one.word("algorithm").filter(|algorithm| *algorithm != "sha256") {
            return Err(Fault::Unread(format!("its digests are of {algorithm}, where sha256 is read")));
        }
        found.push(listed(one, one.word("digest"), place(one))?);
    }
    Ok(found)
}

fn listed(node: &Node<'_>, digest: Option<&str>, at: Range<usize>) -> Result<Listed, Fault> {
    let Some(name) = node.word("name") else { return Err(bad("it lists a file without a name", at)) };
    match digest.filter(|digest| is_sha256(digest)) {
        Some(digest) => Ok(Listed { name: name.to_owned(), digest: digest.to_ascii_lowercase(), at }),
        None => Err(bad(format!("it lists {name:?} without a SHA-256 in 64 hex digits"), at)),
    }
}

/// SHA-256 over the digests of what is listed, one after the other.
fn root_digest(listed: &[Listed]) -> String {
    let digits = |text: &str, at: usize| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or_default();
    let bytes: Vec<u8> = listed.iter().flat_map(|one| (0..64).step_by(2).map(|at| digits(&one.digest, at))).collect();
    Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SUM: &str = "b2713614807f3b6c52da0785b956cad85536f8670d2e67a089681af1452ba879";

    fn names(text: &str) -> Vec<String> {
        parse(text).unwrap().listed.into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn every_line_that_sha256sum_checks_is_read() {
        let text = format!(
            "# made by the release job\n{SUM}  a b.gguf\n{SUM} *c.onnx\n\nSHA256 (d (1).pt) = {SUM}\nSHA2-256(e.pt)= {SUM}\n\\{SUM}  f\\\\g\\nh.pt\r\n{}  i.pt",
            SUM.to_uppercase()
        );
        assert_eq!(names(&text), ["a b.gguf", "c.onnx", "d (1).pt", "e.pt", "f\\g\nh.pt", "i.pt"]);
        assert!(parse(&text).unwrap().listed.iter().all(|one| one.digest == SUM));
    }

    #[test]
    fn each_line_has_its_place() {
        let text = format!("{SUM}  a.gguf\n{SUM}  b.gguf\n");
        let places: Vec<String> = parse(&text).unwrap().listed.iter().map(|one| text.get(one.at.clone()).unwrap().to_owned()).collect();
        assert_eq!(places, [format!("{SUM}  a.gguf"), format!("{SUM}  b.gguf")]);
    }

    #[test]
    fn what_is_no_line_of_sha256sum_is_named() {
        for (text, says) in [
            ("MD5 (a) = d41d8cd98f00b204e9800998ecf8427e", "it is of MD5"),
            ("d41d8cd98f00b204e9800998ecf8427e  a", "has 32 digits"),
            ("The weights are fine.", "none that `sha256sum` writes"),
            (&format!("{SUM} a"), "none that `sha256sum` writes"),
            (&format!("\\{SUM}  a\\q"), "none that `sha256sum` writes"),
        ] {
            match parse(text) {
                Err(Fault::Bad(bad)) => assert!(bad.message.contains(says), "{text}: {}", bad.message),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn a_statement_whose_root_is_not_over_its_files_is_refused() {
        let statement = |root: &str| {
            format!(
                r#"{{"_type":"{STATEMENT}","subject":[{{"name":"m","digest":{{"sha256":"{root}"}}}}],"predicateType":"{SIGNATURE}",
                "predicate":{{"serialization":{{"method":"files"}},"resources":[{{"name":"a.gguf","algorithm":"sha256","digest":"{SUM}"}}]}}}}"#
            )
        };
        let root = root_digest(&[Listed { name: String::new(), digest: SUM.into(), at: 0..0 }]);
        assert_eq!(names(&statement(&root)), ["a.gguf"]);
        assert!(matches!(parse(&statement(SUM)), Err(Fault::Bad(bad)) if bad.message.contains("changed after it was made")));
        let shards = statement(&root).replace("\"files\"", "\"shards\"");
        assert!(matches!(parse(&shards), Err(Fault::Unread(why)) if why.contains("shards")));
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_a_panic(text in any::<String>()) {
            let _ = parse(&text);
        }

        #[test]
        fn what_sha256sum_writes_is_read_back(name in "[a-z0-9 ()=*/.-]{1,20}") {
            prop_assume!(!name.starts_with(' ') && !name.starts_with('*'));
            prop_assert_eq!(names(&format!("{SUM}  {name}\n")), vec![name.clone()]);
            prop_assert_eq!(names(&format!("SHA256 ({name}) = {SUM}\n")), vec![name]);
        }
    }
}
