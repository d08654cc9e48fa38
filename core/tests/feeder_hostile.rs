//! Files that lie, are cut off or are something else: a stated fault or silence, in bounded time and memory; never a panic.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, unreachable_pub, dead_code)]

#[path = "feeder/boxes.rs"]
mod boxes;
#[path = "feeder/feed.rs"]
mod feed;

use cliffhanger_core::feeder::{Fault, Micros, Source};
use cliffhanger_sim::synthetic::{Shape, boxed, file, movie, track, words};
use proptest::prelude::*;

fn small() -> Shape {
    Shape { frames: 60, fps: 30, gop: 15, key: 900, other: 90, audio: 50, last: false, wide: false }
}

/// What becomes of a file that is served as it is asked for.
fn fate(bytes: &[u8]) -> Result<usize, Fault> {
    let mut source = Source::mp4();
    let (segments, _) = feed::serve(&mut source, bytes, 1 << 16, 1 << 20)?;
    Ok(segments.iter().filter(|segment| !segment.init).count())
}

/// `ftyp`, the movie, and some media.
fn with(moov: &[u8]) -> Vec<u8> {
    [boxed(b"ftyp", &[b"isom", &words(&[0])]), moov.to_vec(), boxed(b"mdat", &[&[0; 4000]])].concat()
}

fn tables(stts: &[u32], stsc: &[u32], stsz: &[u32], stco: &[u32], stss: &[u32]) -> Vec<u8> {
    let all: [(&[u8; 4], &[u32]); 5] = [(b"stts", stts), (b"stsc", stsc), (b"stsz", stsz), (b"stco", stco), (b"stss", stss)];
    all.iter().filter(|(_, table)| !table.is_empty()).flat_map(|(kind, table)| boxed(kind, &[&words(table)])).collect()
}

/// One video track with these tables.
fn video(tables: &[u8]) -> Vec<u8> {
    with(&movie(&[&track(1, 15_360, true, tables)]))
}

const STTS: &[u32] = &[0, 1, 4, 512];
const STSC: &[u32] = &[0, 1, 1, 4, 1];
const STSZ: &[u32] = &[0, 100, 4];
const STCO: &[u32] = &[0, 1, 1000];

#[test]
fn an_honest_small_file_plays() {
    assert_eq!(fate(&video(&tables(STTS, STSC, STSZ, STCO, &[]))), Ok(1));
    for shape in
        [small(), Shape { last: true, ..small() }, Shape { wide: true, ..small() }, Shape { wide: true, last: true, audio: 0, ..small() }]
    {
        let bytes = file(&shape);
        let mut source = Source::mp4();
        let (segments, _) = feed::serve(&mut source, &bytes, 997, 5000).unwrap();
        let taken: u64 = source.bytes_for(Micros(0), Micros::END);
        assert!(source.ended() && segments.len() > 4, "{shape:?}");
        let mdat: usize = segments.iter().map(feed::size).sum();
        assert!(mdat as u64 > taken && taken > 8000, "{shape:?}: {mdat} {taken}");
    }
}

