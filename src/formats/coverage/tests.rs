use jiff::civil::date;
use proptest::prelude::*;

use super::*;

const LCOV: &str = "TN:unit\nSF:src/a.rs\nFN:1,one\nFNDA:3,one\nFNF:1\nFNH:1\nBRDA:2,0,0,1\nBRDA:2,0,1,-\nBRF:2\nBRH:1\n\
                    DA:1,3\nDA:2,3,q1w2\nDA:4,0\nLF:3\nLH:2\nend_of_record\n";

fn faults(text: &str) -> Vec<&'static str> {
    read(text).unwrap().faults.iter().map(|fault| fault.name).collect()
}

fn cobertura(root: &str) -> String {
    format!(
        "<?xml version=\"1.0\" ?>\n<coverage {root}>\n<packages><package name=\"p\"><classes>\
         <class name=\"a\" filename=\"src/a.py\"><methods><method name=\"f\"><lines><line number=\"2\" hits=\"3\"/></lines></method></methods>\
         <lines><line number=\"1\" hits=\"1\"/><line number=\"2\" hits=\"3\" branch=\"true\" condition-coverage=\"50% (1/2)\"/>\
         <line number=\"4\" hits=\"0\"/></lines></class></classes></package></packages></coverage>"
    )
}

#[test]
fn both_formats_come_to_the_same_lines_and_branches() {
    let lcov = read(LCOV).unwrap();
    let xml = read(&cobertura("lines-valid=\"3\" lines-covered=\"2\" line-rate=\"0.6667\" timestamp=\"1792000000\"")).unwrap();
    for one in [&lcov, &xml] {
        assert_eq!(one.lines, Reach { covered: 2, found: 3 }, "{one:?}");
        assert_eq!(one.branches, Reach { covered: 1, found: 2 }, "{one:?}");
        assert_eq!((one.files, one.faults.len()), (1, 0), "{one:?}");
    }
    assert_eq!(xml.made.unwrap().0, date(2026, 10, 14));
}

#[test]
fn a_line_counts_once_however_often_it_is_recorded() {
    let twice = format!("{LCOV}{}", LCOV.replace("DA:4,0", "DA:4,1").replace("LH:2", "LH:3"));
    assert_eq!(read(&twice).unwrap().lines, Reach { covered: 3, found: 3 });
    let records = LCOV.replace("DA:4,0", "DA:4,0\nDA:4,1").replace("LF:3\nLH:2", "LF:4\nLH:3");
    assert_eq!(faults(&records), Vec::<&str>::new());
    assert_eq!(read(&records).unwrap().lines, Reach { covered: 3, found: 3 });
}

#[test]
fn totals_are_held_against_the_lines() {
    for (from, to) in [("DA:4,0\n", ""), ("DA:4,0", "DA:4,7"), ("LH:2", "LH:3"), ("LF:3", "LF:2"), ("LF:3", "LF:x"), ("LF:3", "LF:-1")] {
        assert_eq!(faults(&LCOV.replace(from, to)), ["totals"], "{to}");
    }
    for (root, wrong) in [
        ("lines-valid=\"3\" lines-covered=\"3\"", true),
        ("lines-valid=\"4\" lines-covered=\"3\" line-rate=\"0.75\"", false),
        ("line-rate=\"0.9\"", true),
        ("line-rate=\"0.667\"", false),
        ("line-rate=\"0.66\"", false),
        ("line-rate=\"0.6666666666666666\"", false),
        ("line-rate=\"0.6667000000000001\"", false),
        ("line-rate=\"0.6670\"", true),
        ("line-rate=\"1\"", true),
        ("line-rate=\"many\"", true),
    ] {
        assert_eq!(faults(&cobertura(root)) == ["totals"], wrong, "{root}");
    }
}

#[test]
fn closures_that_llvm_counts_twice_are_no_fault() {
    let text = "SF:a.rs\nFN:1,main\nFN:2,closure\nFNDA:1,main\nFNDA:1,closure\nDA:1,1\nDA:2,1\nDA:3,0\nLF:4\nLH:3\nend_of_record\n";
    let report = read(text).unwrap();
    assert_eq!((report.faults.len(), report.lines), (0, Reach { covered: 2, found: 3 }));
    assert_eq!(faults(&text.replace("LH:3", "LH:5")), ["totals"]);
    assert_eq!(faults(&text.replace("FN:2,closure\n", "")), ["totals"]);
}

