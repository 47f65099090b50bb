//! The tree under test: what the work tree, the index and a commit hand out, and what none of them does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::disallowed_methods,
    reason = "a test may panic"
)]

mod common;

use std::fs;
use std::path::Path;

use common::{Fixture, git};
use git2::{IndexEntry, IndexTime, Oid};
use portcullis::error::Error;
use portcullis::input::snapshot::{At, Blob, Refusal, Snapshot};
use portcullis::repo_path::RepoPath;

const LIMIT: usize = 4_096;

fn open(fixture: &Fixture, at: &At) -> Snapshot {
    Snapshot::open(&fixture.path(), at).unwrap()
}

fn path(text: &str) -> RepoPath {
    text.parse().unwrap()
}

fn read(snapshot: &Snapshot, name: &str) -> Result<Blob, Refusal> {
    snapshot.read(&path(name), LIMIT)
}

fn text(snapshot: &Snapshot, name: &str) -> String {
    String::from_utf8(read(snapshot, name).unwrap_or_else(|refusal| panic!("{name}: {refusal}")).bytes).unwrap()
}

fn id(bytes: &[u8]) -> String {
    Oid::hash_object(git2::ObjectType::Blob, bytes).unwrap().to_string()
}

fn head() -> At {
    At::Revision("HEAD".into())
}

/// A repository that holds `docs/a.md`.
fn one_file() -> Fixture {
    let fixture = Fixture::new();
    fixture.write("docs/a.md", "committed\n");
    fixture.commit();
    fixture
}

/// Puts an entry into the index that names no file on disk.
fn stage_raw(fixture: &Fixture, name: &str, mode: u32, oid: Oid, stage: u16) {
    let zero = IndexTime::new(0, 0);
    let entry = IndexEntry {
        ctime: zero,
        mtime: zero,
        dev: 0,
        ino: 0,
        mode,
        uid: 0,
        gid: 0,
        file_size: 0,
        id: oid,
        flags: stage << 12,
        flags_extended: 0,
        path: name.as_bytes().to_vec(),
    };
    let mut index = fixture.repository.index().unwrap();
    index.add(&entry).unwrap();
    index.write().unwrap();
}

#[test]
fn work_tree_index_and_commit_each_hand_out_their_own_state() {
    let fixture = one_file();
    fixture.write("docs/a.md", "staged\n");
    fixture.stage();
    fixture.write("docs/a.md", "on disk\n");
    for (at, wanted, dirty) in [(At::Worktree, "on disk\n", true), (At::Staged, "staged\n", true), (head(), "committed\n", false)] {
        let snapshot = open(&fixture, &at);
        let blob = read(&snapshot, "docs/a.md").unwrap();
        assert_eq!((blob.bytes.as_slice(), blob.oid), (wanted.as_bytes(), id(wanted.as_bytes())), "{at:?}");
        assert_eq!(snapshot.is_dirty(), dirty, "{at:?}");
        assert_eq!(snapshot.is_worktree(), at == At::Worktree);
        assert_eq!(snapshot.commit(), fixture.repository.head().unwrap().target().map(|oid| oid.to_string()));
    }
}

#[test]
fn a_revision_may_be_a_branch_a_tag_or_an_older_commit() {
    let fixture = one_file();
    let first = fixture.repository.head().unwrap().peel_to_commit().unwrap();
    fixture.repository.tag_lightweight("v1", first.as_object(), false).unwrap();
    fixture.write("docs/a.md", "later\n");
    fixture.commit();
    let short = first.id().to_string()[..10].to_owned();
    for name in [first.id().to_string(), short, "v1".into(), "HEAD~1".into(), "refs/tags/v1".into()] {
        let snapshot = open(&fixture, &At::Revision(name.clone()));
        assert_eq!(text(&snapshot, "docs/a.md"), "committed\n", "{name}");
        assert_eq!(snapshot.commit(), Some(first.id().to_string()));
    }
    for name in ["nowhere", "", "HEAD~9", "v1^{tree}", ":docs/a.md"] {
        let Err(Error::Repository { message, help }) = Snapshot::open(&fixture.path(), &At::Revision(name.into())) else {
            panic!("{name:?} was opened")
        };
        assert!(message.contains("there is no commit"), "{message}");
        assert!(help.unwrap().contains("fetch-depth: 0"));
    }
}

