//! `update-url-plain-http`: what is shipped fetches its updates from an address without TLS.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use super::settings::{defines, is_for_development, kconfig, speaks_of};
use super::{Probe, Scene, Sighting};
use crate::formats::address::{self, Uri};
use crate::formats::plist;
use crate::formats::tree::{self, Node, Syntax};
use crate::text::one_line;

/// See the module's documentation.
pub(super) struct UpdateUrlPlainHttp;

impl Probe for UpdateUrlPlainHttp {
    fn name(&self) -> &'static str {
        "update-url-plain-http"
    }

    fn looks_at(&self) -> &'static str {
        "Where updates come from by mender.conf, tauri.conf.json, electron-builder's configuration, SUFeedURL in Info.plist, and the OTA, FOTA, update and upgrade addresses of C headers, sdkconfig… , prj….conf and defconfig files."
    }

    fn limits(&self) -> &'static str {
        "Addresses of the machine itself, of private networks and of names set aside for examples are left alone, and so are files that speak of development. Addresses that code puts together are not seen, nor whether the update is signed."
    }

    fn look(&self, scene: &Scene<'_>) -> Vec<Sighting> {
        let mut seen = Vec::new();
        let named = scene.shipped_with(&["conf", "json", "yml", "yaml", "plist", "h", "hpp"], |path| reader(path.file_name()).is_some());
        let kconfigs = scene.kconfigs().iter().copied().filter(|found| !found.path.file_name().ends_with(".conf"));
        for found in named.chain(kconfigs).filter(|found| !is_for_development(found.path.as_str())) {
            let Some(read) = reader(found.path.file_name()) else { continue };
            let Some(file) = scene.open(&found.path) else { continue };
            for (url, at) in read(file.text().unwrap_or_default()) {
                if let Some(host) = plain_host(&url) {
                    let message = format!("{} fetches updates from {} without TLS", file.path, one_line(host, 100));
                    seen.extend(scene.sighting(&file, at, message));
                }
            }
        }
        seen
    }
}

/// The update addresses of a text, each with its place.
type Reader = fn(&str) -> Vec<(String, Range<usize>)>;

fn reader(name: &str) -> Option<Reader> {
    let kconfig_name = name.starts_with("sdkconfig") || (name.starts_with("prj") && name.ends_with(".conf")) || name.ends_with("defconfig");
    match name {
        "mender.conf" => Some(mender),
        "tauri.conf.json" => Some(tauri),
        "electron-builder.yml" | "electron-builder.yaml" => Some(|text| electron(Syntax::Yaml, text)),
        "electron-builder.json" | "package.json" => Some(|text| electron(Syntax::Json, text)),
        "Info.plist" => Some(sparkle),
        _ if kconfig_name => Some(|text| named(kconfig(text))),
        _ if name.ends_with(".h") || name.ends_with(".hpp") => Some(|text| named(defines(text))),
        _ => None,
    }
}

fn texts<'n>(nodes: impl IntoIterator<Item = &'n Node<'n>>) -> Vec<(String, Range<usize>)> {
    nodes.into_iter().filter_map(|node| Some((node.text()?.to_owned(), node.range()))).collect()
}

fn mender(text: &str) -> Vec<(String, Range<usize>)> {
    let Ok(document) = tree::read(Syntax::Json, text) else { return Vec::new() };
    let servers = document.at(&["Servers"]).items().iter().map(|server| server.at(&["ServerURL"]));
    texts(servers.chain([document.at(&["ServerURL"])]))
}

fn tauri(text: &str) -> Vec<(String, Range<usize>)> {
    let Ok(document) = tree::read(Syntax::Json, text) else { return Vec::new() };
    let updaters = [document.at(&["plugins", "updater"]), document.at(&["tauri", "updater"])];
    texts(updaters.iter().flat_map(|updater| updater.at(&["endpoints"]).items()))
}

fn electron(syntax: Syntax, text: &str) -> Vec<(String, Range<usize>)> {
    let Ok(document) = tree::read(syntax, text) else { return Vec::new() };
    let places = [document.at(&["publish"]), document.at(&["build", "publish"])];
    texts(places.iter().flat_map(|place| place.one_or_more()).map(|place| place.at(&["url"])))
}

fn sparkle(text: &str) -> Vec<(String, Range<usize>)> {
    let Ok(document) = plist::read(text) else { return Vec::new() };
    let feed = plist::root(&document).and_then(|dict| dict.get("SUFeedURL"));
    feed.and_then(|value| Some((value.string()?.to_owned(), value.at()))).into_iter().collect()
}

fn named(settings: Vec<super::settings::Setting<'_>>) -> Vec<(String, Range<usize>)> {
    const UPDATES: &[&str] = &["ota", "fota", "update", "updates", "upgrade"];
    const ADDRESSES: &[&str] = &["url", "uri", "server", "endpoint"];
    let ours = settings.into_iter().filter(|one| speaks_of(one.name, UPDATES) && speaks_of(one.name, ADDRESSES));
    ours.filter(|one| !speaks_of(one.name, &["proxy", "test", "debug", "dev"]) && is_of_software(one.name, one.value))
        .map(|one| (one.value.to_owned(), one.at))
        .collect()
}