#[test]
fn each_lie_has_its_fault() {
    let good = tables(STTS, STSC, STSZ, STCO, &[]);
    let huge = |kind: &[u8; 4], size: u32| [words(&[size]), kind.to_vec(), vec![0; 64]].concat();
    let fragmented = |moof: &[u8]| {
        let trex = boxed(b"mvex", &[&boxed(b"trex", &[&words(&[0, 1, 1, 512, 0, 0])])]);
        let moov = movie(&[&track(1, 15_360, true, &tables(&[0, 0], &[0, 0], &[0, 0, 0], &[0, 0], &[])), &trex]);
        [boxed(b"ftyp", &[b"iso6"]), moov, moof.to_vec(), boxed(b"mdat", &[&[0; 400]])].concat()
    };
    let traf = |tfhd: &[u32], tfdt: &[u32], trun: &[u32]| {
        let traf = boxed(b"traf", &[&boxed(b"tfhd", &[&words(tfhd)]), &boxed(b"tfdt", &[&words(tfdt)]), &boxed(b"trun", &[&words(trun)])]);
        boxed(b"moof", &[&traf])
    };
    let edit = |entries: &[u32]| {
        let elst = boxed(b"edts", &[&boxed(b"elst", &[&words(entries)])]);
        let mut trak = track(1, 15_360, true, &good)[8..].to_vec();
        trak.extend(elst);
        with(&movie(&[&boxed(b"trak", &[&trak])]))
    };
    let other = |from: &[u8; 4], to: &[u8; 4]| {
        let mut bytes = video(&good);
        let at = bytes.windows(4).position(|name| name == from).unwrap();
        bytes[at..at + 4].copy_from_slice(to);
        bytes
    };
    let mut two = video(&good);
    let entries = two.windows(4).position(|name| name == b"stsd").unwrap() + 11;
    two[entries] = 2;
    let cases: Vec<(&str, Vec<u8>, Fault)> = vec![
        ("a page", b"<!DOCTYPE html><html><body>Not found</body></html>".to_vec(), Fault::NotMp4),
        ("zeros", vec![0; 4096], Fault::NotMp4),
        ("a transport stream", [0x47, 0x40, 0, 0x10].repeat(1000), Fault::NotMp4),
        ("nothing but a type", boxed(b"ftyp", &[b"isom"]), Fault::NoMovie),
        ("a box smaller than its header", [boxed(b"ftyp", &[b"isom"]), huge(b"free", 4)].concat(), Fault::Malformed),
        ("a movie of 4 GiB", [boxed(b"ftyp", &[b"isom"]), huge(b"moov", u32::MAX)].concat(), Fault::TooBig),
        ("a movie beyond the end", [boxed(b"ftyp", &[b"isom"]), huge(b"moov", 5000)].concat(), Fault::Malformed),
        ("media to the end and no movie", [boxed(b"ftyp", &[b"isom"]), huge(b"mdat", 0)].concat(), Fault::NoMovie),
        (
            "media of 16 EiB",
            [boxed(b"ftyp", &[b"isom"]), words(&[1, u32::from_be_bytes(*b"mdat"), u32::MAX, u32::MAX])].concat(),
            Fault::Malformed,
        ),
        ("a thousand boxes", [boxed(b"ftyp", &[b"isom"]), boxed(b"free", &[]).repeat(1000)].concat(), Fault::TooMany),
        ("thousands of tracks", with(&movie(&[&track(1, 15_360, true, &good).repeat(3000)])), Fault::TooMany),
        ("no track", with(&movie(&[])), Fault::NoVideo),
        ("only sound", with(&movie(&[&track(1, 48_000, false, &good)])), Fault::NoVideo),
        ("a child beyond its parent", other(b"mdia", b"free"), Fault::Tables),
        ("an unknown codec", other(b"avc1", b"mp4v"), Fault::Codec),
        ("a codec without its configuration", other(b"avcC", b"free"), Fault::Codec),
        ("encrypted", other(b"avc1", b"encv"), Fault::Encrypted),
        ("two descriptions", two, Fault::Descriptions),
        ("a second description in use", video(&tables(STTS, &[0, 1, 1, 4, 2], STSZ, STCO, &[])), Fault::Descriptions),
        ("four billion samples", video(&tables(STTS, STSC, &[0, 1, u32::MAX], STCO, &[])), Fault::TooMany),
        ("four billion sizes", video(&tables(STTS, STSC, &[0, 0, u32::MAX >> 13, 1], STCO, &[])), Fault::Tables),
        ("four billion chunks", video(&tables(STTS, STSC, STSZ, &[0, u32::MAX, 1000], &[])), Fault::Tables),
        ("too few chunks", video(&tables(STTS, &[0, 1, 1, 1, 1], STSZ, STCO, &[])), Fault::Tables),
        ("empty chunks", video(&tables(STTS, &[0, 1, 1, 0, 1], STSZ, STCO, &[])), Fault::Tables),
        ("too few times", video(&tables(&[0, 1, 3, 512], STSC, STSZ, STCO, &[])), Fault::Tables),
        ("no clock", with(&movie(&[&track(1, 0, true, &good)])), Fault::Tables),
        ("no sizes", video(&tables(STTS, STSC, &[], STCO, &[])), Fault::Tables),
        ("samples behind the end", video(&tables(STTS, STSC, STSZ, &[0, 1, 1_000_000], &[])), Fault::Outside),
        ("a sample of a gigabyte", video(&tables(STTS, STSC, &[0, 1 << 30, 4], STCO, &[])), Fault::TooBig),
        ("no key frame", video(&tables(STTS, STSC, STSZ, STCO, &[0, 0])), Fault::NoKeyFrame),
        ("two edits", edit(&[0, 2, 100, 0, 0x1_0000, 100, 512, 0x1_0000]), Fault::Edit),
        ("an edit at half speed", edit(&[0, 1, 100, 0, 0x8000]), Fault::Edit),
        ("an edit into a group of pictures", edit(&[0, 1, 0, 1024, 0x1_0000]), Fault::Edit),
        ("four billion edits", edit(&[0, u32::MAX, 1, u32::MAX, 0x1_0000]), Fault::Malformed),
        ("a run of four billion", fragmented(&traf(&[0x2_0000, 1], &[0, 0], &[1, u32::MAX, 100])), Fault::TooMany),
        ("a run before the file", fragmented(&traf(&[0x2_0000, 1], &[0, 0], &[1, 1, 0x8000_0000])), Fault::Outside),
        ("a run that is cut off", fragmented(&traf(&[0x2_0000, 1], &[0, 0], &[0x201, 9, 100, 1])), Fault::Malformed),
        ("a fragment at the end of time", fragmented(&traf(&[0x2_0000, 1], &[1 << 24, u32::MAX, 0], &[1, 1, 100])), Fault::Tables),
        ("a fragment of another description", fragmented(&traf(&[0x2_0002, 1, 7], &[0, 0], &[1, 1, 100])), Fault::Descriptions),
    ];
    for (name, bytes, fault) in cases {
        assert_eq!(fate(&bytes).map_err(Fault::text), Err(fault.text()), "{name}");
    }
}

