//! What contradicts a hardened firmware: `yocto-debug-features`, `buildroot-root-password`, `esp-secure-boot-off`,
//! `esp-flash-encryption-off`, `esp-jtag-enabled` and `ble-legacy-pairing`. Only settings that a file states itself.

use super::{Probe, Scene, Sighting};
use crate::input::view::Tracked;
use crate::repo_path::RepoPath;
use crate::text::one_line;

/// A Yocto image with an open root account or other debug features.
pub(super) struct YoctoDebugFeatures;
/// A Buildroot image whose root password is empty or the same in every unit.
pub(super) struct BuildrootRootPassword;
/// A release configuration of ESP-IDF without secure boot.
pub(super) struct EspSecureBootOff;
/// A release configuration of ESP-IDF without flash encryption.
pub(super) struct EspFlashEncryptionOff;
/// A release configuration of ESP-IDF that leaves JTAG open.
pub(super) struct EspJtagEnabled;
/// A configuration that lets Bluetooth LE pair by the legacy method.
pub(super) struct BleLegacyPairing;

/// Tells every line of the files for which `judge`, which sees the whole text and the line, has a message.
fn lines<'a>(
    scene: &Scene<'_>,
    files: impl IntoIterator<Item = &'a Tracked>,
    judge: impl Fn(&str, &str) -> Option<String>,
) -> Vec<Sighting> {
    let mut seen = Vec::new();
    for found in files {
        let Some(file) = scene.open(&found.path) else { continue };
        let text = file.text().unwrap_or_default();
        for (index, line) in text.lines().enumerate() {
            if let Some(message) = judge(text, line.trim()) {
                seen.extend(scene.sighting_at_line(&file, index + 1, format!("{} {message}", found.path)));
            }
        }
    }
    seen
}

/// As [`lines`], of the chosen ones among the files that set options of Kconfig.
fn kconfig_lines(scene: &Scene<'_>, chosen: impl Fn(&RepoPath) -> bool, judge: impl Fn(&str, &str) -> Option<String>) -> Vec<Sighting> {
    lines(scene, scene.kconfigs().iter().copied().filter(|found| chosen(&found.path)), judge)
}

/// Whether a Kconfig line sets an option to no, in either way of writing it.
fn is_off(line: &str, option: &str) -> bool {
    line.strip_prefix("# ").and_then(|rest| rest.strip_suffix(" is not set")) == Some(option)
        || line.strip_prefix(option).map(|rest| rest.trim_matches(['=', '"'])) == Some("n")
}

fn is_on(line: &str, option: &str) -> bool {
    line.strip_prefix(option) == Some("=y")
}

/// An ESP-IDF configuration that says by its name that it is for release.
fn is_release_sdkconfig(path: &RepoPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    name.starts_with("sdkconfig") && ["release", "prod", "secure", "ship"].iter().any(|word| name.contains(word)) && !name.ends_with(".old")
}

impl Probe for YoctoDebugFeatures {
    fn name(&self) -> &'static str {
        "yocto-debug-features"
    }

    fn looks_at(&self) -> &'static str {
        "IMAGE_FEATURES and EXTRA_IMAGE_FEATURES in local.conf, image recipes (*.bb, *.bbappend, *.inc) and kas files of the product."
    }

    fn limits(&self) -> &'static str {
        "Files whose name or folder speaks of debug, development or a sample are left alone, and so is what is removed again."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        const FEATURES: &[&str] = &["debug-tweaks", "empty-root-password", "allow-empty-password"];
        let chosen = |path: &RepoPath| {
            let lower = path.as_str().to_ascii_lowercase();
            (!lower.ends_with(".conf") || lower.ends_with("local.conf"))
                && !["debug", "-dev", "dev-", "sample", "devel"].iter().any(|word| lower.contains(word))
        };
        lines(scene, scene.shipped_with(&["bb", "bbappend", "inc", "conf", "yml"], chosen), |text, line| {
            let (left, value) = line.split_once('=').filter(|_| !line.starts_with('#') && !line.contains("${@"))?;
            let sets = left.contains("IMAGE_FEATURES") && !left.contains("remove") && !left.trim_end().ends_with('-');
            let feature = FEATURES.iter().find(|feature| sets && value.split(['"', ' ', '\'']).any(|word| word == **feature))?;
            let taken_back =
                text.lines().any(|other| other.contains("remove") && other.contains("IMAGE_FEATURES") && other.contains(feature));
            (!taken_back).then(|| format!("builds the image with {feature}"))
        })
    }
}

