//! The file of the audit log: rotation, torn lines, full disks.

use super::file::Journal;
use super::*;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use tempfile::TempDir;

fn settings(directory: &TempDir) -> AuditSettings {
    AuditSettings { path: Some(directory.path().join("audit.jsonl")), ..AuditSettings::default() }
}

fn sources() -> Sources {
    Sources::fixed(kernel::Timestamp(1_700_000_000_000), 1).0
}

fn entry(subject: &str) -> Entry {
    Entry::new(Who::local(By::Command), Action::ToggleEdit, subject).change(json!("off"), json!("on"))
}

fn subjects(audit: &Audit) -> Vec<String> {
    audit.page(100, None).unwrap().entries.into_iter().map(|record| record.entry.subject).collect()
}

fn lines(path: &Path) -> Vec<Value> {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_default())
        .collect()
}

#[actix_rt::test]
async fn entries_are_on_disk_when_they_are_recorded_and_only_the_owner_reads_them() {
    let directory = tempfile::tempdir().unwrap();
    let audit = Audit::start(&settings(&directory), &sources()).unwrap();
    let record = audit.record(entry("toggle a")).await.unwrap();
    let path = directory.path().join("audit.jsonl");
    assert_eq!(lines(&path), [serde_json::to_value(&record).unwrap()]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!((audit.state().written, audit.state().failed), (1, 0));
}

#[actix_rt::test]
async fn the_last_entries_are_remembered_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let audit = Audit::start(&settings(&directory), &sources()).unwrap();
    for subject in ["a", "b", "c"] {
        audit.record(entry(subject)).await.unwrap();
    }
    drop(audit);
    let settings = AuditSettings { memory_max: 2, ..settings(&directory) };
    let again = Audit::start(&settings, &sources()).unwrap();
    assert_eq!(subjects(&again), ["c", "b"]);
    again.record(entry("d")).await.unwrap();
    assert_eq!(subjects(&again), ["d", "c"], "memory is bounded");
}

#[actix_rt::test]
async fn a_line_torn_by_a_crash_is_passed_over_and_harms_no_other() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    let audit = Audit::start(&settings(&directory), &sources()).unwrap();
    audit.record(entry("whole")).await.unwrap();
    drop(audit);
    let mut torn = fs::read(&path).unwrap();
    torn.extend_from_within(..20);
    fs::write(&path, torn).unwrap();
    let audit = Audit::start(&settings(&directory), &sources()).unwrap();
    audit.record(entry("after")).await.unwrap();
    assert_eq!(subjects(&audit), ["after", "whole"]);
    let lines = lines(&path);
    assert_eq!((lines.len(), &lines[1], &lines[2]["subject"]), (3, &Value::Null, &json!("after")));
}

#[actix_rt::test]
async fn on_a_full_disk_a_change_is_refused_and_a_note_is_not() {
    let settings = AuditSettings { path: Some("/dev/full".into()), ..AuditSettings::default() };
    let audit = Audit::start(&settings, &sources()).unwrap();
    let error = audit.record(entry("refused")).await.unwrap_err();
    assert!(matches!(&error, AuditError::Write { path, .. } if path == "/dev/full"), "{error}");
    audit.note(entry("noted"));
    audit.settle(entry("made")).await;
    assert_eq!(subjects(&audit), ["made", "noted"]);
    // The queue is in order: when this is refused, the note has been tried.
    audit.record(entry("refused")).await.unwrap_err();
    let state = audit.state();
    assert_eq!((state.written, state.failed), (0, 4));
    assert!(state.error.unwrap().contains("/dev/full"));
}

#[actix_rt::test]
async fn what_came_of_a_change_is_on_disk_when_it_is_told() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    let audit = Audit::start(&settings(&directory), &sources()).unwrap();
    for made in 1..=50 {
        audit.settle(entry("made")).await;
        assert_eq!(lines(&path).len(), made);
    }
}

