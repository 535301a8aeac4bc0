//! The corpus of the fuzz targets, through the same checks, without a fuzzer.

#[cfg(test)]
#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is also the library of the fuzz targets")]
mod invariants;

use std::fs;
use std::path::Path;

/// Most bytes of the whole corpus: it is part of every clone.
#[cfg(test)]
const CORPUS_MAX_BYTES: usize = 200 * 1024;

#[test]
fn the_corpus_holds() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut bytes = 0;
    for (target, check) in invariants::TARGETS {
        let mut files = 0;
        for file in fs::read_dir(corpus.join(target)).unwrap() {
            let path = file.unwrap().path();
            let data = fs::read(&path).unwrap();
            (files, bytes) = (files + 1, bytes + data.len());
            if std::panic::catch_unwind(|| check(&data)).is_err() {
                panic!("{} breaks a promise: {}", path.display(), data.escape_ascii());
            }
        }
        assert!(files >= 5, "{target} has next to no corpus");
    }
    assert!(bytes <= CORPUS_MAX_BYTES, "the corpus has {bytes} bytes");
}

#[test]
fn every_folder_of_the_corpus_and_every_binary_has_its_check() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let names = |folder: &str, end: &str| {
        let entries = fs::read_dir(fuzz.join(folder)).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = entries.map(|name| name.into_string().unwrap().replace(end, "")).collect();
        names.sort();
        names
    };
    let known: Vec<_> = invariants::TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(names("corpus", "/"), known);
    assert_eq!(names("fuzz_targets", ".rs"), known);
}