/// Whether an update is one of what is shipped and not of some record on a server (`YAHOO_ALIAS_UPDATE_URL`): by the rest of the
/// name, or by what lies under the address.
fn is_of_software(name: &str, url: &str) -> bool {
    const SOFTWARE: &[&str] = &["ota", "fota", "firmware", "fw", "software", "app", "application", "system", "auto", "upgrade", "check"];
    const PLACES: &[&str] =
        &["ota", "fota", "update", "updates", "updater", "upgrade", "firmware", "fw", "release", "releases", "download", "downloads"];
    const PACKAGES: &[&str] =
        &[".bin", ".zip", ".gz", ".xz", ".exe", ".msi", ".dmg", ".apk", ".deb", ".swu", ".mender", ".raucb", ".xml", ".ver"];
    let first = name.split('_').find(|word| !["config", "default"].contains(&word.to_ascii_lowercase().as_str())).unwrap_or_default();
    let path = url.split(['?', '#']).next().unwrap_or_default();
    speaks_of(name, SOFTWARE)
        || ["update", "updates"].iter().any(|word| first.eq_ignore_ascii_case(word))
        || speaks_of(path, PLACES)
        || PACKAGES.iter().any(|ending| path.ends_with(ending))
}

/// The host of a plain http address that stands for a real host in the open network.
fn plain_host(url: &str) -> Option<&str> {
    match address::uri(url.trim()) {
        Uri::PlainWeb(host) if is_public(host) => Some(host),
        _ => None,
    }
}

fn is_public(host: &str) -> bool {
    const SET_ASIDE: &[&str] =
        &["local", "lan", "internal", "localdomain", "arpa", "example", "intranet", "corp", "home", "private", "onion"];
    if let Ok(ip) = host.parse::<Ipv4Addr>() {
        let reserved = ip.is_private() || ip.is_loopback() || ip.is_link_local() || ip.is_unspecified();
        return !(reserved || ip.is_documentation() || ip.is_broadcast());
    }
    if let Some(inner) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return inner.parse::<Ipv6Addr>().is_ok_and(|ip| {
            let documentation = ip.segments().starts_with(&[0x2001, 0xdb8]);
            !(ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local() || documentation)
        });
    }
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let names_all = host.contains('.') && host.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'.' | b'-'));
    let last = host.rsplit('.').next().unwrap_or_default();
    let told = host.split('.').any(|label| label.contains("example") || label.starts_with("your") || label == "xxx");
    names_all
        && !SET_ASIDE.contains(&last)
        && last.bytes().all(|c| c.is_ascii_alphabetic())
        && !told
        && !address::is_placeholder_host(&host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_real_hosts_without_tls_count() {
        for url in ["http://updates.ledger.io/v1", "http://93.184.216.34:8070/fw.bin", "http://[2a00:1450::1]/fw"] {
            assert!(plain_host(url).is_some(), "{url}");
        }
        for url in [
            "https://updates.ledger.io",
            "http://localhost:8070",
            "http://127.0.0.1",
            "http://10.0.0.5/fw",
            "http://172.20.1.1",
            "http://192.168.2.106:8070/fw.bin",
            "http://[::1]/",
            "http://[fd00::1]/",
            "http://updates.ledger.example/",
            "http://hub.local/",
            "http://server/fw",
            "http://<host>/fw",
            "http://${HOST}/fw",
            "http://your-server.io",
            "http://192.0.2.1/",
            "http://192.168.1/",
            "updates.ledger.io",
            "",
        ] {
            assert_eq!(plain_host(url), None, "{url}");
        }
    }

    #[test]
    fn every_format_tells_its_addresses() {
        let url = "http://u.io/a";
        for (name, text) in [
            ("mender.conf", "{\"Servers\": [{\"ServerURL\": \"http://u.io/a\"}]}"),
            ("tauri.conf.json", "{\"plugins\": {\"updater\": {\"endpoints\": [\"http://u.io/a\"]}}}"),
            ("electron-builder.yml", "publish:\n  provider: generic\n  url: http://u.io/a\n"),
            ("package.json", "{\"build\": {\"publish\": [{\"url\": \"http://u.io/a\"}]}}"),
            ("Info.plist", "<plist><dict><key>SUFeedURL</key><string>http://u.io/a</string></dict></plist>"),
            ("sdkconfig.defaults", "CONFIG_APP_OTA_URL=\"http://u.io/a\"\n"),
            ("config.h", "#define FIRMWARE_UPDATE_URL \"http://u.io/a\"\n"),
        ] {
            let found: Vec<String> = reader(name).map(|read| read(text)).unwrap_or_default().into_iter().map(|found| found.0).collect();
            assert_eq!(found, [url], "{name}");
        }
        assert!(
            named(defines("#define ALIAS_UPDATE_URL \"http://u.io/us?sync=1\"\n#define STATUS_UPDATE_SERVER \"http://u.io/\"\n"))
                .is_empty()
        );
        assert_eq!(
            named(defines("#define NOTES_UPDATE_URL \"http://u.io/n.zip\"\n#define DEFAULT_UPDATE_SERVER \"http://u.io\"\n")).len(),
            2
        );
        assert!(named(defines("#define QUOTA_URL \"http://u.io/a\"\n#define UPDATE_INTERVAL \"http://u.io\"\n")).is_empty());
    }
}
