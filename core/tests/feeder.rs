//! What goes in comes out: files of many shapes, remuxed and decoded by ffmpeg, have the same frames at the same times.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, unreachable_pub)]

#[path = "feeder/boxes.rs"]
mod boxes;
#[path = "feeder/feed.rs"]
mod feed;
#[path = "feeder/ffmpeg.rs"]
mod ffmpeg;

use cliffhanger_core::feeder::{Info, Micros, Source, Want};

const H264: &str = "-c:v libx264 -preset ultrafast -g 30";
const B_FRAMES: &str = "-c:v libx264 -preset veryfast -bf 3 -b_strategy 0 -g 30";
const AAC: &str = "-c:a aac -b:a 48k";

/// Feeds a file in several chunkings and compares what ffmpeg decodes from the source and from the segments.
fn same_frames(name: &str, file: &[u8]) -> Info {
    let mut joined: Option<[Vec<u8>; 2]> = None;
    let mut info = None;
    for (chunk, at_most) in [(1 << 16, u64::MAX), (1000, 20_000), (61, 300_000)] {
        let mut source = Source::mp4();
        let (segments, fetched) = feed::serve(&mut source, file, chunk, at_most).unwrap_or_else(|fault| panic!("{name}: {}", fault.text()));
        assert!(source.ended(), "{name}");
        assert_eq!(source.picture(), Some((160, 284)), "{name}");
        assert!(fetched <= file.len() as u64 + 1, "{name}: {fetched} bytes fetched of {}", file.len());
        let bytes = feed::join(&segments);
        if let Some(before) = &joined {
            assert!(before == &bytes, "{name}: another chunking, another output");
        }
        joined = Some(bytes);
        info = source.info().cloned();
    }
    let joined = joined.unwrap();
    let [video, audio] = &joined;
    let expected = ffmpeg::frames(&format!("{name}.source"), [file, file], 0);
    let actual = ffmpeg::frames(&format!("{name}.remuxed"), [video, audio], -i64::from(boxes::lowest_offset(video)));
    assert!(expected.len() > 20, "{name}: {} frames", expected.len());
    let difference = expected.iter().zip(&actual).position(|(a, b)| a != b);
    if difference.is_some() || expected.len() != actual.len() {
        let at = difference.unwrap_or(expected.len().min(actual.len()));
        let part = |lines: &[String]| lines[at.saturating_sub(1)..lines.len().min(at + 3)].join("\n");
        panic!("{name} differs at {at} of {}/{}:\n{}\n---\n{}", expected.len(), actual.len(), part(&expected), part(&actual));
    }
    info.unwrap()
}

fn check(name: &str, codecs: &str) -> Info {
    same_frames(name, &ffmpeg::make(name, "2.2", codecs))
}

#[test]
fn h264_with_b_frames_and_the_movie_header_last() {
    let info = check("b-frames", &format!("{B_FRAMES} {AAC}"));
    assert_eq!(info.mimes, ["video/mp4; codecs=\"avc1.64000c\"", "audio/mp4; codecs=\"mp4a.40.2\""]);
    assert!((2_190_000..2_260_000).contains(&info.duration.0), "{:?}", info.duration);
}

#[test]
fn h264_with_the_movie_header_first() {
    check("faststart", &format!("{H264} {AAC} -movflags +faststart"));
}

#[test]
fn no_audio() {
    let info = check("silent", &format!("{B_FRAMES} -an -movflags +faststart"));
    assert_eq!(info.mimes, ["video/mp4; codecs=\"avc1.64000c\""]);
}

#[test]
fn composition_offsets_with_a_sign() {
    check("signed", &format!("{B_FRAMES} {AAC} -movflags +negative_cts_offsets"));
}

#[test]
fn b_frames_without_an_edit_list() {
    check("no-edit", &format!("{B_FRAMES} {AAC} -use_editlist 0"));
}

#[test]
fn hevc() {
    let info = check("hevc", &format!("-c:v libx265 -preset ultrafast -x265-params log-level=none:bframes=2 -tag:v hvc1 {AAC}"));
    assert!(info.mimes[0].contains("hvc1.1.6.L"), "{:?}", info.mimes);
}

#[test]
fn av1_and_opus() {
    let info = check("av1", "-c:v libsvtav1 -preset 12 -svtav1-params lp=1 -c:a libopus -b:a 48k");
    assert!(info.mimes[0].contains("av01.0.0") && info.mimes[1].contains("opus"), "{:?}", info.mimes);
}

#[test]
fn vp9() {
    let info = check("vp9", &format!("-c:v libvpx-vp9 -deadline realtime -cpu-used 8 {AAC}"));
    assert!(info.mimes[0].contains("vp09.00.1"), "{:?}", info.mimes);
}

#[test]
fn frames_at_odd_times() {
    check("variable", &format!("-vf select='not(mod(n\\,7))+lt(mod(n\\,11)\\,5)' -fps_mode vfr {H264} {AAC}"));
}

