//! The texts of a store's listing as fastlane and Gradle Play Publisher keep them: one file for each field, in one folder for each language.
//!
//! Fields: `fastlane supply` (<https://docs.fastlane.tools/actions/upload_to_play_store/>), `fastlane deliver`
//! (<https://docs.fastlane.tools/actions/upload_to_app_store/>), Gradle Play Publisher. Bounds, in characters: Play Console Help, "Create and
//! set up your app" and "Prepare and roll out a release"; App Store Connect Help, "App information" and "Platform version information".

/// A store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Google Play, and F-Droid, which reads the same files.
    Play,
    /// Apple's App Store.
    AppStore,
}

impl Store {
    /// Its name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Play => "Google Play",
            Self::AppStore => "the App Store",
        }
    }

    /// The fields of its listings.
    pub fn fields(self) -> &'static [Field] {
        match self {
            Self::Play => PLAY,
            Self::AppStore => APP_STORE,
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// The app's name.
    Name,
    /// Text of at least one character and at most this many.
    Text,
    /// A web address with TLS.
    Address,
}

/// One field of a listing.
#[derive(Debug, PartialEq, Eq)]
pub struct Field {
    /// Its names as files, without `.txt`: fastlane's, then Gradle Play Publisher's.
    pub files: &'static [&'static str],
    /// What it is, for messages.
    pub what: &'static str,
    /// Whether the store asks for it.
    pub required: bool,
    /// What it holds.
    pub holds: Holds,
    /// Most characters.
    pub most: usize,
}

const fn field(files: &'static [&'static str], what: &'static str, required: bool, holds: Holds, most: usize) -> Field {
    Field { files, what, required, holds, most }
}

use Holds::{Address, Name, Text};

const PLAY: &[Field] = &[
    field(&["title"], "title", true, Name, 30),
    field(&["short_description", "short-description"], "short description", true, Text, 80),
    field(&["full_description", "full-description"], "full description", true, Text, 4_000),
];

const APP_STORE: &[Field] = &[
    field(&["name"], "name", true, Name, 30),
    field(&["subtitle"], "subtitle", false, Text, 30),
    field(&["description"], "description", true, Text, 4_000),
    field(&["keywords"], "keywords", false, Text, 100),
    field(&["promotional_text"], "promotional text", false, Text, 170),
    field(&["release_notes"], "release notes", false, Text, 4_000),
    field(&["privacy_url"], "privacy policy address", true, Address, 2_000),
    field(&["support_url"], "support address", true, Address, 2_000),
    field(&["marketing_url"], "marketing address", false, Address, 2_000),
];

/// Most characters of what Google Play shows as new in a release.
pub const CHANGELOG_CHARS: usize = 500;

/// The store and the folder of a language that a file belongs to, by its path; none where it is no text of a listing.
pub fn place(path: &str) -> Option<(Store, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    let stem = file.strip_suffix(".txt")?;
    let is_field = |store: Store| store.fields().iter().any(|field| field.files.contains(&stem));
    if let Some(language) = folder.strip_suffix("/changelogs").filter(|_| is_version(stem)) {
        return Some((Store::Play, language));
    }
    [Store::Play, Store::AppStore].into_iter().find(|store| is_field(*store)).map(|store| (store, folder))
}

/// Whether a changelog's name is that of a version: its code, or `default`.
fn is_version(stem: &str) -> bool {
    stem == "default" || !stem.is_empty() && stem.bytes().all(|byte| byte.is_ascii_digit())
}

/// The code of the version that a changelog is about; none of `default`.
pub fn version_code(file_name: &str) -> Option<u64> {
    file_name.strip_suffix(".txt")?.parse().ok()
}

