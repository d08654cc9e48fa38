//! The built-in page, the player's files and the operator's site.

use crate::support::{Bench, Folder, Setup, mp4};

async fn two() -> (Folder, Bench) {
    let folder = Folder::episodes(4);
    folder.write("e1.jpg", b"jpeg");
    let bench = Bench::open(&folder, Setup { free: Some(2), ..Setup::default() }).await;
    (folder, bench)
}

#[tokio::test]
async fn the_page_plays_the_first_free_episode_without_any_script() {
    let (_folder, bench) = two().await;
    let m = bench.manifest().await;
    let first = m["episodes"][0]["renditions"][0]["url"].as_str().unwrap();
    for path in ["/", "/watch/neon-vows"] {
        let answer = bench.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
        let html = answer.text();
        for part in [
            "<!doctype html>",
            "<html lang=\"en\">",
            "viewport-fit=cover",
            "<title>Neon Vows</title>",
            "rel=\"modulepreload\" href=\"/cliffhanger/cliffhanger.js\"",
            "<cliffhanger-player src=\"/series/neon-vows.json\" autoplay deep-link>",
            &format!("<video muted autoplay playsinline src=\"{first}\" poster=\"/poster/neon-vows/"),
            "<a href=\"/watch/neon-vows/2\">e2</a>",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
        assert!(!html.contains("rel=\"preload\""), "the video has the link to itself: {html}");
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !html.contains("<style") && !html.contains(" style="));
        assert!(html.contains("cargo xtask build"), "the player is not there and the page says so");
    }
    assert_eq!(bench.get("/watch.css").await.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(bench.get("/watch.js").await.header("content-type"), "text/javascript; charset=utf-8");
    assert_eq!(bench.get("/healthz").await.text(), "ok");
}

#[tokio::test]
async fn a_page_of_a_locked_episode_opens_there_and_has_no_video() {
    let (_folder, bench) = two().await;
    let html = bench.get("/watch/neon-vows/3").await.text();
    assert!(html.contains("as=\"fetch\" crossorigin href=\"/cliffhanger/cliffhanger.wasm\""), "nothing plays yet: {html}");
    assert!(html.contains(" episode=\"e003\""), "{html}");
    assert!(!html.contains("<video") && !html.contains(&bench.content_key("e003")), "{html}");
    let free = bench.get("/watch/neon-vows/2").await.text();
    assert!(free.contains(" episode=\"e002\"") && free.contains("<video"), "{free}");
    for path in [
        "/watch/neon-vows/5",
        "/watch/neon-vows/0",
        "/watch/neon-vows/x",
        "/watch/neon-vows/03",
        "/watch/other",
        "/watch/other/1",
        "/nothing",
    ] {
        assert_eq!(bench.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn threat_28_hostile_titles_stay_text() {
    let folder = Folder::new(&[]);
    let hostile = r#""><script>alert(1)</script><img src=x onerror='alert(2)'>&"#;
    let title = serde_json::to_string(hostile).unwrap();
    folder.write("e1.mp4", &mp4(1000));
    folder.write(
        "series.json",
        format!(
            r#"{{"cliffhanger":"1","series":{{"id":"neon-vows","title":{title},"lang":"en"}},"access":{{"mode":"gate","freeEpisodes":0}},
            "episodes":[{{"id":"a","n":1,"title":{title},"renditions":[{{"type":"mp4","url":"e1.mp4"}}]}},
            {{"id":"b","n":2,"title":{title},"renditions":[{{"type":"mp4","url":"e1.mp4"}}]}}]}}"#
        )
        .as_bytes(),
    );
    let bench = Bench::open(&folder, Setup::default()).await;
    for path in ["/", "/watch/neon-vows/1"] {
        let html = bench.get(path).await.text();
        // The player, the way out of other apps, and the data for search engines.
        assert_eq!((html.matches("<script").count(), html.matches("</script").count()), (3, 3), "{html}");
        assert!(!html.contains("<img") && !html.contains("'alert") && html.contains("&lt;script&gt;"), "{html}");
    }
}

#[tokio::test]
async fn the_players_files_are_served_to_any_page() {
    let folder = Folder::episodes(1);
    let player = Folder::new(&[
        ("cliffhanger.js", b"js".to_vec()),
        ("cliffhanger.wasm", b"\0asm".to_vec()),
        ("cliffhanger.js.map", b"{}".to_vec()),
        (".secret", b"x".to_vec()),
    ]);
    let bench = Bench::open(&folder, Setup { player: Some(player.path.clone()), ..Setup::default() }).await;
    for (file, kind) in [
        ("cliffhanger.js", "text/javascript; charset=utf-8"),
        ("cliffhanger.wasm", "application/wasm"),
        ("cliffhanger.js.map", "application/json"),
    ] {
        let answer = bench.get(&format!("/cliffhanger/{file}")).await;
        assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, kind));
        assert_eq!(answer.header("access-control-allow-origin"), "*");
        let again = bench.ask("GET", &format!("/cliffhanger/{file}"), &[("if-none-match", answer.header("etag"))]).await;
        assert_eq!(again.status, 304);
    }
    for bad in ["/cliffhanger/none.js", "/cliffhanger/.secret", "/cliffhanger/../e1.mp4", "/cliffhanger/%2e%2e/x", "/cliffhanger/"] {
        assert_eq!(bench.get(bad).await.status, 404, "{bad}");
    }
    assert!(!bench.get("/").await.text().contains("cargo xtask build"));
}

