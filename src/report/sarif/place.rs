//! Places: addresses relative to the git repository's root, and regions of lines and columns.

use serde_sarif::sarif::{ArtifactLocation, Location, PhysicalLocation, Region};

use super::SRCROOT;
use crate::report::address::uri;
use crate::source::Place;

pub(super) fn artifact(path: &str) -> ArtifactLocation {
    ArtifactLocation::builder().uri(uri(path)).uri_base_id(SRCROOT).build()
}

fn number(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// Lines and columns, 1-based, the end column exclusive, as the standard counts them (section 3.30).
pub(super) fn region(place: &Place) -> Region {
    Region::builder()
        .start_line(number(place.line))
        .start_column(number(place.column))
        .end_line(number(place.end_line))
        .end_column(number(place.end_column))
        .build()
}

/// A place in a file of the repository; none where there is no such file.
pub(super) fn location(place: &Place) -> Option<Location> {
    let physical = PhysicalLocation::builder().artifact_location(artifact(&place.file)).region(region(place)).build();
    (!place.file.is_empty() && !place.outside).then(|| Location::builder().physical_location(physical).build())
}
