//! Folders of plain MP4 files, good and bad.

use cliffhanger_gate::db::Location;
use cliffhanger_gate::import::{self, Options, names};
use cliffhanger_gate::mp4::{self, Unplayable};
use proptest::prelude::*;

use crate::support::{Bench, Folder, Setup, mp4, mp4_box, mp4_with};

fn titles(manifest: &serde_json::Value) -> Vec<String> {
    let episodes = manifest["episodes"].as_array().unwrap();
    episodes.iter().map(|e| format!("{} {}", e["id"].as_str().unwrap(), e["title"].as_str().unwrap())).collect()
}

#[tokio::test]
async fn names_are_ordered_as_people_count() {
    let folder = Folder::new(&[("e10.mp4", mp4(1)), ("e2.mp4", mp4(1)), ("E1.MP4", mp4(1)), ("e002b.mp4", mp4(1))]);
    let bench = Bench::open(&folder, Setup::default()).await;
    assert_eq!(titles(&bench.manifest().await), ["e001 E1", "e002 e2", "e003 e002b", "e004 e10"]);
}

#[tokio::test]
async fn ids_and_addresses_are_kept_when_files_come_and_go() {
    let folder = Folder::new(&[("e2.mp4", mp4(2)), ("e3.mp4", mp4(3))]);
    folder.write("e2.jpg", b"jpeg");
    let database = crate::support::place(Location::File(folder.beside("gate.sqlite")));
    let open = async || Bench::open(&folder, Setup { database: database.clone(), ..Setup::default() }).await;
    let before = open().await.manifest().await;
    assert_eq!(titles(&before), ["e001 e2", "e002 e3"]);
    // One more in front.
    folder.write("e1.mp4", &mp4(1));
    let after = open().await.manifest().await;
    assert_eq!(titles(&after), ["e003 e1", "e001 e2", "e002 e3"]);
    assert_eq!(after["episodes"][0]["n"], 1);
    assert_eq!(after["episodes"][1]["renditions"], before["episodes"][0]["renditions"]);
    assert_eq!(after["episodes"][1]["poster"], before["episodes"][0]["poster"]);
    // A number is not given away again, and a file that comes back is what it was.
    std::fs::remove_file(folder.path.join("e3.mp4")).unwrap();
    folder.write("e4.mp4", &mp4(4));
    assert_eq!(titles(&open().await.manifest().await), ["e003 e1", "e001 e2", "e004 e4"]);
    folder.write("e3.mp4", &mp4(3));
    assert_eq!(titles(&open().await.manifest().await), ["e003 e1", "e001 e2", "e002 e3", "e004 e4"]);
}

