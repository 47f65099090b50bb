//! The ids of the parts of a report: from its bytes, so that the same report gives the same ones.

use std::io;

use sha2::{Digest, Sha256};

use crate::report::{Report, json as report_json};

/// Names for the parts of one report.
pub(super) struct Ids {
    seed: Vec<u8>,
}

impl Ids {
    pub(super) fn of(report: &Report<'_>) -> io::Result<Self> {
        let mut seed = Vec::new();
        report_json::write(report, &mut seed)?;
        seed.extend(report.base.iter().flat_map(|base| base.bytes()));
        Ok(Self { seed: Sha256::digest(&seed).to_vec() })
    }

    /// The start of a sha256, in the form of a name-based UUID: the schema takes versions 4 and 5 only (RFC 9562, section 5.5).
    pub(super) fn uuid(&self, parts: &[&str]) -> String {
        let mut digest = Sha256::new_with_prefix(&self.seed);
        for part in parts {
            digest.update([0]);
            digest.update(part.as_bytes());
        }
        let start = digest.finalize().iter().take(16).fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let number = start & !(0xf << 76) & !(0b11 << 62) | 5 << 76 | 0b10 << 62;
        let part = |shift: u32, digits: u32| number >> shift & ((1 << (4 * digits)) - 1);
        format!("{:08x}-{:04x}-{:04x}-{:04x}-{:012x}", part(96, 8), part(80, 4), part(64, 4), part(48, 4), part(0, 12))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_of_version_5_and_differ_by_their_parts() {
        let ids = Ids { seed: vec![7; 32] };
        let first = ids.uuid(&["a", "b"]);
        let groups: Vec<usize> = first.split('-').map(str::len).collect();
        assert_eq!(groups, [8, 4, 4, 4, 12]);
        let at = |index: usize| first.chars().nth(index);
        assert_eq!(at(14), Some('5'), "{first}");
        assert!(at(19).is_some_and(|c| "89ab".contains(c)), "{first}");
        assert_eq!(first, ids.uuid(&["a", "b"]));
        assert_ne!(first, ids.uuid(&["ab"]));
        assert_ne!(first, Ids { seed: vec![8; 32] }.uuid(&["a", "b"]));
    }
}
