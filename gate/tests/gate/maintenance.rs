//! What an operator does to a database.

use std::process::{Command, Output};

use cliffhanger_gate::db::sql::Value;
use cliffhanger_gate::db::{self, Location};
use cliffhanger_gate::maintenance::{audit, copy, keys};
use cliffhanger_gate::token::KeyRing;
use serde_json::json;

use crate::support::{Bench, Folder, NOW_MS, Setup, place};

/// A gate with a purchase of each kind.
async fn busy(folder: &Folder) -> (Bench, String) {
    let bench = Bench::open(folder, Setup { free: Some(1), demo: true, ..Setup::default() }).await;
    let viewer = bench.viewer().await;
    bench.coins(&viewer, 100, 20).await;
    let quote = bench.quote(&viewer, "e002", "ep-coins").await;
    assert_eq!(bench.unlock(&viewer, &quote).await.status, 201);
    let body = json!({"series": "neon-vows", "offer": "rest"});
    let id = bench.api(&viewer, "POST", "/v1/checkouts", body).await.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(bench.ask("POST", &format!("/checkout/demo/{id}/pay"), &[]).await.status, 303);
    (bench, viewer)
}

#[tokio::test]
async fn threat_60_the_audit_finds_one_planted_coin() {
    let folder = Folder::episodes(4);
    let (bench, viewer) = busy(&folder).await;
    let db = bench.gate.db();
    let clean = audit::audit(db).await.unwrap();
    assert_eq!((clean.viewers, clean.transactions, clean.faults), (1, 2, Vec::<String>::new()));
    db.begin_and_run("UPDATE account SET balance = balance + 1 WHERE kind = 'paid'", &[]).await.unwrap();
    let id = bench.id_of(&viewer);
    assert_eq!(audit::audit(db).await.unwrap().faults, [format!("a balance is not the sum of its entries: {id}:paid")]);
    db.begin_and_run("UPDATE account SET balance = balance - 1 WHERE kind = 'paid'", &[]).await.unwrap();
    db.begin_and_run("UPDATE entitlement SET revoked_ms = 1 WHERE source = 'coins'", &[]).await.unwrap();
    assert_eq!(audit::audit(db).await.unwrap().faults, ["an episode is open without a right in force: e002"]);
}

#[tokio::test]
async fn threat_60_the_database_itself_keeps_the_books_as_they_were_written() {
    let folder = Folder::episodes(4);
    let (bench, _) = busy(&folder).await;
    for sql in
        ["UPDATE ledger_entry SET delta = delta + 1", "DELETE FROM ledger_entry", "UPDATE ledger_tx SET at_ms = 0", "DELETE FROM ledger_tx"]
    {
        let refused = bench.gate.db().begin_and_run(sql, &[]).await.unwrap_err().to_string();
        assert!(refused.contains("append-only"), "{sql}: {refused}");
    }
    let overdrawn = bench.gate.db().begin_and_run("UPDATE account SET balance = -1 WHERE kind = 'paid'", &[]).await;
    assert!(overdrawn.unwrap_err().to_string().to_lowercase().contains("check"));
}

#[tokio::test]
async fn an_export_imports_into_the_other_database_and_the_viewer_goes_on() {
    let folder = Folder::episodes(4);
    let (bench, viewer) = busy(&folder).await;
    let mut file = Vec::new();
    let rows = copy::export(bench.gate.db(), &mut file).await.unwrap();
    // When the suite runs on PostgreSQL this goes to SQLite, else from one SQLite to another.
    let location = Location::File(folder.beside("copy.sqlite"));
    let db = db::open(&location).await.unwrap();
    assert_eq!(copy::import(&db, file.as_slice()).await.unwrap(), rows);
    assert!(matches!(copy::import(&db, file.as_slice()).await, Err(copy::CopyError::NotEmpty)));
    let mut again = Vec::new();
    copy::export(&db, &mut again).await.unwrap();
    let sorted = |bytes: &[u8]| {
        let mut lines: Vec<String> = String::from_utf8(bytes.to_vec()).unwrap().lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&again), sorted(&file));
    // And from SQLite to whichever database the suite runs on.
    let back = db::open(&place(Location::Memory)).await.unwrap();
    assert_eq!(copy::import(&back, again.as_slice()).await.unwrap(), rows);
    let moved = Bench::with_catalog(back, std::mem::take(&mut *catalog_of(&bench)), &folder.path, Setup::default());
    assert_eq!(moved.wallet(&viewer).await, (90, 0));
    assert_eq!(moved.play_as(&viewer, "e003").await.status, 200);
    for bad in ["{}\n", "x\n", "{\"table\":\"viewer\",\"row\":[]}\n", "{\"table\":\"sqlite_master\",\"row\":[]}\n"] {
        let empty = db::open(&place(Location::Memory)).await.unwrap();
        assert!(matches!(copy::import(&empty, bad.as_bytes()).await, Err(copy::CopyError::Line(1))), "{bad}");
    }
}

