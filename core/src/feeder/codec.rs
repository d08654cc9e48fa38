//! Names of codecs for `isTypeSupported` (RFC 6381; ISO/IEC 14496-15 annex E; the AV1, VP9 and Opus bindings to ISO BMFF).

use super::bytes::{Reader, cc};
use super::fault::Fault;

/// Bytes of a visual sample entry before its boxes (ISO/IEC 14496-12, 12.1.3) and of an audio one (12.2.3).
const VISUAL: usize = 78;
const AUDIO: usize = 28;

/// Sample entries that have a name.
const AVC1: u32 = cc(b"avc1");
const AVC3: u32 = cc(b"avc3");
const HVC1: u32 = cc(b"hvc1");
const HEV1: u32 = cc(b"hev1");
const AV01: u32 = cc(b"av01");
const VP09: u32 = cc(b"vp09");
const MP4A: u32 = cc(b"mp4a");
const OPUS: u32 = cc(b"Opus");
const FLAC: u32 = cc(b"fLaC");
const AC_3: u32 = cc(b"ac-3");
const EC_3: u32 = cc(b"ec-3");

/// What a sample description says.
#[derive(Debug, Default)]
pub(super) struct Codec {
    /// Such as `avc1.64001f`.
    pub(super) name: String,
    /// In pixels; zero for audio.
    pub(super) width: u32,
    pub(super) height: u32,
}

fn hex(out: &mut String, value: u32, digits: u32) {
    for digit in (0..digits).rev() {
        out.push(char::from_digit(value >> (4 * digit) & 15, 16).unwrap_or('0'));
    }
}

/// Hexadecimal without leading zeros.
fn short_hex(out: &mut String, value: u32) {
    hex(out, value, (35 - (value | 1).leading_zeros()) / 4);
}

/// Decimal with at least two digits when `two`. Values are below 1,000.
fn decimal(out: &mut String, value: u32, two: bool) {
    for (unit, shown) in [(100, value > 99), (10, value > 9 || two), (1, true)] {
        if shown {
            out.push(char::from_digit(value / unit % 10, 10).unwrap_or('0'));
        }
    }
}

/// Reads the one entry of an `stsd`.
pub(super) fn describe(stsd: Reader<'_>, video: bool) -> Result<Codec, Fault> {
    let mut entries = stsd;
    if entries.number(8)? as u32 != 1 {
        return Err(Fault::Descriptions);
    }
    let (kind, body) = entries.next_box()?.ok_or(Fault::Malformed)?;
    if kind == cc(b"encv") || kind == cc(b"enca") {
        return Err(Fault::Encrypted);
    }
    let mut entry = Reader(body);
    let mut codec = Codec::default();
    if video {
        let mut size = Reader(entry.take(VISUAL)?);
        size.take(24)?;
        codec.width = size.number(2)? as u32;
        codec.height = size.number(2)? as u32;
    } else {
        entry.take(AUDIO)?;
    }
    let name = &mut codec.name;
    name.extend(kind.to_be_bytes().map(char::from));
    // The configuration box and how its fields become a name.
    let config = |name: &[u8; 4]| entry.find(cc(name))?.ok_or(Fault::Codec);
    match kind {
        AVC1 | AVC3 => {
            name.push('.');
            hex(name, config(b"avcC")?.number(4)? as u32, 6);
        }
        HVC1 | HEV1 => hevc(name, config(b"hvcC")?)?,
        AV01 => {
            let bits = config(b"av1C")?.number(3)? as u32;
            name.push('.');
            decimal(name, bits >> 13 & 7, false);
            name.push('.');
            decimal(name, bits >> 8 & 31, true);
            name.push(if bits & 0x80 == 0 { 'M' } else { 'H' });
            name.push('.');
            decimal(name, 8 + 2 * (bits >> 6 & 1) + 2 * (bits >> 6 & bits >> 5 & 1), true);
        }
        VP09 => {
            let bits = config(b"vpcC")?.number(7)? as u32;
            for value in [bits >> 16 & 255, bits >> 8 & 255, bits >> 4 & 15] {
                name.push('.');
                decimal(name, value, true);
            }
        }
        MP4A => aac(name, config(b"esds")?)?,
        OPUS => *name = "opus".into(),
        FLAC => *name = "flac".into(),
        AC_3 | EC_3 => {}
        _ => return Err(Fault::Codec),
    }
    Ok(codec)
}

