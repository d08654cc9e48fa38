//! Ranges, conditions, methods, expiry, links: serving files.

use crate::support::{Bench, Folder, NOW_MS, Setup, mp4};

async fn one() -> (Folder, Bench, String, Vec<u8>) {
    let folder = Folder::episodes(1);
    let bytes = mp4(90_001);
    let bench = Bench::open(&folder, Setup::default()).await;
    let url = bench.granted("e001").await;
    (folder, bench, url, bytes)
}

#[tokio::test]
async fn a_whole_file_carries_every_promised_header() {
    let (_folder, bench, url, bytes) = one().await;
    let answer = bench.get(&url).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, bytes);
    for (name, value) in [
        ("content-type", "video/mp4"),
        ("accept-ranges", "bytes"),
        ("access-control-allow-origin", "*"),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-resource-policy", "cross-origin"),
        // 90 s: three times that and two minutes.
        ("cache-control", "private, max-age=390, no-transform"),
        ("content-length", &bytes.len().to_string()),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert!(answer.header("etag").starts_with(&format!("\"{}/v1.mp4-", bench.content_key("e001"))));
    assert!(answer.headers.get("access-control-allow-credentials").is_none());
}

#[tokio::test]
async fn threat_19_one_range_is_served_exactly_and_anything_else_is_416() {
    let (_folder, bench, url, bytes) = one().await;
    let len = bytes.len();
    let end = len - 1;
    for (range, first, last) in [
        ("bytes=0-".to_owned(), 0, end),
        ("bytes=0-0".to_owned(), 0, 0),
        ("bytes=5-9".to_owned(), 5, 9),
        ("bytes=-10".to_owned(), len - 10, end),
        (format!("bytes={end}-"), end, end),
        ("bytes=10-99999999".to_owned(), 10, end),
        ("bytes=-99999999".to_owned(), 0, end),
        ("bytes=0-99999999999999999999999".to_owned(), 0, end),
        ("Bytes=1-2".to_owned(), 1, 2),
        ("bytes= 1-2".to_owned(), 1, 2),
    ] {
        let answer = bench.ask("GET", &url, &[("range", &range)]).await;
        assert_eq!(answer.status, 206, "{range}");
        assert_eq!(answer.header("content-range"), format!("bytes {first}-{last}/{len}"), "{range}");
        assert_eq!(answer.header("content-length"), (last - first + 1).to_string());
        assert_eq!(answer.body, bytes[first..=last], "{range}");
    }
    for range in [
        &format!("bytes={len}-"),
        "bytes=999999-",
        "bytes=99999999999999999999999-",
        "bytes=0-9,20-29",
        "bytes=0-1,",
        "bytes=,0-1",
        "bytes=9-5",
        "bytes=-0",
        "bytes=-",
        "bytes=",
        "bytes",
        "abc",
        "",
        "bytes=a-b",
        "bytes=1",
        "bytes=--1",
        "bytes=1--2",
        "bytes=+1-2",
        "bytes=1-+2",
        "bytes=0x1-2",
        "bytes=1-2-3",
        "bytes=1 - 2",
        "items=0-1",
        "bytes:0-1",
        "bytes=0-1;x",
        "bytes=-1-2",
        "bytes=1.5-2",
    ] {
        let answer = bench.ask("GET", &url, &[("range", range)]).await;
        answer.refused(416, "range-not-satisfiable");
        assert_eq!(answer.header("content-range"), format!("bytes */{len}"), "{range}");
    }
    let two = bench.ask("GET", &url, &[("range", "bytes=0-1"), ("range", "bytes=2-3")]).await;
    two.refused(416, "range-not-satisfiable");
}

#[tokio::test]
async fn threat_19_a_range_does_not_skip_the_token() {
    let (_folder, bench, url, _) = one().await;
    let bad = url.replacen("/p/e", "/p/f", 1);
    bench.ask("GET", &bad, &[("range", "bytes=0-0")]).await.refused(401, "token-invalid");
    bench.ask("GET", &bad, &[("range", "abc")]).await.refused(401, "token-invalid");
}

#[tokio::test]
async fn if_range_serves_the_part_only_while_the_file_is_the_same() {
    let (_folder, bench, url, bytes) = one().await;
    let etag = bench.get(&url).await.header("etag").to_owned();
    let same = bench.ask("GET", &url, &[("range", "bytes=0-0"), ("if-range", &etag)]).await;
    assert_eq!(same.status, 206);
    let other = bench.ask("GET", &url, &[("range", "bytes=0-0"), ("if-range", "\"other\"")]).await;
    assert_eq!((other.status.as_u16(), other.body.len()), (200, bytes.len()));
}