#[test]
fn a_file_that_is_cut_off_says_so() {
    let bytes = file(&small());
    assert_eq!(fate(&bytes[..bytes.len() - 500]), Err(Fault::Outside));
    let last = file(&Shape { last: true, ..small() });
    assert_eq!(fate(&last[..last.len() - 10]), Err(Fault::Malformed));
    assert_eq!(fate(&last[..last.len() / 2]), Err(Fault::NoMovie));
}

#[test]
fn a_faulty_source_stays_faulty_and_wants_nothing() {
    let mut source = Source::mp4();
    assert_eq!(source.push(0, 0, b"<html><head><title>", None), Err(Fault::NotMp4));
    assert_eq!(source.push(0, 0, &file(&small()), None), Err(Fault::NotMp4));
    assert_eq!((source.want(Micros::END, 1000, &[]), source.take(1)), (None, None));
}

#[test]
fn every_fault_is_one_line() {
    for fault in Fault::ALL {
        assert!(fault.text().len() < 90 && !fault.text().contains('\n'), "{fault:?}");
    }
}

#[test]
fn output_starts_again_for_a_new_buffer_and_at_any_place() {
    let bytes = file(&Shape { frames: 120, ..small() });
    let mut source = Source::mp4();
    let (first, _) = feed::serve(&mut source, &bytes, 4096, 1 << 20).unwrap();
    assert_eq!(source.restart(Micros(0)), Micros(0));
    assert_eq!(source.want(Micros::END, 1 << 20, &[]), None, "all of it is held");
    let mut again = Vec::new();
    feed::drain(&mut source, 1, &mut again);
    assert_eq!(again[0], first[0]);
    assert_eq!(again.len(), first.len());
    // Key frames are half a second apart.
    assert_eq!(source.seek(Micros(1_700_000)), Micros(1_500_000));
    let segment = source.take(1).unwrap();
    assert_eq!((segment.init, segment.start, segment.end), (false, Micros(1_500_000), Micros(1_750_000)));
}

#[test]
fn memory_is_freed_behind_the_playhead_and_what_is_ahead_stays() {
    let bytes = file(&Shape::of(8000, 20));
    let mut source = Source::mp4();
    feed::serve(&mut source, &bytes, 1 << 16, 1 << 20).unwrap();
    let all = source.held();
    source.forget_before(Micros(15_000_000));
    assert!(source.held() < all / 2, "{} of {all}", source.held());
    source.seek(Micros(16_000_000));
    assert_eq!(source.want(Micros::END, 1 << 20, &[]), None);
    source.seek(Micros(0));
    assert!(source.want(Micros::END, 1 << 20, &[]).is_some());
}

#[test]
fn what_is_under_way_is_not_wanted_again() {
    let bytes = file(&Shape::of(1000, 10));
    let mut source = Source::mp4();
    let first = source.want(Micros::END, u64::MAX, &[]).unwrap();
    assert_eq!((first.range.clone(), source.want(Micros::END, u64::MAX, &[Some(&first)])), (0..65_536, None));
    source.push(0, 0, &bytes[..65_536], Some(bytes.len() as u64)).unwrap();
    let mut flying: Vec<cliffhanger_core::feeder::Want> = Vec::new();
    while let Some(want) = source.want(Micros(3_000_000), 50_000, &flying.iter().map(Some).collect::<Vec<_>>()) {
        assert_eq!(want.range.start, flying.last().map_or(65_536, |last| last.range.end));
        flying.push(want);
    }
    let end = flying.last().unwrap().range.end;
    assert!((300_000..500_000).contains(&end), "{end}");
}

