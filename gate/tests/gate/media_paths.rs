//! The grammar of media addresses, through the router: nothing odd reaches a file.

use crate::support::{Bench, Folder, Setup};

/// Every way to write the good path `/s/k/f` wrongly. `{t}` is a good token, `{g}` the good rest.
#[tokio::test]
async fn threats_16_17_sixty_odd_paths_are_not_found_even_with_a_good_token() {
    let folder = Folder::episodes(1);
    let bench = Bench::open(&folder, Setup::default()).await;
    let good = bench.granted("e001").await;
    assert_eq!(bench.get(&good).await.status, 200);
    let token = good.split('/').nth(2).unwrap();
    let key = bench.content_key("e001");
    let dir = format!("neon-vows/{key}");
    let long = "a".repeat(65);
    let odd = [
        // climbing
        format!("{dir}/../{key}/v1.mp4"),
        format!("{dir}/.."),
        format!("{dir}/../../../etc/passwd"),
        format!("../{dir}/v1.mp4"),
        format!("{dir}/./v1.mp4"),
        format!("./{dir}/v1.mp4"),
        format!("{dir}/..v1.mp4"),
        format!("{dir}/v1..mp4"),
        // encoded climbing
        format!("{dir}/%2e%2e/{key}/v1.mp4"),
        format!("{dir}/%2E%2E/v1.mp4"),
        format!("{dir}/.%2e/v1.mp4"),
        format!("{dir}/%252e%252e/v1.mp4"),
        format!("{dir}/..%2fv1.mp4"),
        format!("{dir}/..%5cv1.mp4"),
        format!("{dir}/%c0%ae%c0%ae/v1.mp4"),
        format!("{dir}/%e0%80%ae/v1.mp4"),
        format!("{dir}/%uff0e/v1.mp4"),
        // the same file, written otherwise
        format!("{dir}/v%31.mp4"),
        format!("{dir}/v1%2emp4"),
        format!("{dir}/%76%31%2e%6d%70%34"),
        format!("neon%2dvows/{key}/v1.mp4"),
        format!("neon-vows%2f{key}/v1.mp4"),
        format!("neon-vows%2F{key}%2Fv1.mp4"),
        // slashes
        format!("/{dir}/v1.mp4"),
        format!("neon-vows//{key}/v1.mp4"),
        format!("{dir}//v1.mp4"),
        format!("{dir}/v1.mp4/"),
        format!("{dir}/v1.mp4//"),
        format!("{dir}/"),
        "neon-vows/".to_owned(),
        "neon-vows".to_owned(),
        String::new(),
        "/".to_owned(),
        // case
        format!("Neon-Vows/{key}/v1.mp4"),
        format!("NEON-VOWS/{key}/v1.mp4"),
        format!("neon-vows/{}/v1.mp4", key.to_uppercase()),
        format!("{dir}/V1.mp4"),
        format!("{dir}/v1.MP4"),
        // trailing and leading dots, hidden
        format!("{dir}/v1.mp4."),
        format!("{dir}/.v1.mp4"),
        format!("{dir}./v1.mp4"),
        format!(".{dir}/v1.mp4"),
        format!("{dir}/.htaccess"),
        // parameters and separators
        format!("{dir}/v1.mp4;x=1"),
        format!("{dir};x/v1.mp4"),
        format!("{dir}/v1.mp4:stream"),
        format!("{dir}/v1.mp4::$DATA"),
        format!("{dir}/v1.mp4~"),
        format!("{dir}/v1.mp4%00"),
        format!("{dir}/v1.mp4%00.txt"),
        format!("{dir}/v1.mp4%0d%0a"),
        format!("{dir}/v1.mp4%20"),
        format!("{dir}/v1.mp4+"),
        format!("{dir}/v1.mp4*"),
        format!("{dir}/*"),
        format!("{dir}/v1.mp4,x"),
        format!("{dir}/@v1.mp4"),
        format!("{dir}/v1.mp4%3fx"),
        // length and depth
        format!("{dir}/{long}"),
        format!("{long}/{key}/v1.mp4"),
        format!("{dir}/a/b/c/d/v1.mp4"),
        format!("{dir}/v1.mp4/a/b/c/d/e/f"),
        // unknown, but well written
        format!("{dir}/v2.mp4"),
        format!("{dir}/v1.mp4/x"),
        format!("{dir}/e1.mp4"),
        format!("{dir}/passwd"),
    ];
    assert!(odd.len() >= 60, "{}", odd.len());
    // Well written, but not below the prefix.
    bench.get(&format!("/p/{token}/{dir}")).await.refused(403, "path-not-granted");
    for path in odd {
        bench.get(&format!("/p/{token}/{path}")).await.refused(404, "not-found");
        bench.get(&format!("/free/{path}")).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn threat_8_another_episodes_path_is_not_granted() {
    let folder = Folder::episodes(3);
    let bench = Bench::open(&folder, Setup { free: Some(2), ..Setup::default() }).await;
    let token = bench.granted("e001").await.split('/').nth(2).unwrap().to_owned();
    for episode in ["e002", "e003"] {
        let key = bench.content_key(episode);
        bench.get(&format!("/p/{token}/neon-vows/{key}/v1.mp4")).await.refused(403, "path-not-granted");
    }
    let key = bench.content_key("e001");
    for other in [format!("neon-vows/{key}9/v1.mp4"), format!("other/{key}/v1.mp4"), "neon-vows/x/y".to_owned()] {
        bench.get(&format!("/p/{token}/{other}")).await.refused(403, "path-not-granted");
    }
}

#[tokio::test]
async fn threat_6_a_key_alone_opens_nothing() {
    let folder = Folder::episodes(2);
    let bench = Bench::open(&folder, Setup { free: Some(1), ..Setup::default() }).await;
    let key = bench.content_key("e002");
    bench.get(&format!("/free/neon-vows/{key}/v1.mp4")).await.refused(404, "not-found");
    bench.get(&format!("/poster/neon-vows/{key}/v1.mp4")).await.refused(404, "not-found");
    for token in ["x", "a.b.c", "..", "eyJhbGciOiJub25lIn0.e30.", "-", &"a".repeat(3000)] {
        let answer = bench.get(&format!("/p/{token}/neon-vows/{key}/v1.mp4")).await;
        answer.refused(401, "token-invalid");
    }
    bench.get(&format!("/p//neon-vows/{key}/v1.mp4")).await.refused(404, "not-found");
    bench.get(&format!("/p/%61.b.c/neon-vows/{key}/v1.mp4")).await.refused(404, "not-found");
    for path in ["/p/", "/free/", "/poster/", "/p/x", "/p/x/"] {
        bench.get(path).await.refused(404, "not-found");
    }
}

#[tokio::test]
async fn a_query_is_ignored_and_never_decides() {
    let folder = Folder::episodes(1);
    let bench = Bench::open(&folder, Setup::default()).await;
    let good = bench.granted("e001").await;
    assert_eq!(bench.get(&format!("{good}?token=none&path=/../x")).await.status, 200);
    let key = bench.content_key("e001");
    let token = good.split('/').nth(2).unwrap();
    bench.get(&format!("/p/x/neon-vows/{key}/v1.mp4?token={token}")).await.refused(401, "token-invalid");
}
