//! Features files: see `gateway_fuzz::features`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| gateway_fuzz::features(data));