#[tokio::test]
async fn a_site_is_served_without_hidden_files_links_or_ways_out() {
    let folder = Folder::episodes(1);
    let site = Folder::new(&[
        ("index.html", b"<h1>site</h1>".to_vec()),
        (".env", b"SECRET".to_vec()),
        ("a b.css", b"css".to_vec()),
        ("clip.mp4", b"0123456789".to_vec()),
    ]);
    std::fs::create_dir(site.path.join("docs")).unwrap();
    std::fs::write(site.path.join("docs/index.html"), "docs").unwrap();
    std::fs::write(site.beside("outside.txt"), "outside").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(site.beside("outside.txt"), site.path.join("link.txt")).unwrap();
    let bench = Bench::open(&folder, Setup { site: Some(site.path.clone()), ..Setup::default() }).await;
    assert_eq!(bench.get("/").await.text(), "<h1>site</h1>");
    assert_eq!(bench.get("/a%20b.css").await.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(bench.get("/docs/").await.text(), "docs");
    let moved = bench.get("/docs").await;
    assert_eq!((moved.status.as_u16(), moved.header("location")), (308, "/docs/"));
    let part = bench.ask("GET", "/clip.mp4", &[("range", "bytes=2-4")]).await;
    assert_eq!((part.status.as_u16(), part.body.as_slice()), (206, &b"234"[..]));
    for bad in [
        "/.env",
        "/%2eenv",
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/docs/../index.html",
        "/link.txt",
        "//index.html",
        "/none",
        "/docs/%2e%2e/%2e%2e/outside.txt",
    ] {
        assert_eq!(bench.get(bad).await.status, 404, "{bad}");
    }
    assert_eq!(bench.ask("POST", "/", &[]).await.status, 405);
    // The gate's own routes come first, and the built-in page stays.
    assert_eq!(bench.get("/series/neon-vows.json").await.status, 200);
    assert!(bench.get("/watch/neon-vows").await.text().contains("<cliffhanger-player"));
}

#[tokio::test]
async fn threat_6_a_site_that_contains_the_episodes_does_not_give_them_away() {
    let folder = Folder::episodes(2);
    let site = folder.path.parent().unwrap().to_owned();
    std::fs::write(site.join("index.html"), "site").unwrap();
    let bench = Bench::open(&folder, Setup { free: Some(1), site: Some(site), ..Setup::default() }).await;
    assert_eq!(bench.get("/").await.text(), "site");
    for path in ["/Neon%20Vows/e1.mp4", "/Neon%20Vows/e2.mp4", "/neon%20vows/e2.mp4", "/Neon%20Vows/series.json", "/Neon%20Vows/"] {
        assert_eq!(bench.get(path).await.status, 404, "{path}");
    }
}
