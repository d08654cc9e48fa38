#![no_main]

#[allow(dead_code)]
#[path = "../../core/tests/fuzz/mod.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::playlist(data));
