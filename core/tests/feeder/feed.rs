//! Driving a source as the shell does.

use cliffhanger_core::feeder::{Fault, Micros, Segment, Source, Want};

/// Everything that can be taken, one segment for each `min_bytes`.
pub fn drain(source: &mut Source, min_bytes: usize, out: &mut Vec<Segment>) {
    while let Some(segment) = source.take(min_bytes) {
        assert!(size(&segment) > 0);
        out.push(segment);
    }
}

/// Serves the wants of a source from a file, `chunk` bytes at a time, until it has ended. The segments, and the bytes that were fetched.
pub fn serve(source: &mut Source, file: &[u8], chunk: usize, at_most: u64) -> Result<(Vec<Segment>, u64), Fault> {
    let (mut out, mut fetched, mut rounds) = (Vec::new(), 0, 0);
    while let Some(Want { resource, range }) = source.want(Micros::END, at_most, &[]) {
        assert!(range.start < range.end && range.start < file.len() as u64, "{range:?} of {}", file.len());
        let body = &file[range.start as usize..file.len().min(range.end as usize)];
        let mut at = range.start;
        for bytes in body.chunks(chunk) {
            source.push(resource, at, bytes, Some(file.len() as u64))?;
            at += bytes.len() as u64;
            drain(source, 1, &mut out);
        }
        fetched += body.len() as u64;
        rounds += 1;
        assert!(rounds < 10_000, "a source that is never content");
    }
    drain(source, 1, &mut out);
    Ok((out, fetched))
}

/// The bytes of a segment, of both tracks.
pub fn size(segment: &Segment) -> usize {
    segment.bytes.iter().map(Vec::len).sum()
}

/// The bytes of the segments in a row: for each track a file again.
pub fn join(segments: &[Segment]) -> [Vec<u8>; 2] {
    [0, 1].map(|track| segments.iter().flat_map(|segment| segment.bytes[track].iter().copied()).collect())
}