#[test]
fn what_was_made_can_be_fed_again() {
    let (segments, _) = feed::serve(&mut Source::mp4(), &file(&small()), 4096, 1 << 20).unwrap();
    let [made, _] = feed::join(&segments);
    let (again, _) = feed::serve(&mut Source::mp4(), &made, 777, 3000).unwrap();
    assert!(feed::join(&again) == [made, Vec::new()]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_chunking_gives_the_same_segments(sizes in prop::collection::vec(1_usize..5000, 1..40), order: bool, last: bool) {
        let bytes = file(&Shape { last, ..small() });
        let (expected, _) = feed::serve(&mut Source::mp4(), &bytes, 1 << 20, u64::MAX).unwrap();
        let mut parts = Vec::new();
        let mut at = 0;
        for size in sizes.iter().cycle() {
            if at >= bytes.len() { break }
            let end = bytes.len().min(at + size);
            parts.push(at..end);
            at = end;
        }
        if order { parts.reverse() }
        let (mut source, mut out) = (Source::mp4(), Vec::new());
        for part in parts {
            source.push(0, part.start as u64, &bytes[part], None).unwrap();
            feed::drain(&mut source, 1, &mut out);
        }
        prop_assert!(source.ended());
        prop_assert!(feed::join(&out) == feed::join(&expected));
    }

    #[test]
    fn mutated_files_neither_panic_nor_grow(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_usize..4), 1..12),
        last: bool, audio: bool, target in 0_u64..3_000_000,
    ) {
        let mut bytes = file(&Shape { last, audio: if audio { 50 } else { 0 }, ..small() });
        // Where the sizes, counts and offsets are.
        let header = bytes.windows(4).position(|name| name == b"moov").unwrap() - 4;
        let length = u32::from_be_bytes(bytes[header..header + 4].try_into().unwrap()) as usize;
        for (place, value, kind) in changes {
            let at = header + place.index(length);
            let extreme = [value, 0, 0xff, 1];
            bytes[at] = extreme[kind];
        }
        let mut source = Source::mp4();
        if let Ok((segments, fetched)) = feed::serve(&mut source, &bytes, 1000, 10_000) {
            // Samples may overlap, so what comes out can be more than what went in: by a factor that the tables pay for.
            let out: usize = segments.iter().map(feed::size).sum();
            prop_assert!(out < bytes.len() * 200, "{out}");
            prop_assert!(fetched <= bytes.len() as u64 * 2);
        }
        source.seek(Micros(target));
        let _ = source.want(Micros(target + 1_000_000), 5000, &[]);
        source.forget_before(Micros(target));
        prop_assert!(source.held() <= bytes.len());
        let _ = (source.take(1), source.bytes_for(Micros(0), Micros(target)), source.restart(Micros(0)), source.take(1000));
    }

    #[test]
    fn mutated_fragments_neither_panic_nor_grow(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..300, any::<u8>(), 0_usize..4), 1..12),
    ) {
        let (segments, _) = feed::serve(&mut Source::mp4(), &file(&small()), 1 << 16, 1 << 20).unwrap();
        let [mut bytes, _] = feed::join(&segments);
        let headers: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, name)| *name == b"moof" || *name == b"moov").map(|(at, _)| at - 4).collect();
        for (place, offset, value, kind) in changes {
            let at = headers[place.index(headers.len())] + offset;
            let extreme = [value, 0, 0xff, 1];
            if let Some(byte) = bytes.get_mut(at) {
                *byte = extreme[kind];
            }
        }
        let mut source = Source::mp4();
        if let Ok((segments, fetched)) = feed::serve(&mut source, &bytes, 1000, 10_000) {
            let out: usize = segments.iter().map(feed::size).sum();
            prop_assert!(out < bytes.len() * 200, "{out}");
            prop_assert!(fetched <= bytes.len() as u64 * 2);
        }
        prop_assert!(source.held() <= bytes.len());
        let _ = (source.seek(Micros(900_000)), source.take(1), source.restart(Micros(0)), source.take(1000));
    }

    #[test]
    fn any_playlist_is_read_or_refused(lines in prop::collection::vec(prop_oneof![
        Just("#EXT-X-MAP:URI=\"i\",BYTERANGE=\"99999999999999999999@7\""), Just("#EXTINF:99999999999999999999.9,"), Just("#EXTINF:-1"),
        Just("#EXT-X-BYTERANGE:1@18446744073709551615"), Just("#EXT-X-BYTERANGE:@"), Just("a"), Just("#EXT-X-ENDLIST"), Just("=\"=,\"é"),
        Just("#EXT-X-MAP:URI=\"i\""), Just("#EXTINF:1,"), Just("#EXT-X-STREAM-INF:BANDWIDTH=\"x"),
    ], 0..30)) {
        let text = ["#EXTM3U", &lines.join("\n")].join("\n");
        let mut source = Source::hls(1000);
        let _ = source.push(0, 0, text.as_bytes(), Some(text.len() as u64));
        let _ = (source.seek(Micros(5)), source.want(Micros::END, 1000, &[]), source.push(1, 0, &[0; 40], Some(40)), source.take(1));
    }
}
