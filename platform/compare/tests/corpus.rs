//! The corpus of the fuzz target and changes of it, through the same check, without a fuzzer.

#[cfg(test)]
#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "it is also the library of the fuzz target")]
mod invariants;

use proptest::prelude::*;
use std::path::Path;
use std::{fs, io};

fn corpus() -> io::Result<Vec<Vec<u8>>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/compare");
    fs::read_dir(folder)?.map(|file| fs::read(file?.path())).collect()
}

#[test]
fn the_corpus_holds() {
    let corpus = corpus().unwrap();
    assert!(corpus.len() >= 10);
    assert!(corpus.iter().map(Vec::len).sum::<usize>() < 50_000);
    corpus.iter().for_each(|input| invariants::compare(input));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn changes_of_the_corpus_hold(
        chosen in any::<prop::sample::Index>(),
        edits in proptest::collection::vec((any::<prop::sample::Index>(), 0_usize..6, 0_usize..4, "[\\[\\]{},:\"0-9a-b<>/=&\n\\\\-]{0,3}"), 0..6),
    ) {
        let corpus = corpus()?;
        let mut input = chosen.get(&corpus).clone();
        for (at, length, _, text) in &edits {
            let start = at.index(input.len() + 1);
            let end = (start + length).min(input.len());
            input.splice(start..end, text.bytes());
        }
        invariants::compare(&input);
    }
}