#[test]
fn a_bare_repository_is_read_by_revision_only() {
    let fixture = one_file();
    let bare = fixture.outside().join("bare.git");
    git2::build::RepoBuilder::new().bare(true).clone(fixture.path().to_str().unwrap(), &bare).unwrap();
    let snapshot = Snapshot::open(&bare, &head()).unwrap();
    assert_eq!(text(&snapshot, "docs/a.md"), "committed\n");
    assert!(snapshot.start().is_root());
    for at in [At::Worktree, At::Staged] {
        let Err(Error::Repository { message, help }) = Snapshot::open(&bare, &at) else { panic!("opened") };
        assert!(message.contains("is a bare repository"), "{message}");
        assert!(help.unwrap().contains("--at HEAD"));
    }
}

#[test]
fn the_start_is_the_folder_that_was_named() {
    let fixture = one_file();
    let snapshot = Snapshot::open(&fixture.path().join("docs"), &At::Worktree).unwrap();
    assert_eq!(snapshot.start().as_str(), "docs");
    assert!(open(&fixture, &At::Worktree).start().is_root());
}

#[cfg(target_os = "linux")]
#[test]
fn a_start_whose_name_is_not_utf_8_is_refused() {
    use std::os::unix::ffi::OsStrExt as _;
    let fixture = one_file();
    let folder = fixture.path().join(std::ffi::OsStr::from_bytes(b"caf\xe9"));
    fs::create_dir(&folder).unwrap();
    let Err(Error::Repository { message, .. }) = Snapshot::open(&folder, &At::Worktree) else { panic!("opened") };
    assert!(message.contains("is not UTF-8"), "{message}");
}

