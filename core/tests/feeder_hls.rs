//! HLS with fragmented MP4 comes out as the same file in one piece does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs, unreachable_pub, dead_code)]

#[path = "feeder/feed.rs"]
mod feed;
#[path = "feeder/ffmpeg.rs"]
mod ffmpeg;

use std::path::PathBuf;

use cliffhanger_core::feeder::{Micros, Segment, Source, Want};

/// Makes a playlist of one-second segments; its folder.
fn make(name: &str, flags: &str) -> PathBuf {
    let folder = ffmpeg::folder().join(name);
    std::fs::create_dir_all(&folder).unwrap();
    let video = "-c:v libx264 -preset ultrafast -bf 2 -g 30 -keyint_min 30 -sc_threshold 0 -c:a aac -b:a 48k";
    let list = folder.join("list.m3u8");
    let mut arguments =
        vec!["-f", "lavfi", "-i", "testsrc=size=160x284:rate=30:duration=4", "-f", "lavfi", "-i", "sine=sample_rate=48000:duration=4"];
    arguments.extend(video.split_whitespace());
    arguments.extend("-pix_fmt yuv420p -threads 1 -f hls -hls_segment_type fmp4 -hls_time 1 -hls_playlist_type vod".split_whitespace());
    arguments.extend(flags.split_whitespace());
    arguments.push(list.to_str().unwrap());
    ffmpeg::run(&arguments);
    std::fs::write(folder.join("master.m3u8"), "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=300000\nlist.m3u8\n").unwrap();
    folder
}

/// Serves what is wanted up to `until`; the segments.
fn serve(source: &mut Source, folder: &std::path::Path, until: Micros) -> Vec<Segment> {
    let mut out = Vec::new();
    while let Some(Want { resource, range }) = source.want(until, u64::MAX, &[]) {
        let name = source.uri(resource).map_or("master.m3u8", |(uri, _)| uri);
        let file = std::fs::read(folder.join(name)).unwrap();
        let body = &file[range.start as usize..file.len().min(range.end as usize)];
        for (bytes, at) in body.chunks(700).zip((range.start..).step_by(700)) {
            source.push(resource, at, bytes, Some(file.len() as u64)).unwrap();
            feed::drain(source, 1, &mut out);
        }
    }
    out
}

/// The fragments after the init segment.
fn media(segments: &[Segment]) -> [Vec<u8>; 2] {
    assert!(segments[0].init);
    feed::join(&segments[1..])
}

/// All the media of a playlist as one file.
fn whole(folder: &std::path::Path, names: &[&str]) -> Vec<u8> {
    names.iter().flat_map(|name| std::fs::read(folder.join(name)).unwrap()).collect()
}

#[test]
fn segments_in_files_of_their_own() {
    let folder = make("hls-files", "");
    let mut hls = Source::hls(1_000_000);
    let out = serve(&mut hls, &folder, Micros::END);
    assert!(hls.ended());
    assert_eq!(hls.info().unwrap().duration, Micros(4_000_000));
    let file = whole(&folder, &["init.mp4", "list0.m4s", "list1.m4s", "list2.m4s", "list3.m4s"]);
    let (plain, _) = feed::serve(&mut Source::mp4(), &file, 1 << 20, u64::MAX).unwrap();
    assert_eq!(media(&out), media(&plain));
}

#[test]
fn byte_ranges_of_one_file() {
    let folder = make("hls-ranges", "-hls_flags single_file");
    let mut hls = Source::hls(1_000_000);
    let out = serve(&mut hls, &folder, Micros::END);
    assert!(hls.ended());
    let (plain, _) = feed::serve(&mut Source::mp4(), &whole(&folder, &["list.m4s"]), 1 << 20, u64::MAX).unwrap();
    assert_eq!(media(&out), media(&plain));
}

#[test]
fn a_seek_goes_to_the_segment_without_the_ones_before() {
    let folder = make("hls-seek", "");
    let mut hls = Source::hls(1_000_000);
    serve(&mut hls, &folder, Micros(500_000));
    assert_eq!(hls.seek(Micros(3_500_000)), Micros(3_500_000), "not indexed yet");
    let out = serve(&mut hls, &folder, Micros::END);
    assert_eq!((out[0].start.0 / 100_000, out[0].init), (30, false));
    assert!(hls.ended());
    // What lies between was not fetched.
    let all: usize = ["list0.m4s", "list1.m4s", "list2.m4s", "list3.m4s"].iter().map(|name| whole(&folder, &[name]).len()).sum();
    let skipped = whole(&folder, &["list2.m4s"]).len();
    assert!(hls.held() <= all - skipped, "{} of {all}", hls.held());
}
