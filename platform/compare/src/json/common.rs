//! How far two texts run equal, from either end.

/// Bytes compared at once while looking for the first that differs.
const BLOCK: usize = 32;

/// How many bytes are equal from the start on: by blocks, then by words, then one by one.
pub(crate) fn front(old: &[u8], new: &[u8]) -> usize {
    let blocks = old.as_chunks::<BLOCK>().0.iter().zip(new.as_chunks::<BLOCK>().0);
    let mut equal = blocks.take_while(|(old, new)| old == new).count() * BLOCK;
    let (old, new) = (old.get(equal..).unwrap_or_default(), new.get(equal..).unwrap_or_default());
    let words = old.as_chunks::<8>().0.iter().zip(new.as_chunks::<8>().0);
    let mut whole = 0;
    for (old, new) in words {
        let differing = u64::from_le_bytes(*old) ^ u64::from_le_bytes(*new);
        if differing != 0 {
            return equal + whole + differing.trailing_zeros() as usize / 8;
        }
        whole += 8;
    }
    equal += whole;
    let tail = old.iter().skip(whole).zip(new.iter().skip(whole));
    equal + tail.take_while(|(old, new)| old == new).count()
}

/// How many bytes are equal at the end.
pub(crate) fn back(old: &[u8], new: &[u8]) -> usize {
    let blocks = old.as_rchunks::<BLOCK>().1.iter().rev().zip(new.as_rchunks::<BLOCK>().1.iter().rev());
    let equal = blocks.take_while(|(old, new)| old == new).count() * BLOCK;
    let left = |bytes: &[u8]| bytes.len() - equal;
    let (old, new) = (old.get(..left(old)).unwrap_or_default(), new.get(..left(new)).unwrap_or_default());
    let tail = old.iter().rev().zip(new.iter().rev());
    equal + tail.take_while(|(old, new)| old == new).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn both_ends_are_what_a_byte_loop_finds(
            (start, old, new, end) in ("a{0,80}", "[ab]{0,40}", "[ab]{0,40}", "a{0,80}"),
        ) {
            let (old, new) = (format!("{start}{old}{end}"), format!("{start}{new}{end}"));
            let slow = old.bytes().zip(new.bytes()).take_while(|(old, new)| old == new).count();
            prop_assert_eq!(front(old.as_bytes(), new.as_bytes()), slow);
            let slow = old.bytes().rev().zip(new.bytes().rev()).take_while(|(old, new)| old == new).count();
            prop_assert_eq!(back(old.as_bytes(), new.as_bytes()), slow);
        }
    }
}
