//! Readers of published formats, shared by verifiers.

pub mod address;
mod asciidoc;
mod draft;
pub mod front_matter;
pub mod go_mod;
pub mod heading_name;
mod html;
pub mod junit;
pub mod lockfile;
pub mod manifest;
pub mod manifest_dependencies;
mod markdown;
pub mod moment;
pub mod prose;
pub mod reporting_channel;
mod restructured_text;
pub mod sbom;
pub mod security_policy;
pub mod security_txt;
pub mod supported_versions;
pub mod template;
pub mod tree;
pub mod version_range;
mod visible_html;
mod wording;
pub mod workflow;
pub mod xml;