/// ISO/IEC 14496-15, E.3: profile, compatibility flags in reverse bit order, tier and level, constraint bytes without trailing zeros.
fn hevc(name: &mut String, mut config: Reader<'_>) -> Result<(), Fault> {
    let profile = config.number(2)? as u32;
    let compatibility = config.u32()?.reverse_bits();
    let constraints = config.number(6)?;
    let level = u32::from(config.u8()?);
    name.push('.');
    if let space @ 1.. = profile >> 6 & 3 {
        name.push(char::from_digit(9 + space, 16).unwrap_or('a').to_ascii_uppercase());
    }
    decimal(name, profile & 31, false);
    name.push('.');
    short_hex(name, compatibility);
    name.push_str(if profile & 0x20 == 0 { ".L" } else { ".H" });
    decimal(name, level, false);
    let mut left = constraints << 16;
    while left != 0 {
        name.push('.');
        short_hex(name, (left >> 56) as u32);
        left <<= 8;
    }
    Ok(())
}

/// ISO/IEC 14496-1, 7.2.6: ES descriptor, decoder configuration, object type; for AAC the audio object type of 14496-3, 1.6.2.1.
fn aac(name: &mut String, mut esds: Reader<'_>) -> Result<(), Fault> {
    esds.take(4)?;
    descriptor(&mut esds, 3)?;
    esds.take(2)?;
    let flags = esds.u8()?;
    if flags & 0xe0 != 0 {
        return Err(Fault::Codec);
    }
    descriptor(&mut esds, 4)?;
    let object = u32::from(esds.u8()?);
    name.push('.');
    hex(name, object, 2);
    if object == 0x40 {
        esds.take(12)?;
        descriptor(&mut esds, 5)?;
        let bits = esds.number(2)? as u32;
        name.push('.');
        decimal(name, if bits >> 11 == 31 { 32 + (bits >> 5 & 63) } else { bits >> 11 }, false);
    }
    Ok(())
}

/// Steps into a descriptor: its tag and its length in up to four bytes of seven bits.
fn descriptor(esds: &mut Reader<'_>, tag: u8) -> Result<(), Fault> {
    if esds.u8()? != tag {
        return Err(Fault::Codec);
    }
    for _ in 0..4 {
        if esds.u8()? & 0x80 == 0 {
            break;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(write: impl FnOnce(&mut String)) -> String {
        let mut out = String::new();
        write(&mut out);
        out
    }

    #[test]
    fn numbers_are_written_as_the_rfc_wants_them() {
        assert_eq!(text(|out| hex(out, 0x64_001f, 6)), "64001f");
        assert_eq!(text(|out| short_hex(out, 0x60)), "60");
        assert_eq!(text(|out| short_hex(out, 6)), "6");
        assert_eq!(text(|out| short_hex(out, 0)), "0");
        assert_eq!(text(|out| decimal(out, 120, false)), "120");
        assert_eq!(text(|out| decimal(out, 8, true)), "08");
        assert_eq!(text(|out| decimal(out, 0, false)), "0");
    }

    #[test]
    fn hevc_main_at_level_3_1_has_its_usual_name() {
        let config = [1, 0x01, 0x60, 0, 0, 0, 0xb0, 0, 0, 0, 0, 0, 93];
        assert_eq!(text(|out| hevc(out, Reader(&config)).unwrap()), ".1.6.L93.b0");
    }
}
