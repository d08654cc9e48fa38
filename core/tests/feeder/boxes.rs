//! Boxes as a test sees them: trusted files, no checks.

/// Told the type, offset and content of a box.
pub type See<'a> = dyn FnMut(&[u8], usize, &[u8]) + 'a;

/// Calls `see` with the type, offset and content of every box of `bytes`, containers first.
pub fn visit(bytes: &[u8], base: usize, see: &mut See<'_>) {
    let mut at = 0;
    while at + 8 <= bytes.len() {
        let size = number(bytes, at) as usize;
        let kind = &bytes[at + 4..at + 8];
        let body = &bytes[at + 8..at + size];
        see(kind, base + at, body);
        if [b"moov", b"trak", b"mdia", b"minf", b"stbl", b"moof", b"traf", b"mvex", b"edts"].iter().any(|name| *name == kind) {
            visit(body, base + at + 8, see);
        }
        at += size;
    }
}

/// Four bytes, big-endian.
pub fn number(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap())
}

/// The lowest composition offset of what the feeder writes: `trun` with duration, size, flags and offset in each row.
pub fn lowest_offset(bytes: &[u8]) -> i32 {
    let mut lowest = 0;
    visit(bytes, 0, &mut |kind, _, body| {
        if kind == b"trun" && number(body, 0) == 0x0100_0f01 {
            lowest = body[12..].chunks(16).map(|row| number(row, 12) as i32).fold(lowest, i32::min);
        }
    });
    lowest
}