impl Probe for BuildrootRootPassword {
    fn name(&self) -> &'static str {
        "buildroot-root-password"
    }

    fn looks_at(&self) -> &'static str {
        "BR2_TARGET_GENERIC_ROOT_PASSWD in files whose name ends in defconfig."
    }

    fn limits(&self) -> &'static str {
        "A configuration that does not set it, or switches root's login off, is left alone."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        kconfig_lines(
            scene,
            |path| path.file_name().ends_with("defconfig"),
            |text, line| {
                let value = line
                    .strip_prefix("BR2_TARGET_GENERIC_ROOT_PASSWD=")
                    .filter(|_| !text.contains("# BR2_TARGET_ENABLE_ROOT_LOGIN is not set"))?
                    .trim_matches('"');
                Some(match value {
                    "" => "lets root sign in without a password".to_owned(),
                    _ => "gives root the same password in every unit".to_owned(),
                })
            },
        )
    }
}

impl Probe for EspSecureBootOff {
    fn name(&self) -> &'static str {
        "esp-secure-boot-off"
    }

    fn looks_at(&self) -> &'static str {
        "CONFIG_SECURE_BOOT in files called sdkconfig… whose name says release, prod, secure or ship."
    }

    fn limits(&self) -> &'static str {
        "Configurations that do not say that they are for release are left alone, and so is one that does not name the option."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        kconfig_lines(scene, is_release_sdkconfig, |_, line| {
            is_off(line, "CONFIG_SECURE_BOOT").then(|| "switches secure boot off".to_owned())
        })
    }
}

impl Probe for EspFlashEncryptionOff {
    fn name(&self) -> &'static str {
        "esp-flash-encryption-off"
    }

    fn looks_at(&self) -> &'static str {
        "CONFIG_SECURE_FLASH_ENC_ENABLED and CONFIG_FLASH_ENCRYPTION_ENABLED in files called sdkconfig… whose name says release, prod, secure or ship."
    }

    fn limits(&self) -> &'static str {
        "Configurations that do not say that they are for release are left alone, and so is one that does not name the option."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        const OPTIONS: &[&str] = &["CONFIG_SECURE_FLASH_ENC_ENABLED", "CONFIG_FLASH_ENCRYPTION_ENABLED"];
        kconfig_lines(scene, is_release_sdkconfig, |_, line| {
            OPTIONS.iter().any(|option| is_off(line, option)).then(|| "switches flash encryption off".to_owned())
        })
    }
}

impl Probe for EspJtagEnabled {
    fn name(&self) -> &'static str {
        "esp-jtag-enabled"
    }

    fn looks_at(&self) -> &'static str {
        "CONFIG_SECURE_BOOT_ALLOW_JTAG in files called sdkconfig… whose name says release, prod, secure or ship."
    }

    fn limits(&self) -> &'static str {
        "Configurations that do not say that they are for release are left alone; fuses that are burnt at the factory are not seen."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        kconfig_lines(scene, is_release_sdkconfig, |_, line| {
            is_on(line, "CONFIG_SECURE_BOOT_ALLOW_JTAG").then(|| "leaves JTAG open".to_owned())
        })
    }
}

impl Probe for BleLegacyPairing {
    fn name(&self) -> &'static str {
        "ble-legacy-pairing"
    }

    fn looks_at(&self) -> &'static str {
        "Kconfig files of Zephyr (prj….conf) and ESP-IDF (sdkconfig…) of the product: secure connections switched off."
    }

    fn limits(&self) -> &'static str {
        "What code chooses at run time is not seen, and a configuration that does not name the options takes their defaults."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let chosen = |path: &RepoPath| {
            let name = path.file_name();
            let named = (name.starts_with("prj") && name.ends_with(".conf")) || name.starts_with("sdkconfig");
            named && !["debug", "test"].iter().any(|word| name.contains(word))
        };
        kconfig_lines(scene, chosen, |_, line| {
            const OFF: &[&str] = &["CONFIG_BT_NIMBLE_SM_SC", "CONFIG_BT_SMP_SC_PAIR_ONLY"];
            let option = OFF.iter().find(|option| line.strip_prefix(**option) == Some("=n"))?;
            Some(format!("lets Bluetooth LE pair by the legacy method ({})", one_line(option, 60)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_off_in_either_spelling() {
        assert!(is_off("# CONFIG_SECURE_BOOT is not set", "CONFIG_SECURE_BOOT"));
        assert!(is_off("CONFIG_SECURE_BOOT=n", "CONFIG_SECURE_BOOT"));
        for line in ["CONFIG_SECURE_BOOT=y", "# CONFIG_SECURE_BOOT_V2 is not set", "CONFIG_SECURE_BOOT_INSECURE=n", "# CONFIG_SECURE_BOOT"]
        {
            assert!(!is_off(line, "CONFIG_SECURE_BOOT"), "{line}");
        }
    }

    #[test]
    fn only_a_name_that_says_release_is_one() {
        for (name, wanted) in
            [("sdkconfig.release", true), ("fw/sdkconfig.defaults.prod", true), ("sdkconfig", false), ("sdkconfig.defaults", false)]
        {
            assert_eq!(is_release_sdkconfig(&name.parse().unwrap_or_default()), wanted, "{name}");
        }
    }
}