#[test]
fn a_clock_that_divides_nothing() {
    check("timescale", &format!("{B_FRAMES} {AAC} -video_track_timescale 90001 -movie_timescale 7001"));
}

#[test]
fn a_long_group_of_pictures() {
    check("long-gop", &format!("-c:v libx264 -preset ultrafast -g 600 {AAC}"));
}

#[test]
fn all_video_before_all_audio() {
    check("apart", &format!("{H264} {AAC} -min_frag_duration 0 -max_interleave_delta 0 -chunk_duration 10000000"));
}

#[test]
fn audio_that_starts_late() {
    let file = ffmpeg::make("late-audio", "2", &format!("{B_FRAMES} {AAC}"));
    let path = ffmpeg::folder().join("late-audio.mp4");
    let path = path.to_str().unwrap();
    let out = ffmpeg::folder().join("late-audio-2.mp4");
    ffmpeg::run(&["-i", path, "-itsoffset", "0.3", "-i", path, "-map", "0:v", "-map", "1:a", "-c", "copy", out.to_str().unwrap()]);
    assert!(!file.is_empty());
    same_frames("late-audio", &std::fs::read(out).unwrap());
}

#[test]
fn a_fragmented_file() {
    check("fragmented", &format!("{B_FRAMES} {AAC} -movflags +frag_keyframe+empty_moov+default_base_moof"));
}

#[test]
fn a_fragmented_file_with_an_index() {
    check("indexed", &format!("{B_FRAMES} {AAC} -movflags +frag_keyframe+delay_moov+global_sidx+dash"));
}

#[test]
fn the_first_quarter_second_can_be_taken_while_the_response_is_still_coming() {
    let file = ffmpeg::make("streaming", "4", &format!("{H264} {AAC} -movflags +faststart"));
    let mut source = Source::mp4();
    let mut at = 0;
    let mut kinds = Vec::new();
    for bytes in file.chunks(500) {
        source.push(0, at, bytes, Some(file.len() as u64)).unwrap();
        at += bytes.len() as u64;
        while kinds.len() < 2
            && let Some(segment) = source.take(1)
        {
            kinds.push((segment.init, segment.end, at));
        }
    }
    assert_eq!((kinds[0].0, kinds[1].0, kinds[1].1), (true, false, Micros(250_000)));
    let key = source.key_frame().unwrap().range.end;
    assert!(kinds[1].2 < key + 30_000, "{kinds:?}, the key frame ends at {key}");
}

#[test]
fn all_of_a_fragment_is_shown_before_anything_of_the_next() {
    let file = ffmpeg::make("closed", "4", &format!("{B_FRAMES} {AAC} -movflags +faststart"));
    let (segments, _) = feed::serve(&mut Source::mp4(), &file, 1 << 16, u64::MAX).unwrap();
    let (mut at, mut shown_until, mut fragments) = (0, i64::MIN, 0);
    boxes::visit(&feed::join(&segments)[0], 0, &mut |kind, _, body| {
        if kind == b"tfdt" {
            at = i64::try_from(u64::from_be_bytes(body[4..12].try_into().unwrap())).unwrap();
        }
        if kind == b"trun" && boxes::number(body, 0) == 0x0100_0f01 {
            let mut times = Vec::new();
            for row in body[12..].chunks(16) {
                times.push(at + i64::from(boxes::number(row, 12) as i32));
                at += i64::from(boxes::number(row, 0));
            }
            assert!(*times.iter().min().unwrap() > shown_until, "fragment {fragments} goes back to before {shown_until}: {times:?}");
            shown_until = *times.iter().max().unwrap();
            fragments += 1;
        }
    });
    assert!(fragments > 8, "{fragments}");
}

#[test]
fn bytes_that_never_came_are_not_waited_for_after_a_seek_away_from_them() {
    let file = cliffhanger_sim::synthetic::file(&cliffhanger_sim::synthetic::Shape::of(800, 20));
    let total = Some(file.len() as u64);
    let mut source = Source::mp4();
    let push = |source: &mut Source, want: Want| {
        let end = want.range.end.min(file.len() as u64);
        source.push(0, want.range.start, &file[want.range.start as usize..end as usize], total).unwrap();
    };
    let serve = |source: &mut Source, until: u64| {
        while let Some(want) = source.want(Micros(until), 32 << 10, &[]) {
            push(source, want);
        }
    };
    serve(&mut source, 1_000_000);
    while source.take(0).is_some() {}
    // Of the next fragment only the beginning comes: it is found lacking.
    let want = source.want(Micros(3_000_000), 4096, &[]).unwrap();
    push(&mut source, want);
    assert!(source.take(0).is_none());
    let from = source.seek(Micros(10_000_000));
    serve(&mut source, 12_000_000);
    assert_eq!(source.take(0).map(|segment| segment.start), Some(from));
}
