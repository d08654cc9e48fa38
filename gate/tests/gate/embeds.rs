//! What other sites and search engines learn: oEmbed and structured data.

use serde_json::Value;

use crate::support::{Bench, Folder, Setup};

async fn four() -> (Folder, Bench) {
    let folder = Folder::episodes(4);
    folder.write("e1.jpg", b"jpeg");
    let setup = Setup { free: Some(2), public_url: Some("https://drama.example"), ..Setup::default() };
    let bench = Bench::open(&folder, setup).await;
    (folder, bench)
}

fn data(html: &str) -> Value {
    let (_, rest) = html.split_once("<script type=\"application/ld+json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

#[tokio::test]
async fn structured_data_gives_the_media_of_free_episodes_and_of_no_other() {
    let (_folder, bench) = four().await;
    let html = bench.get("/watch/neon-vows").await.text();
    let series = data(&html);
    assert_eq!((&series["@type"], &series["name"], &series["numberOfEpisodes"]), (&"TVSeries".into(), &"Neon Vows".into(), &4.into()));
    assert_eq!(series["url"], "https://drama.example/watch/neon-vows");
    let episodes = series["episode"].as_array().unwrap();
    assert_eq!(episodes.len(), 4);
    for (at, episode) in episodes.iter().enumerate() {
        let (video, free) = (&episode["video"], at < 2);
        assert_eq!((&episode["@type"], &video["@type"]), (&"TVEpisode".into(), &"VideoObject".into()));
        assert_eq!(episode["isAccessibleForFree"], free);
        assert_eq!(video["duration"], "PT91S");
        assert_eq!(video["contentUrl"].is_string(), free, "{video}");
        assert_eq!(video["embedUrl"], format!("https://drama.example/watch/neon-vows/{}", at + 1));
    }
    let first = episodes[0]["video"]["contentUrl"].as_str().unwrap().strip_prefix("https://drama.example").unwrap().to_owned();
    assert_eq!(bench.get(&first).await.status, 200, "{first}");
    for locked in ["e003", "e004"] {
        assert!(!html.contains(&bench.content_key(locked)), "nothing of {locked}'s address is in the page");
    }
    let third = data(&bench.get("/watch/neon-vows/3").await.text());
    assert_eq!(third["episode"][0]["episodeNumber"], 3);
    assert!(third["episode"][0]["video"].get("contentUrl").is_none());
}

#[tokio::test]
async fn oembed_turns_a_watch_page_into_an_iframe() {
    let (_folder, bench) = four().await;
    let html = bench.get("/watch/neon-vows/3").await.text();
    let (_, rest) = html.split_once("type=\"application/json+oembed\" href=\"https://drama.example").unwrap();
    let told = bench.get(rest.split_once('"').unwrap().0).await;
    assert_eq!(
        (told.status.as_u16(), told.header("content-type"), told.header("access-control-allow-origin")),
        (200, "application/json", "*")
    );
    let answer: Value = serde_json::from_str(&told.text()).unwrap();
    assert_eq!((&answer["version"], &answer["type"], &answer["title"]), (&"1.0".into(), &"video".into(), &"Neon Vows: e3".into()));
    assert_eq!((&answer["width"], &answer["height"]), (&360.into(), &640.into()));
    let html = answer["html"].as_str().unwrap();
    assert!(html.starts_with("<iframe src=\"https://drama.example/watch/neon-vows/3\" width=\"360\" height=\"640\""), "{html}");
    assert!(!html.contains("<script") && html.contains("allow=\"autoplay; fullscreen"), "{html}");
    let small: Value = serde_json::from_str(
        &bench.get("/oembed?url=https%3A%2F%2Fdrama.example%2Fwatch%2Fneon-vows&maxwidth=270&format=json").await.text(),
    )
    .unwrap();
    assert_eq!((&small["width"], &small["height"], &small["title"]), (&270.into(), &480.into(), &"Neon Vows".into()));
}

#[tokio::test]
async fn oembed_knows_only_pages_of_this_gate() {
    let (_folder, bench) = four().await;
    for url in [
        "",
        "https://drama.example/",
        "https://drama.example/watch/other",
        "https://drama.example/watch/neon-vows/9",
        "https://drama.example/watch/neon-vows/03",
        "https://drama.example/watch/neon-vows/3/x",
        "https://evil.example/watch/neon-vows",
        "https://drama.example.evil.example/watch/neon-vows",
        "https://drama.example/free/neon-vows",
        "javascript:alert(1)",
    ] {
        assert_eq!(bench.get(&format!("/oembed?url={url}")).await.status, 404, "{url}");
    }
    assert_eq!(bench.get("/oembed").await.status, 404);
    assert_eq!(bench.get("/oembed?url=https://drama.example/watch/neon-vows&format=xml").await.status, 501);
    assert_eq!(bench.get("/oembed?url=https://drama.example/watch/neon-vows&maxwidth=x").await.status, 400);
}
