//! Media made and judged by ffmpeg.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of this build for files that tests make.
pub fn folder() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("feeder");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Runs ffmpeg; its output. Fails with ffmpeg's words, or with how to get it.
pub fn run(arguments: &[&str]) -> String {
    let out = Command::new("ffmpeg")
        .args(["-hide_banner", "-loglevel", "error", "-nostdin", "-y"])
        .args(arguments)
        .output()
        .expect("ffmpeg is needed: apt-get install --no-install-recommends ffmpeg");
    assert!(out.status.success(), "ffmpeg {}\n{}", arguments.join(" "), String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// A moving picture with a pulsing sound, encoded with `codecs`: the bytes of the MP4.
pub fn make(name: &str, seconds: &str, codecs: &str) -> Vec<u8> {
    let file = folder().join(format!("{name}.mp4"));
    let video = format!("testsrc=size=160x284:rate=30:duration={seconds}");
    let audio = format!("sine=frequency=300:beep_factor=4:sample_rate=48000:duration={seconds}");
    let mut arguments = vec!["-f", "lavfi", "-i", &video, "-f", "lavfi", "-i", &audio, "-pix_fmt", "yuv420p", "-threads", "1"];
    arguments.extend(codecs.split_whitespace());
    let path = file.to_str().unwrap();
    arguments.push(path);
    run(&arguments);
    std::fs::read(file).unwrap()
}

/// The decoded frames that are shown of the files that hold the picture and the sound, which may be the same: one line each with stream, time and
/// hash. Decode times do not count.
///
/// In fragmented files ffmpeg shows video later by the largest negative composition offset (`dts_shift` in its mov.c), unlike ISO/IEC
/// 14496-12 and browsers; `shift` takes that off again, in ticks. It also returns the priming of audio, before 0, where browsers drop it.
pub fn frames(name: &str, files: [&[u8]; 2], shift: i64) -> Vec<String> {
    let mut lines = Vec::new();
    for ((stream, handler, shift), bytes) in [("v:0", b"vide", shift), ("a:0", b"soun", 0)].into_iter().zip(files) {
        if !bytes.windows(4).any(|name| name == handler) {
            continue;
        }
        let file = folder().join(format!("{name}.frames.mp4"));
        std::fs::write(&file, bytes).unwrap();
        let path = file.to_str().unwrap();
        let stream = &format!("0:{stream}");
        let text = run(&["-i", path, "-map", stream, "-fps_mode", "passthrough", "-enc_time_base", "-1", "-copyts", "-f", "framemd5", "-"]);
        for line in text.lines().filter(|line| !line.starts_with('#') || line.starts_with("#tb")) {
            let field: Vec<&str> = line.split(',').map(str::trim).collect();
            // stream, dts, pts, duration, size, hash
            match field.get(2).map(|pts| pts.parse::<i64>().unwrap() - shift) {
                Some(pts) if pts >= 0 => lines.push(format!("{stream} {pts} {} {}", field[4], field[5])),
                Some(_) => {}
                None => lines.push(line.to_owned()),
            }
        }
    }
    lines
}
