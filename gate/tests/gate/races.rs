//! Many requests at once, on one gate and on two.

use std::collections::BTreeMap;
use std::sync::Arc;

use cliffhanger_gate::db::Location;
use serde_json::json;
use tokio::task::JoinSet;

use crate::support::{Bench, Folder, Setup, place};

/// Two gates on one database, as two processes would be.
async fn two(folder: &Folder) -> [Arc<Bench>; 2] {
    let location = place(Location::File(folder.beside("race.sqlite")));
    let setup = || Setup { free: Some(0), demo: true, database: location.clone(), ..Setup::default() };
    [Arc::new(Bench::open(folder, setup()).await), Arc::new(Bench::open(folder, setup()).await)]
}

async fn outcomes(tasks: JoinSet<(u16, u64)>) -> BTreeMap<(u16, u64), usize> {
    let mut counts = BTreeMap::new();
    for outcome in tasks.join_all().await {
        *counts.entry(outcome).or_default() += 1;
    }
    counts
}

fn unlock(bench: &Arc<Bench>, viewer: &str, quote: String) -> impl Future<Output = (u16, u64)> + use<> {
    let (bench, viewer) = (Arc::clone(bench), viewer.to_owned());
    async move {
        let answer = bench.unlock(&viewer, &quote).await;
        (answer.status.as_u16(), answer.json()["receipt"]["coins"].as_u64().unwrap_or(0))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threat_33_sixty_four_unlocks_of_thirty_from_a_hundred_are_three() {
    let folder = Folder::episodes(64);
    let gates = two(&folder).await;
    let viewer = gates[0].viewer().await;
    gates[0].coins(&viewer, 60, 40).await;
    let mut quotes = Vec::new();
    for n in 1..=64 {
        quotes.push(gates[0].quote(&viewer, &format!("e{n:03}"), "ep-coins").await);
    }
    let mut tasks = JoinSet::new();
    for (i, quote) in quotes.into_iter().enumerate() {
        tasks.spawn(unlock(&gates[i % 2], &viewer, quote));
    }
    assert_eq!(outcomes(tasks).await, BTreeMap::from([((201, 30), 3), ((402, 0), 61)]));
    assert_eq!(gates[1].wallet(&viewer).await, (10, 0), "bonus coins went first");
    let db = gates[0].gate.db();
    assert_eq!(db.rows("SELECT episode FROM unlock", &[]).await.unwrap().len(), 3);
    let sum: i64 = db.rows("SELECT delta FROM ledger_entry", &[]).await.unwrap().iter().map(|r| r.int("delta").unwrap()).sum();
    assert_eq!(sum, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threat_34_twenty_unlocks_of_one_episode_are_one_debit() {
    let folder = Folder::episodes(2);
    let gates = two(&folder).await;
    let viewer = gates[0].viewer().await;
    gates[0].coins(&viewer, 1000, 0).await;
    let mut quotes = Vec::new();
    for _ in 0..20 {
        quotes.push(gates[0].quote(&viewer, "e001", "ep-coins").await);
    }
    let mut tasks = JoinSet::new();
    for (i, quote) in quotes.into_iter().enumerate() {
        tasks.spawn(unlock(&gates[i % 2], &viewer, quote));
    }
    assert_eq!(outcomes(tasks).await, BTreeMap::from([((201, 30), 1), ((201, 0), 19)]));
    assert_eq!(gates[0].wallet(&viewer).await, (970, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn threat_35_one_key_sent_twenty_times_at_once_is_one_purchase() {
    let folder = Folder::episodes(2);
    let gates = two(&folder).await;
    let viewer = gates[0].viewer().await;
    gates[0].coins(&viewer, 1000, 0).await;
    let body = json!({"quote": gates[0].quote(&viewer, "e001", "ep-coins").await});
    let mut tasks = JoinSet::new();
    for i in 0..20 {
        let (bench, viewer, body) = (Arc::clone(&gates[i % 2]), viewer.clone(), body.clone());
        tasks.spawn(async move { bench.keyed(&viewer, "one-and-the-same-key", "POST", "/v1/unlocks", body).await });
    }
    let mut bodies: Vec<String> = tasks.join_all().await.into_iter().map(|a| format!("{} {}", a.status, a.text())).collect();
    bodies.dedup();
    assert_eq!(bodies.len(), 1, "{bodies:?}");
    assert!(bodies[0].starts_with("201"), "{bodies:?}");
    assert_eq!(gates[0].wallet(&viewer).await, (970, 0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_one_gate_revokes_the_other_refuses_once_it_has_caught_up() {
    let folder = Folder::episodes(2);
    let gates = two(&folder).await;
    let viewer = gates[0].viewer().await;
    gates[0].coins(&viewer, 30, 0).await;
    let quote = gates[0].quote(&viewer, "e001", "ep-coins").await;
    let url = gates[1].unlock(&viewer, &quote).await.json()["grant"]["renditions"][0]["url"].as_str().unwrap().to_owned();
    assert_eq!(gates[1].get(&url).await.status, 200);
    assert_eq!(gates[0].api(&viewer, "POST", "/v1/viewers/revoke", serde_json::Value::Null).await.status, 204);
    gates[1].api(&viewer, "GET", "/v1/me", serde_json::Value::Null).await.problem(401, "token-invalid");
    // Every two seconds in a running gate.
    gates[1].gate.catch_up().await.unwrap();
    gates[1].get(&url).await.refused(403, "grant-revoked");
}