/// Whether a text has another in it as words of their own, whatever their case and the blanks between them.
///
/// Letters of scripts that write words together, or join endings to them, part words wherever they stand.
pub fn stands_in(text: &str, wanted: &str) -> bool {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let (text, wanted) = (plain(text), plain(wanted));
    let (Some(first), Some(last)) = (wanted.chars().next(), wanted.chars().next_back()) else { return false };
    let goes_on = |inner: char, outer: Option<char>| is_of_word(inner) && outer.is_some_and(is_of_word);
    text.match_indices(&wanted).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + wanted.len()..).and_then(|after| after.chars().next());
        !goes_on(first, before) && !goes_on(last, after)
    })
}

/// Whether a character makes a longer word of what stands beside it.
fn is_of_word(character: char) -> bool {
    let together = matches!(character,
        '\u{e00}'..='\u{eff}' // Thai, Lao
        | '\u{1000}'..='\u{109f}' // Burmese
        | '\u{1780}'..='\u{17ff}' // Khmer
        | '\u{3040}'..='\u{30ff}' // Kana
        | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' // Han
        | '\u{ac00}'..='\u{d7af}' // Hangul
    );
    character.is_alphanumeric() && !together
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_path_tells_store_and_language() {
        for (path, found) in [
            ("fastlane/metadata/android/en-GB/title.txt", Some((Store::Play, "fastlane/metadata/android/en-GB"))),
            ("app/src/main/play/listings/en-GB/full-description.txt", Some((Store::Play, "app/src/main/play/listings/en-GB"))),
            ("metadata/android/en-GB/changelogs/120.txt", Some((Store::Play, "metadata/android/en-GB"))),
            ("fastlane/metadata/en-GB/privacy_url.txt", Some((Store::AppStore, "fastlane/metadata/en-GB"))),
            ("fastlane/metadata/copyright.txt", None),
            ("docs/changelogs/notes.txt", None),
            ("title.txt", None),
            ("metadata/en-GB/name.md", None),
        ] {
            assert_eq!(place(path), found, "{path}");
        }
    }

    #[test]
    fn changelogs_are_ordered_by_their_version_code() {
        assert_eq!([version_code("9.txt"), version_code("120.txt"), version_code("default.txt")], [Some(9), Some(120), None]);
    }

    #[test]
    fn words_are_found_as_words() {
        for (text, wanted) in [
            ("No ads, no tracking.", "ads"),
            ("Contact: SECURITY@corvid.example.", "security@corvid.example"),
            ("See https://corvid.example/privacy.", "https://corvid.example/privacy"),
            ("Uploaded. An ad is shown.", "ad"),
            ("Delete your account under Settings", "delete your  account"),
            ("Delete your\naccount under Settings", "delete your account"),
            ("我们的隐私政策在此", "隐私政策"),
            ("개인정보는 저장하지 않습니다", "개인정보"),
            ("Löschung: ÜBER die App", "über"),
            ("(+44 20)", "(+44 20)"),
        ] {
            assert!(stands_in(text, wanted), "{text}: {wanted}");
        }
        for (text, wanted) in [
            ("Everything is loaded at once.", "ad"),
            ("Adverts are shown.", "ad"),
            ("insecurity@corvid.example", "security@corvid.example"),
            ("https://corvid.example/privacy2", "https://corvid.example/privacy"),
            ("Schönerer Text", "schön"),
            ("delete your accounts", "delete your account"),
            ("anything", ""),
        ] {
            assert!(!stands_in(text, wanted), "{text}: {wanted}");
        }
    }

    proptest! {
        #[test]
        fn a_text_of_words_stands_in_what_holds_it(before in "[a-zé. ]{0,20}", wanted in "[a-zäß]{1,8}( [a-z]{1,8})?", after in "[a-z ]{0,20}") {
            let holding = format!("{} {} {}", before, wanted, after);
            prop_assert!(stands_in(&holding, &wanted));
            let joined = format!("{}x{}x{}", before, wanted, after);
            let _ = stands_in(&joined, &wanted);
        }

        #[test]
        fn any_path_is_placed_without_a_panic(path in any::<String>()) {
            let _ = (place(&path), version_code(&path));
        }
    }
}
