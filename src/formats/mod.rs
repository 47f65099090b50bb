//! Readers of published formats, shared by verifiers.

pub mod address;
mod asciidoc;
mod draft;
pub mod front_matter;
pub mod heading_name;
mod html;
pub mod manifest;
mod markdown;
pub mod prose;
mod restructured_text;
pub mod security_txt;
pub mod template;