#[test]
fn what_is_no_regular_tracked_file_is_refused_by_name() {
    let fixture = one_file();
    fixture.write(".gitignore", "ignored.md\nbuild/\n");
    fixture.write("gone.md", "x\n");
    fixture.write("dropped.md", "x\n");
    fixture.commit();
    fixture.write("untracked.md", "x\n");
    fixture.write("ignored.md", "x\n");
    fixture.write("build/out.md", "x\n");
    fs::create_dir(fixture.path().join("empty")).unwrap();
    fs::remove_file(fixture.path().join("gone.md")).unwrap();
    let mut index = fixture.repository.index().unwrap();
    index.remove_path(Path::new("dropped.md")).unwrap();
    index.write().unwrap();
    let worktree = open(&fixture, &At::Worktree);
    for (name, why) in [
        ("nowhere.md", Refusal::Absent),
        ("docs/nowhere/x.md", Refusal::Absent),
        ("docs/a.md/x", Refusal::Absent),
        ("docs", Refusal::Folder),
        (".", Refusal::Folder),
        ("empty", Refusal::Folder),
        ("gone.md", Refusal::Deleted),
        ("dropped.md", Refusal::Untracked),
        ("untracked.md", Refusal::Untracked),
        ("ignored.md", Refusal::Ignored),
        ("build/out.md", Refusal::Ignored),
    ] {
        assert_eq!(read(&worktree, name), Err(why), "{name}");
    }
    let staged = open(&fixture, &At::Staged);
    for name in ["nowhere.md", "dropped.md", "untracked.md", "ignored.md", "docs/a.md/x"] {
        assert_eq!(read(&staged, name), Err(Refusal::Absent), "{name}");
    }
    assert_eq!(text(&staged, "gone.md"), "x\n");
    assert_eq!(read(&staged, "docs"), Err(Refusal::Folder));
    let committed = open(&fixture, &head());
    assert_eq!(text(&committed, "dropped.md"), "x\n");
    for (name, why) in
        [("docs", Refusal::Folder), (".", Refusal::Folder), ("docs/a.md/x", Refusal::Absent), ("untracked.md", Refusal::Absent)]
    {
        assert_eq!(read(&committed, name), Err(why), "{name}");
    }
    for at in [At::Worktree, At::Staged, head()] {
        let snapshot = open(&fixture, &at);
        assert!(snapshot.tracks(&path("docs")) && snapshot.tracks(&path("docs/a.md")) && snapshot.tracks(&RepoPath::root()));
        for name in ["doc", "docs/a", "docs/a.md/x", "untracked.md", "empty", "build"] {
            assert!(!snapshot.tracks(&path(name)), "{name} at {at:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::symlink;
    let fixture = one_file();
    fs::write(fixture.outside().join("secret.md"), "secret\n").unwrap();
    for (target, link) in
        [("docs/a.md", "inside"), ("../secret.md", "outside"), ("/etc/passwd", "absolute"), ("docs", "folder"), ("loop", "loop")]
    {
        symlink(target, fixture.path().join(link)).unwrap();
    }
    fixture.commit();
    for at in [At::Worktree, At::Staged, head()] {
        let snapshot = open(&fixture, &at);
        for name in ["inside", "outside", "absolute", "folder", "folder/a.md", "loop", "loop/x"] {
            assert_eq!(read(&snapshot, name), Err(Refusal::Symlink), "{name} at {at:?}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_tracked_file_or_folder_that_became_a_link_on_disk_is_not_followed() {
    use std::os::unix::fs::symlink;
    let fixture = one_file();
    fixture.write("etc/passwd", "tracked\n");
    fixture.write("b.md", "tracked\n");
    fixture.commit();
    fs::remove_dir_all(fixture.path().join("etc")).unwrap();
    symlink("/etc", fixture.path().join("etc")).unwrap();
    fs::remove_file(fixture.path().join("b.md")).unwrap();
    symlink("docs/a.md", fixture.path().join("b.md")).unwrap();
    let worktree = open(&fixture, &At::Worktree);
    for name in ["etc/passwd", "b.md"] {
        assert_eq!(read(&worktree, name), Err(Refusal::Symlink), "{name}");
    }
    assert_eq!(worktree.read_untracked(&path("etc/hostname"), LIMIT), Some(Err(Refusal::Symlink)));
    assert_eq!(text(&open(&fixture, &At::Staged), "etc/passwd"), "tracked\n");
}

#[cfg(unix)]
#[test]
fn a_pipe_or_folder_in_place_of_a_tracked_file_is_refused_without_waiting() {
    let fixture = one_file();
    fixture.write("b.md", "tracked\n");
    fixture.commit();
    for name in ["docs/a.md", "b.md"] {
        fs::remove_file(fixture.path().join(name)).unwrap();
    }
    fs::create_dir(fixture.path().join("b.md")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(fixture.path().join("docs/a.md")).status();
    let worktree = open(&fixture, &At::Worktree);
    assert_eq!(read(&worktree, "b.md"), Err(Refusal::Folder));
    if made.is_ok_and(|status| status.success()) {
        assert_eq!(read(&worktree, "docs/a.md"), Err(Refusal::Special));
        assert_eq!(worktree.read_untracked(&path("docs/a.md"), LIMIT), Some(Err(Refusal::Special)));
    }
}

#[test]
fn a_file_in_conflict_is_refused() {
    let fixture = one_file();
    let blob = fixture.repository.blob(b"theirs\n").unwrap();
    let mut index = fixture.repository.index().unwrap();
    index.remove_path(Path::new("docs/a.md")).unwrap();
    index.write().unwrap();
    for stage in 1..=3 {
        stage_raw(&fixture, "docs/a.md", 0o100_644, blob, stage);
    }
    for at in [At::Worktree, At::Staged] {
        assert_eq!(read(&open(&fixture, &at), "docs/a.md"), Err(Refusal::Conflict), "{at:?}");
    }
    assert_eq!(text(&open(&fixture, &head()), "docs/a.md"), "committed\n");
}

#[test]
fn a_path_into_a_submodule_is_refused() {
    let fixture = one_file();
    let commit = fixture.repository.head().unwrap().target().unwrap();
    stage_raw(&fixture, "part", 0o160_000, commit, 0);
    fixture.write("part/x.md", "theirs\n");
    fixture.commit_staged();
    for at in [At::Worktree, At::Staged, head()] {
        let snapshot = open(&fixture, &at);
        for name in ["part", "part/x.md"] {
            assert_eq!(read(&snapshot, name), Err(Refusal::Submodule), "{name} at {at:?}");
        }
    }
}

#[test]
fn a_path_that_sparse_checkout_left_out_is_read_from_the_index() {
    let fixture = one_file();
    let mut index = fixture.repository.index().unwrap();
    let mut entry = index.get_path(Path::new("docs/a.md"), 0).unwrap();
    entry.flags |= 0x4000;
    entry.flags_extended |= 1 << 14;
    index.add(&entry).unwrap();
    index.write().unwrap();
    fs::remove_dir_all(fixture.path().join("docs")).unwrap();
    let worktree = open(&fixture, &At::Worktree);
    assert_eq!(text(&worktree, "docs/a.md"), "committed\n");
    assert!(!worktree.is_dirty());
}

#[test]
fn a_checkout_with_windows_line_ends_is_the_file_that_git_stores() {
    let fixture = one_file();
    fixture.repository.config().unwrap().set_str("core.autocrlf", "true").unwrap();
    fixture.write("docs/a.md", "committed\r\n");
    let worktree = open(&fixture, &At::Worktree);
    let blob = read(&worktree, "docs/a.md").unwrap();
    assert_eq!((blob.bytes.as_slice(), blob.oid), (&b"committed\n"[..], id(b"committed\n")));
    assert!(!worktree.is_dirty());
    fixture.write("docs/a.md", "edited\r\n");
    let worktree = open(&fixture, &At::Worktree);
    assert_eq!(read(&worktree, "docs/a.md").unwrap().oid, id(b"edited\r\n"));
    assert!(worktree.is_dirty());
}

#[test]
fn a_file_that_git_stores_with_windows_line_ends_keeps_them() {
    let fixture = Fixture::new();
    fixture.write("a.md", "one\r\ntwo\n");
    fixture.commit();
    for at in [At::Worktree, At::Staged, head()] {
        assert_eq!(text(&open(&fixture, &at), "a.md"), "one\r\ntwo\n", "{at:?}");
    }
}

const POINTER: &str =
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";

#[test]
fn an_lfs_pointer_is_no_file_checked_out_or_not() {
    let fixture = Fixture::new();
    fixture.write("sbom.json", POINTER);
    fixture.commit();
    for at in [At::Worktree, At::Staged, head()] {
        assert_eq!(read(&open(&fixture, &at), "sbom.json"), Err(Refusal::LfsPointer), "{at:?}");
    }
    fixture.write("sbom.json", "{}\n");
    assert_eq!(read(&open(&fixture, &At::Worktree), "sbom.json"), Err(Refusal::LfsPointer));
}

#[test]
fn contents_that_are_not_in_the_clone_are_a_doubt() {
    let fixture = one_file();
    let lost = id(b"committed\n");
    fs::remove_file(fixture.path().join(".git/objects").join(&lost[..2]).join(&lost[2..])).unwrap();
    for at in [At::Staged, head()] {
        let refusal = read(&open(&fixture, &at), "docs/a.md").unwrap_err();
        assert_eq!(refusal, Refusal::MissingObject, "{at:?}");
        assert!(refusal.is_doubt());
    }
    assert_eq!(text(&open(&fixture, &At::Worktree), "docs/a.md"), "committed\n");
}

#[test]
fn a_folder_that_is_not_in_the_clone_is_a_doubt() {
    let fixture = one_file();
    let commit = fixture.repository.head().unwrap().peel_to_commit().unwrap();
    let folder = commit.tree().unwrap().get_name("docs").unwrap().id().to_string();
    fs::remove_file(fixture.path().join(".git/objects").join(&folder[..2]).join(&folder[2..])).unwrap();
    let fresh = Snapshot::open(&fixture.path(), &head()).unwrap();
    assert_eq!(read(&fresh, "docs/a.md"), Err(Refusal::MissingObject));
}

#[test]
fn a_file_is_read_up_to_its_bound_and_not_beyond() {
    let fixture = Fixture::new();
    fixture.write("most", vec![b'x'; LIMIT]);
    fixture.write("more", vec![b'x'; LIMIT + 1]);
    fixture.commit();
    for at in [At::Worktree, At::Staged, head()] {
        let snapshot = open(&fixture, &at);
        assert_eq!(read(&snapshot, "most").unwrap().bytes.len(), LIMIT, "{at:?}");
        let refusal = read(&snapshot, "more").unwrap_err();
        assert_eq!(refusal, Refusal::TooLarge(LIMIT), "{at:?}");
        assert!(refusal.is_doubt());
    }
    fixture.write("untracked", vec![b'x'; LIMIT + 1]);
    let untracked = open(&fixture, &At::Worktree).read_untracked(&path("untracked"), LIMIT);
    assert_eq!(untracked, Some(Err(Refusal::TooLarge(LIMIT))));
}

#[test]
fn untracked_files_are_handed_out_from_the_work_tree_alone() {
    let fixture = one_file();
    fixture.write("new.toml", "x = 1\n");
    let worktree = open(&fixture, &At::Worktree);
    assert_eq!(worktree.read_untracked(&path("new.toml"), LIMIT).unwrap().unwrap().bytes, b"x = 1\n");
    assert!(worktree.is_dirty());
    assert_eq!(worktree.read_untracked(&path("nowhere.toml"), LIMIT), None);
    for at in [At::Staged, head()] {
        assert_eq!(open(&fixture, &at).read_untracked(&path("new.toml"), LIMIT), None, "{at:?}");
    }
}

#[test]
fn filters_that_the_repository_sets_do_not_run() {
    let fixture = one_file();
    let mark = fixture.outside().join("ran");
    let mut config = fixture.repository.config().unwrap();
    for key in ["filter.evil.clean", "filter.evil.smudge", "core.fsmonitor", "core.sshCommand"] {
        config.set_str(key, &format!("touch {}", mark.display())).unwrap();
    }
    fixture.write(".gitattributes", "* filter=evil text eol=crlf\n");
    fixture.commit_staged();
    for at in [At::Worktree, At::Staged, head()] {
        assert_eq!(text(&open(&fixture, &at), "docs/a.md"), "committed\n", "{at:?}");
    }
    assert!(!mark.exists());
}

#[cfg(unix)]
#[test]
fn an_executable_file_is_a_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = one_file();
    let whole = fixture.path().join("docs/a.md");
    fs::set_permissions(&whole, fs::Permissions::from_mode(0o755)).unwrap();
    fixture.commit();
    for at in [At::Worktree, At::Staged, head()] {
        assert_eq!(text(&open(&fixture, &at), "docs/a.md"), "committed\n", "{at:?}");
    }
}

/// What is tracked, and whether it is a regular file.
fn listed(snapshot: &Snapshot) -> Vec<(String, bool)> {
    snapshot.tracked().iter().map(|found| (found.path.to_string(), found.regular)).collect()
}

#[test]
fn the_index_lists_what_libgit2_lists() {
    let fixture = Fixture::new();
    for name in ["z.md", "a/b/c.rs", "a/b.rs", "a.rs", "a-b/c", "with space/\u{e9}.txt", ".hidden/x", "A/upper", "deep/b/c/d/e/f"] {
        fixture.write(name, name);
    }
    fixture.commit();
    stage_raw(&fixture, "module", 0o160_000, Oid::from_str("1111111111111111111111111111111111111111").unwrap(), 0);
    let target = fixture.repository.blob(b"z.md").unwrap();
    stage_raw(&fixture, "link", 0o120_000, target, 0);
    let index = fixture.repository.index().unwrap();
    let expected: Vec<(String, bool)> =
        index.iter().map(|entry| (String::from_utf8(entry.path).unwrap(), entry.mode & 0o170_000 == 0o100_000)).collect();
    assert_eq!(listed(&open(&fixture, &At::Worktree)), expected);
    assert_eq!(expected.len(), 11);
    assert_eq!(listed(&open(&fixture, &head())).len(), 9);
}

#[test]
fn an_index_in_any_of_gits_forms_is_read() {
    for form in [&["update-index", "--index-version", "4"][..], &["update-index", "--split-index"], &["update-index", "--untracked-cache"]]
    {
        let fixture = one_file();
        fixture.write("src/main.rs", "fn main() {}\n");
        fixture.commit();
        let Some(()) = git(&fixture.path(), form) else { return };
        fixture.write("src/late.rs", "// late\n");
        git(&fixture.path(), &["add", "src/late.rs"]).unwrap();
        let snapshot = open(&fixture, &At::Staged);
        let names: Vec<String> = listed(&snapshot).into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["docs/a.md", "src/late.rs", "src/main.rs"], "{form:?}");
        assert_eq!(text(&snapshot, "src/late.rs"), "// late\n", "{form:?}");
    }
}

#[test]
fn an_index_that_leaves_folders_out_is_refused_with_what_to_do() {
    let fixture = one_file();
    fixture.write("src/main.rs", "fn main() {}\n");
    fixture.commit();
    let sparse = [&["sparse-checkout", "init", "--cone", "--sparse-index"][..], &["sparse-checkout", "set", "docs"]];
    if sparse.iter().any(|arguments| git(&fixture.path(), arguments).is_none()) {
        return;
    }
    let Err(Error::Repository { message, help: Some(help), .. }) = Snapshot::open(&fixture.path(), &At::Worktree) else {
        panic!("it was read")
    };
    assert!(message.contains("sparse") && help.contains("--no-sparse-index"), "{message} {help}");
    assert_eq!(listed(&open(&fixture, &head())).len(), 2);
}

#[test]
fn an_index_that_is_cut_off_is_refused() {
    let fixture = one_file();
    let index = fixture.path().join(".git/index");
    let whole = fs::read(&index).unwrap();
    for length in [0, 4, 11, 12, 40, whole.len() / 2, whole.len() - 21] {
        fs::write(&index, &whole[..length]).unwrap();
        let opened = Snapshot::open(&fixture.path(), &At::Staged);
        assert!(matches!(opened, Err(Error::Repository { .. })), "{length} bytes of {}", whole.len());
    }
}

#[cfg(unix)]
#[test]
fn a_search_sees_the_texts_that_are_read_and_nothing_else() {
    use std::os::unix::fs::symlink;
    let fixture = one_file();
    fixture.write("docs/b.md", "old\n");
    fixture.write("docs/deleted.md", "deleted\n");
    fixture.write("docs/large.md", "x".repeat(LIMIT + 1));
    fixture.write("docs/binary", [0xff, 0xfe, 0x00]);
    fixture.write("etc/passwd", "tracked\n");
    symlink("docs/a.md", fixture.path().join("link")).unwrap();
    fixture.commit();
    fixture.write("docs/b.md", "new\n");
    fs::remove_file(fixture.path().join("docs/deleted.md")).unwrap();
    fs::remove_dir_all(fixture.path().join("etc")).unwrap();
    fs::create_dir(fixture.outside().join("etc")).unwrap();
    fs::write(fixture.outside().join("etc/passwd"), "outside\n").unwrap();
    symlink("../etc", fixture.path().join("etc")).unwrap();
    for (at, expected) in [
        (At::Worktree, vec!["committed\n", "new\n"]),
        (At::Staged, vec!["committed\n", "old\n", "deleted\n", "tracked\n"]),
        (head(), vec!["committed\n", "old\n", "deleted\n", "tracked\n"]),
    ] {
        let snapshot = open(&fixture, &at);
        let mut texts = snapshot.skim();
        let seen: Vec<String> = snapshot.tracked().iter().filter_map(|found| texts.text(found, LIMIT)).collect();
        assert_eq!(seen, expected, "{at:?}");
    }
}
