//! Two bodies and rules: see `compare_fuzz::compare`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| compare_fuzz::compare(data));