#[tokio::test]
async fn threat_20_head_and_odd_methods_pass_the_same_guard() {
    let (_folder, bench, url, bytes) = one().await;
    let head = bench.ask("HEAD", &url, &[("range", "bytes=0-0")]).await;
    assert_eq!((head.status.as_u16(), head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), bytes.len().to_string());
    let bad = url.replacen("/p/e", "/p/f", 1);
    let refused = bench.ask("HEAD", &bad, &[]).await;
    refused.refused(401, "token-invalid");
    for method in ["POST", "PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"] {
        for target in [&url, &bad] {
            let answer = bench.ask(method, target, &[]).await;
            answer.refused(405, "method-not-allowed");
            assert_eq!(answer.header("allow"), "GET, HEAD, OPTIONS");
        }
    }
    let preflight = bench.ask("OPTIONS", &bad, &[("origin", "https://a.example"), ("access-control-request-method", "GET")]).await;
    assert_eq!(preflight.status, 204);
    assert_eq!(preflight.header("access-control-allow-origin"), "*");
}

#[tokio::test]
async fn threat_21_conditional_requests_are_judged_after_the_token() {
    let (_folder, bench, url, _) = one().await;
    let etag = bench.get(&url).await.header("etag").to_owned();
    for tag in [etag.clone(), format!("W/{etag}"), format!("\"x\", {etag}"), "*".to_owned()] {
        let answer = bench.ask("GET", &url, &[("if-none-match", &tag)]).await;
        assert_eq!((answer.status.as_u16(), answer.body.len()), (304, 0), "{tag}");
    }
    let bad = url.replacen("/p/e", "/p/f", 1);
    bench.ask("GET", &bad, &[("if-none-match", &etag)]).await.refused(401, "token-invalid");
    bench.ask("GET", &bad, &[("if-none-match", "*")]).await.refused(401, "token-invalid");
}

#[tokio::test]
async fn threats_4_7_a_token_ends_at_exp_by_the_gates_clock() {
    let (_folder, bench, url, _) = one().await;
    bench.clock.set(NOW_MS + 389_999);
    let last = bench.ask("GET", &url, &[("range", "bytes=0-0")]).await;
    assert_eq!(last.status, 206);
    assert_eq!(last.header("cache-control"), "private, max-age=1, no-transform");
    bench.clock.set(NOW_MS + 390_000);
    let past = [("range", "bytes=0-0"), ("date", "Sun, 22 Nov 2020 10:00:00 GMT")];
    bench.ask("GET", &url, &past).await.refused(401, "token-expired");
}

#[cfg(unix)]
#[tokio::test]
async fn threat_18_a_link_put_in_place_of_a_file_or_a_folder_leads_nowhere() {
    let (folder, bench, url, _) = one().await;
    let file = folder.path.join("e1.mp4");
    std::fs::remove_file(&file).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", &file).unwrap();
    bench.get(&url).await.refused(404, "not-found");

    // The same for a folder on the way.
    let (folder, bench, url, _) = one().await;
    let moved = folder.beside("moved");
    std::fs::rename(&folder.path, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &folder.path).unwrap();
    bench.get(&url).await.refused(404, "not-found");
}

#[cfg(unix)]
#[tokio::test]
async fn threat_18_a_link_that_was_there_at_import_is_the_operators_choice_but_is_resolved_once() {
    let elsewhere = Folder::new(&[("real.mp4", mp4(5000))]);
    let folder = Folder::new(&[]);
    let target = elsewhere.path.join("real.mp4");
    std::os::unix::fs::symlink(&target, folder.path.join("e1.mp4")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path.join("e2.mp4")).unwrap();
    let bench = Bench::open(&folder, Setup::default()).await;
    assert!(bench.notes.iter().any(|n| n.contains("e2.mp4") && n.contains("not an MP4")), "{:?}", bench.notes);
    let url = bench.granted("e001").await;
    assert_eq!(bench.get(&url).await.body, mp4(5000));
    // Pointing the link elsewhere changes nothing: the gate does not look at it again.
    std::fs::remove_file(folder.path.join("e1.mp4")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", folder.path.join("e1.mp4")).unwrap();
    assert_eq!(bench.get(&url).await.body, mp4(5000));
}

#[tokio::test]
async fn a_file_that_has_gone_is_not_found() {
    let (folder, bench, url, _) = one().await;
    std::fs::remove_file(folder.path.join("e1.mp4")).unwrap();
    bench.get(&url).await.refused(404, "not-found");
    std::fs::create_dir(folder.path.join("e1.mp4")).unwrap();
    bench.get(&url).await.refused(404, "not-found");
}