/// The same series and assets for a second gate.
fn catalog_of(bench: &Bench) -> Box<cliffhanger_gate::catalog::Catalog> {
    let catalog = bench.gate.catalog();
    Box::new(cliffhanger_gate::catalog::Catalog { series: catalog.series.clone(), assets: catalog.assets.clone() })
}

#[tokio::test]
async fn keys_are_rotated_without_a_viewer_noticing_and_retired_at_once() {
    let folder = Folder::episodes(2);
    let bench = Bench::open(&folder, Setup::default()).await;
    let db = bench.gate.db();
    let first = keys::add(db, NOW_MS - 60_000).await.unwrap();
    bench.gate.catch_up().await.unwrap();
    let old = bench.granted("e001").await;
    let second = keys::add(db, NOW_MS).await.unwrap();
    bench.gate.catch_up().await.unwrap();
    let signer = async || -> String {
        let url = bench.granted("e001").await;
        let header = url.split('/').nth(2).unwrap().split('.').next().unwrap().to_owned();
        let json = base64::Engine::decode(&base64::engine::general_purpose::URL_SAFE_NO_PAD, header).unwrap();
        serde_json::from_slice::<serde_json::Value>(&json).unwrap()["kid"].as_str().unwrap().to_owned()
    };
    assert_eq!(signer().await, first, "not before every gate knows the new one");
    bench.clock.set(NOW_MS + 10_000);
    bench.gate.catch_up().await.unwrap();
    assert_eq!(signer().await, second);
    assert_eq!(bench.get(&old).await.status, 200, "the old key still verifies");
    assert!(keys::retire(db, &first, NOW_MS).await.unwrap());
    bench.gate.catch_up().await.unwrap();
    bench.get(&old).await.refused(401, "token-invalid");
    assert!(!keys::retire(db, &second, NOW_MS).await.unwrap(), "the last one stays");
    let listed = keys::list(db).await.unwrap();
    assert_eq!(listed.iter().map(|k| k.retired_ms.is_some()).collect::<Vec<_>>(), [true, false]);
    assert!(KeyRing::at(&[], NOW_MS).is_none());
}

fn run(args: &[&str]) -> (bool, String) {
    let Output { status, stdout, stderr } = Command::new(env!("CARGO_BIN_EXE_cliffhanger-gate")).args(args).output().unwrap();
    (status.success(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

#[tokio::test]
async fn the_operators_commands_say_what_they_did_and_what_is_wrong() {
    let folder = Folder::episodes(1);
    let url = |name: &str| format!("sqlite:{}", folder.beside(name).display());
    let (one, two) = (url("one.sqlite"), url("two.sqlite"));
    let (ok, said) = run(&["audit", "--database", &one]);
    assert!(!ok && said.contains("one.sqlite"), "{said}");
    assert_eq!(run(&["migrate", "--database", &one]), (true, "the schema is up to date\n".to_owned()));
    assert_eq!(run(&["audit", "--database", &one]), (true, "0 viewers, 0 transactions, 0 entries, 0 faults\n".to_owned()));
    let (ok, kid) = run(&["keys", "--database", &one, "add"]);
    assert!(ok && kid.starts_with('k'), "{kid}");
    let (ok, said) = run(&["keys", "--database", &one, "retire", kid.trim()]);
    assert!(!ok && said.contains("last"), "{said}");
    let file = folder.beside("out.jsonl").display().to_string();
    assert!(run(&["export", "--database", &one, &file]).0);
    assert!(!run(&["export", "--database", &one, &file]).0, "an export overwrites nothing");
    assert_eq!(run(&["import", "--database", &two, &file]), (true, "1 rows read; the books add up\n".to_owned()));
    let copy = folder.beside("backup.sqlite").display().to_string();
    assert!(run(&["backup", "--database", &one, &copy]).0);
    assert!(run(&["keys", "--database", &format!("sqlite:{copy}"), "list"]).1.contains(kid.trim()));
    let plain = db::open(&Location::File(folder.beside("one.sqlite"))).await.unwrap();
    let bad = "INSERT INTO account (id, viewer, kind, balance) VALUES ('gate:spent', NULL, 'spent', $1)";
    plain.begin_and_run(bad, &[Value::from(5i64)]).await.unwrap();
    let (ok, said) = run(&["audit", "--database", &one]);
    assert!(!ok && said.contains("an account of the gate has a balance: gate:spent"), "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["out.jsonl", "backup.sqlite"] {
            assert_eq!(std::fs::metadata(folder.beside(name)).unwrap().permissions().mode() & 0o777, 0o600, "{name}");
        }
    }
}
