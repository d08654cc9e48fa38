//! MP4 files made from numbers: no encoder, any shape, the bytes of samples are of no account.

/// Ticks of a frame: the timescale of video is this times the frames of a second.
pub const TICKS: u32 = 512;

/// What the file is to look like.
#[derive(Clone, Debug)]
pub struct Shape {
    /// Frames of video.
    pub frames: u32,
    /// Frames of a second.
    pub fps: u32,
    /// Frames from key frame to key frame.
    pub gop: u32,
    /// Bytes of a key frame and of another one.
    pub key: u32,
    /// See `key`.
    pub other: u32,
    /// Bytes of an audio sample of 1,024 at 48 kHz; none without.
    pub audio: u32,
    /// The movie header after the media.
    pub last: bool,
    /// 64-bit offsets and sizes.
    pub wide: bool,
}

impl Shape {
    /// 720p at about `kbits` a second, a key frame each two seconds, the header in front.
    #[must_use]
    pub fn of(kbits: u32, seconds: u32) -> Self {
        let audio = 64_000 / 8 * 1024 / 48_000;
        let gop = 60;
        // A key frame weighs ten others.
        let other = (kbits * 1000 / 8 - 8_000) * 2 / (gop + 9);
        Self { frames: seconds * 30, fps: 30, gop, key: other * 10, other, audio, last: false, wide: false }
    }
}

/// Numbers of four bytes, big-endian.
#[must_use]
pub fn words(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

/// A box of this type with these parts in it.
#[must_use]
pub fn boxed(kind: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let body: Vec<u8> = parts.concat();
    [&words(&[body.len() as u32 + 8]), kind.as_slice(), &body].concat()
}

/// A `stsd` with one H.264 or AAC entry.
#[must_use]
pub fn description(video: bool) -> Vec<u8> {
    let entry = if video {
        let mut fixed = vec![0; 78];
        fixed[24..28].copy_from_slice(&[2, 208, 5, 0]);
        boxed(b"avc1", &[&fixed, &boxed(b"avcC", &[&[1, 0x64, 0, 0x1f, 0xff, 0xe0, 0]])])
    } else {
        let esds = [0, 0, 0, 0, 3, 25, 0, 1, 0, 4, 17, 0x40, 0x15, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 5, 2, 0x11, 0x90, 6, 1, 2];
        boxed(b"mp4a", &[&[0; 28], &boxed(b"esds", &[&esds])])
    };
    boxed(b"stsd", &[&words(&[0, 1]), &entry])
}

/// A `trak` with these tables.
#[must_use]
pub fn track(id: u32, timescale: u32, video: bool, tables: &[u8]) -> Vec<u8> {
    let handler = if video { b"vide" } else { b"soun" };
    let tkhd = boxed(b"tkhd", &[&words(&[7, 0, 0, id, 0, 0]), &[0; 60]]);
    let mdhd = boxed(b"mdhd", &[&words(&[0, 0, 0, timescale, 0, 0])]);
    let hdlr = boxed(b"hdlr", &[&words(&[0, 0]), handler, &[0; 13]]);
    let stbl = boxed(b"stbl", &[&description(video), tables]);
    boxed(b"trak", &[&tkhd, &boxed(b"mdia", &[&mdhd, &hdlr, &boxed(b"minf", &[&stbl])])])
}

/// A `moov` with these parts.
#[must_use]
pub fn movie(parts: &[&[u8]]) -> Vec<u8> {
    let mvhd = boxed(b"mvhd", &[&words(&[0, 0, 0, 1000, 0]), &[0; 80]]);
    boxed(b"moov", &[&mvhd, &parts.concat()])
}

/// The file.
#[must_use]
pub fn file(shape: &Shape) -> Vec<u8> {
    // Half a second of video, then half a second of audio.
    let (mut chunks, mut mdat) = ([Vec::new(), Vec::new()], 0_u64);
    let mut sizes = [Vec::new(), Vec::new()];
    let (half, audio_half) = (shape.fps / 2, 24);
    let size = |frame: u32| if frame.is_multiple_of(shape.gop) { shape.key } else { shape.other };
    for start in (0..shape.frames).step_by(half as usize) {
        chunks[0].push(mdat);
        for frame in start..shape.frames.min(start + half) {
            sizes[0].push(size(frame));
            mdat += u64::from(size(frame));
        }
        if shape.audio > 0 {
            chunks[1].push(mdat);
            sizes[1].extend(vec![shape.audio; audio_half]);
            mdat += u64::from(shape.audio) * audio_half as u64;
        }
    }
    let keys: Vec<u32> = (0..shape.frames).step_by(shape.gop as usize).map(|frame| frame + 1).collect();
    let header = |base: u64| {
        let mut traks = Vec::new();
        for (index, per_chunk, scale, delta) in [(0, half, shape.fps * TICKS, TICKS), (1, audio_half as u32, 48_000, 1024)] {
            let count = sizes[index].len() as u32;
            if count == 0 {
                continue;
            }
            let stts = boxed(b"stts", &[&words(&[0, 1, count, delta])]);
            let stsc = boxed(b"stsc", &[&words(&[0, 1, 1, per_chunk, 1])]);
            let stsz = boxed(b"stsz", &[&words(&[0, 0, count]), &words(&sizes[index])]);
            let offsets = chunks[index].iter().map(|at| at + base);
            let table = if shape.wide {
                let rows: Vec<u8> = offsets.flat_map(u64::to_be_bytes).collect();
                boxed(b"co64", &[&words(&[0, chunks[index].len() as u32]), &rows])
            } else {
                boxed(b"stco", &[&words(&[0, chunks[index].len() as u32]), &words(&offsets.map(|at| at as u32).collect::<Vec<_>>())])
            };
            let stss = if index == 0 { boxed(b"stss", &[&words(&[0, keys.len() as u32]), &words(&keys)]) } else { Vec::new() };
            traks.extend(track(index as u32 + 1, scale, index == 0, &[stts, stsc, stsz, table, stss].concat()));
        }
        movie(&[&traks])
    };
    let ftyp = boxed(b"ftyp", &[b"isom", &words(&[0]), b"isom"]);
    let mut media = if shape.wide {
        words(&[1, u32::from_be_bytes(*b"mdat"), 0, mdat as u32 + 16])
    } else {
        words(&[mdat as u32 + 8, u32::from_be_bytes(*b"mdat")])
    };
    let before = ftyp.len() + media.len();
    media.extend((0..mdat).map(|at| ((at * 31) >> 3) as u8));
    if shape.last {
        [ftyp, media, header(before as u64)].concat()
    } else {
        let base = (header(0).len() + before) as u64;
        [ftyp, header(base), media].concat()
    }
}