#[actix_rt::test]
async fn a_place_that_comes_back_is_written_to_again() {
    let directory = tempfile::tempdir().unwrap();
    let folder = directory.path().join("later");
    let settings = AuditSettings { path: Some(folder.join("audit.jsonl")), ..AuditSettings::default() };
    let audit = Audit::start(&settings, &sources()).unwrap();
    audit.record(entry("a")).await.unwrap_err();
    fs::create_dir(&folder).unwrap();
    audit.record(entry("b")).await.unwrap();
    assert_eq!((audit.state().error, lines(&folder.join("audit.jsonl")).len()), (None, 1));
}

#[actix_rt::test]
async fn without_a_file_entries_are_kept_in_memory() {
    let settings = AuditSettings { path: Some("".into()), ..AuditSettings::default() };
    let audit = Audit::start(&settings, &sources()).unwrap();
    audit.record(entry("a")).await.unwrap();
    assert_eq!((subjects(&audit), audit.state().file), (vec!["a".to_owned()], None));
}

#[actix_rt::test]
async fn an_entry_is_bounded_whatever_is_in_it() {
    let directory = tempfile::tempdir().unwrap();
    let audit = Audit::start(&settings(&directory), &sources()).unwrap();
    let who = Who { user: Some("ü".repeat(10_000)), ..Who::local(By::Token) };
    let large = Entry { who, ..entry(&"x".repeat(10_000)) }.change(json!("y".repeat(1 << 20)), Value::Null);
    audit.record(large).await.unwrap();
    let line = &lines(&directory.path().join("audit.jsonl"))[0];
    assert_eq!(line["before"], json!({ "left_out_bytes": (1 << 20) + 2 }));
    assert_eq!(line["who"]["user"].as_str().unwrap().chars().count(), 512);
    assert!(line.to_string().len() < 4_096);
}

#[actix_rt::test]
async fn who_gave_up_waiting_leaves_word_that_nothing_was_changed() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("audit.jsonl");
    let audit = Audit::start(&settings(&directory), &sources()).unwrap();
    // Somebody else holds the file, so that the thread stands at the first entry.
    let held = fs::File::create(&path).unwrap();
    held.lock().unwrap();
    let mut waiting = Box::pin(audit.record(entry("given up")));
    assert!(futures_util::poll!(&mut waiting).is_pending());
    drop(waiting);
    held.unlock().unwrap();
    audit.record(entry("next")).await.unwrap();
    let lines = lines(&path);
    let [given_up @ .., next] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!(next["subject"], "next");
    // Whether the thread had taken it up by then is not said; either way nothing looks as if it had been made.
    if let [made, failed] = given_up {
        assert_eq!((&failed["outcome"], &failed["of"]), (&json!("failed"), &made["id"]));
    } else {
        assert!(given_up.is_empty(), "{lines:?}");
    }
    assert_eq!(subjects(&audit), ["next"], "memory holds only what was recorded");
}

#[test]
fn a_full_file_makes_room_and_the_oldest_are_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.jsonl");
    let journal = Journal::new(path.clone(), 10, 3);
    for line in ["\"111\"", "\"222\"", "\"333\"", "\"444\"", "\"555\""] {
        journal.append(line.as_bytes()).unwrap();
    }
    let read = |suffix: &str| fs::read_to_string(directory.path().join(format!("a.jsonl{suffix}"))).ok();
    assert_eq!(
        [read(""), read(".1"), read(".2"), read(".3")],
        [Some("\"555\"\n".into()), Some("\"444\"\n".into()), Some("\"333\"\n".into()), None]
    );
    let alone = Journal::new(path, 10, 1);
    alone.append(b"\"666\"").unwrap();
    assert_eq!(read(""), Some("\"666\"\n".into()), "one file in all");
}

#[test]
fn whoever_moves_the_file_away_is_not_written_behind() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.jsonl");
    let journal = Journal::new(path.clone(), 1_000, 3);
    journal.append(b"1").unwrap();
    fs::rename(&path, directory.path().join("moved")).unwrap();
    journal.append(b"2").unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "2\n");
}