#[tokio::test]
async fn hostile_names_work_because_addresses_never_come_from_them() {
    let names = [
        "-rf.mp4",
        "a b.mp4",
        "\"quoted\" 'x'.mp4",
        "..mp4.mp4",
        "日本語.mp4",
        "<img src=x onerror=alert(1)>.mp4",
        "%2e%2e.mp4",
        "a;b&c.MP4",
        "tab\tnew\nline.mp4",
        "..%2f..%2fetc.mp4",
    ];
    let folder = Folder::new(&[]);
    for name in names {
        folder.write(name, &mp4(1000));
    }
    let bench = Bench::open(&folder, Setup { free: Some(100), ..Setup::default() }).await;
    let m = bench.manifest().await;
    let episodes = m["episodes"].as_array().unwrap();
    // "..mp4.mp4" is hidden.
    assert_eq!(episodes.len(), names.len() - 2, "{:?}", titles(&m));
    for episode in episodes {
        let url = episode["renditions"][0]["url"].as_str().unwrap();
        assert!(url.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-.".contains(&b)), "{url}");
        assert_eq!(bench.get(url).await.body, mp4(1000));
    }
}

#[tokio::test]
async fn what_cannot_be_played_is_named_and_skipped() {
    let good = mp4(1000);
    let folder = Folder::new(&[
        ("good.mp4", good.clone()),
        ("empty.mp4", Vec::new()),
        ("text.mp4", b"this is not a film at all".to_vec()),
        ("cut.mp4", good[..60].to_vec()),
        ("sound.mp4", mp4_with(b"soun", 1000, b"x")),
        ("no-moov.mp4", [mp4_box(b"ftyp", b"isom"), mp4_box(b"mdat", b"x")].concat()),
        ("bad.vtt", b"1\n00:00".to_vec()),
        ("good.en.vtt", b"no signature".to_vec()),
        ("notes.txt", b"x".to_vec()),
        ("._good.mp4", b"x".to_vec()),
    ]);
    std::fs::create_dir(folder.path.join("dir.mp4")).unwrap();
    std::fs::create_dir(folder.path.join("hls")).unwrap();
    std::fs::write(folder.path.join("hls/main.m3u8"), "#EXTM3U").unwrap();
    let bench = Bench::open(&folder, Setup::default()).await;
    assert_eq!(titles(&bench.manifest().await), ["e001 good"]);
    let notes = bench.notes.join("\n");
    for (name, why) in [
        ("empty.mp4", "empty"),
        ("text.mp4", "not an MP4"),
        ("cut.mp4", "cut short"),
        ("sound.mp4", "no video track"),
        ("no-moov.mp4", "moov"),
        ("good.en.vtt", "WEBVTT"),
        ("hls/", "HLS"),
    ] {
        assert!(notes.lines().any(|l| l.contains(name) && l.contains(why)), "{name}: {notes}");
    }
    assert!(!notes.contains("._good"), "{notes}");
    assert!(!notes.contains("notes.txt"), "{notes}");
}

#[test]
fn a_folder_that_cannot_be_served_is_named_with_what_would_be_right() {
    let folder = Folder::new(&[("empty.mp4", Vec::new())]);
    let file = folder.path.join("empty.mp4");
    let error = |path: &std::path::Path| import::read(path, Options::default(), &mut |_| ()).unwrap_err().to_string();
    for (path, said) in [
        (folder.path.join("none"), "does not exist"),
        (file.clone(), "not a folder"),
        (file.join("x"), "not a folder"),
        (folder.path.clone(), "no playable episode"),
    ] {
        let text = error(&path);
        assert!(text.contains(said) && text.contains(&path.display().to_string()) && text.contains("*.mp4"), "{text}");
    }
}

#[test]
fn a_poster_and_captions_lie_beside_their_file() {
    let folder = Folder::new(&[("e1.mp4", mp4(1)), ("e10.mp4", mp4(1)), ("e1.PNG", b"x".to_vec()), ("e1.vtt", b"WEBVTT".to_vec())]);
    folder.write("e1.pt-BR.vtt", b"\xef\xbb\xbfWEBVTT\n");
    folder.write("e1.forced-by-x1234567.vtt", b"WEBVTT");
    folder.write("e10.de.vtt", b"WEBVTT");
    let draft = import::read(&folder.path, Options::default(), &mut |_| ()).unwrap();
    let langs = |i: usize| draft.episodes[i].captions.iter().map(|c| c.caption.lang.as_str()).collect::<Vec<_>>();
    assert_eq!((langs(0), langs(1)), (vec!["und", "pt-BR"], vec!["de"]));
    assert!(draft.episodes[0].poster.is_some() && draft.episodes[1].poster.is_none());
}

#[test]
fn titles_and_slugs_come_from_names() {
    assert_eq!(names::title("03_-_The  Lie"), Some("03 - The Lie".into()));
    assert_eq!(names::title("___"), None);
    assert_eq!(names::slug("Neon Vows! (Season 2)"), "neon-vows-season-2");
    assert_eq!(names::slug("日本語"), "series");
    assert_eq!(names::slug(&"long ".repeat(40)).len(), 64);
}

fn probe(bytes: &[u8]) -> Result<mp4::Movie, Unplayable> {
    mp4::probe(&mut std::io::Cursor::new(bytes), bytes.len() as u64)
}

#[test]
fn sizes_in_a_file_are_never_trusted() {
    let good = mp4(90_000);
    let movie = probe(&good).unwrap();
    assert_eq!((movie.duration_ms, movie.width, movie.height, movie.complete), (Some(90_000), Some(360), Some(640), true));
    // Every cut is refused or read, never a panic; every size field set to the extremes as well.
    for end in 0..good.len() {
        let cut = probe(&good[..end]);
        assert!(cut.is_err() || !cut.unwrap().complete, "{end}");
    }
    for at in 0..good.len() - 4 {
        for value in [0u32, 1, 7, 8, 0x7fff_ffff, u32::MAX] {
            let mut bad = good.clone();
            bad[at..at + 4].copy_from_slice(&value.to_be_bytes());
            let _ = probe(&bad);
        }
    }
    // A 64-bit size of nearly everything.
    let large = [mp4_box(b"ftyp", b"isom"), [&1u32.to_be_bytes()[..], b"moov", &u64::MAX.to_be_bytes()[..]].concat()].concat();
    assert!(matches!(probe(&large), Err(Unplayable::Truncated)));
}

#[test]
fn a_rotated_picture_is_measured_as_it_is_shown() {
    let mut bytes = mp4(1000);
    let at = bytes.windows(4).position(|w| w == b"tkhd").unwrap() + 4;
    // The matrix {0 1 0; -1 0 0} turns by a quarter.
    bytes[at + 40..at + 44].copy_from_slice(&0u32.to_be_bytes());
    bytes[at + 44..at + 48].copy_from_slice(&0x10000u32.to_be_bytes());
    let movie = probe(&bytes).unwrap();
    assert_eq!((movie.width, movie.height), (Some(640), Some(360)));
}

proptest! {
    #[test]
    fn no_bytes_make_the_probe_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = probe(&bytes);
    }

    #[test]
    fn the_order_of_names_is_total(a in "[a-cA-C0-3 ]{0,6}", b in "[a-cA-C0-3 ]{0,6}", c in "[a-cA-C0-3 ]{0,6}") {
        use std::cmp::Ordering;
        let order = names::natural;
        prop_assert_eq!(order(&a, &b), order(&b, &a).reverse());
        prop_assert_eq!(order(&a, &b) == Ordering::Equal, a == b);
        if order(&a, &b) != Ordering::Greater && order(&b, &c) != Ordering::Greater {
            prop_assert_ne!(order(&a, &c), Ordering::Greater);
        }
    }

    #[test]
    fn a_slug_is_always_a_slug(name in "\\PC{0,80}") {
        prop_assert!(cliffhanger_gate::grammar::is_slug(&names::slug(&name)));
    }
}
