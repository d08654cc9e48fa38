#![no_main]

#[allow(dead_code)]
#[path = "../../gate/tests/gate/fuzz.rs"]
mod fuzz;

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::path(data));