#[test]
fn a_file_that_breaks_off_or_holds_something_else_is_told_so() {
    assert_eq!(faults(LCOV.strip_suffix("end_of_record\n").unwrap()), ["breaks-off"]);
    assert_eq!(faults(&LCOV.replace("end_of_record\n", "SF:b\nend_of_record\n")), ["breaks-off"]);
    for (from, to) in [("DA:4,0", "DA:4"), ("DA:4,0", "DA:0,0"), ("DA:4,0", "DA:4,many"), ("DA:4,0", "DA:4,-1"), ("DA:4,0", "DA:4,0,a,b")] {
        assert!(faults(&LCOV.replace(from, to)).contains(&"record"), "{to}");
    }
    assert_eq!(faults(&LCOV.replace("BRDA:2,0,1,-", "BRDA:2,0,-")), ["record"]);
    assert_eq!(faults(&LCOV.replace("TN:unit\n", "TN:unit\nDA:1,1\n")), ["record"]);
    assert_eq!(faults(&LCOV.replace("LF:3", "LF:3\nhello")), ["record"]);
    assert!(read("hello\n").unwrap_err().message.contains("neither"));
    assert!(read("{\"total\": 1}").is_err());
    assert!(read("<report name=\"x\"/>").unwrap_err().message.contains("its root is report"));
    assert!(read("<coverage generated=\"1\"><project/></coverage>").unwrap_err().message.contains("Clover"));
    assert_eq!(faults(&cobertura("").replace("hits=\"0\"", "hits=\"none\"")), ["record"]);
    assert_eq!(faults(&cobertura("").replace(" filename=\"src/a.py\"", "")), ["field"]);
}

#[test]
fn the_time_is_in_seconds_or_milliseconds() {
    let made = |stamp: &str| read(&cobertura(&format!("timestamp=\"{stamp}\""))).unwrap();
    for stamp in ["1792000000", "1792000000123", "2026-10-14T00:00:00Z"] {
        assert_eq!(made(stamp).made.unwrap().0, date(2026, 10, 14), "{stamp}");
    }
    assert!(made("0").made.is_none() && made("0").faults.is_empty());
    for stamp in ["yesterday", "-5", "1792000000123456789"] {
        assert_eq!(made(stamp).faults.first().map(|fault| fault.name), Some("timestamp"), "{stamp}");
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(inner in "[A-Z]{0,4}:?[a-z0-9,:\\-\n.]{0,60}") {
        let _ = read(&inner);
        let _ = read(&format!("TN:\n{inner}"));
        let _ = read(&format!("SF:a\n{inner}\nend_of_record\n"));
    }

    #[test]
    fn what_is_written_is_counted(lines in proptest::collection::btree_map(1u64..500, 0u64..3, 1..40)) {
        let covered = lines.values().filter(|count| **count > 0).count() as u64;
        let records: String = lines.iter().map(|(line, count)| format!("DA:{line},{count}\n")).collect();
        let text = format!("SF:a\n{records}LF:{}\nLH:{covered}\nend_of_record\n", lines.len());
        let report = read(&text).unwrap();
        prop_assert_eq!(report.lines, Reach { covered, found: lines.len() as u64 });
        prop_assert!(report.faults.is_empty());
    }
}

#[test]
fn real_reports_are_counted_as_their_tools_count() {
    for (text, lines, branches) in [
        (include_str!("../../../tests/samples/coverage/coverage-py.info"), (7, 9), (3, 4)),
        (include_str!("../../../tests/samples/coverage/coverage-py.xml"), (7, 9), (3, 4)),
        (include_str!("../../../tests/samples/coverage/gcovr.info"), (6, 6), (2, 4)),
        (include_str!("../../../tests/samples/coverage/gcovr.xml"), (6, 6), (2, 4)),
        (include_str!("../../../tests/samples/coverage/llvm-cov.info"), (7, 7), (1, 2)),
    ] {
        let report = read(text).unwrap();
        assert_eq!(report.faults, [], "{text}");
        assert_eq!((report.lines.covered, report.lines.found), lines, "{text}");
        assert_eq!((report.branches.covered, report.branches.found), branches, "{text}");
    }
}
