//! Gives a draft its ids and content keys, keeps them in the database, and builds the catalogue.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::draft::{Draft, DraftEpisode, Picture};
use crate::authoring::Image;
use crate::catalog::{Asset, AssetKind, Catalog, Episode, Poster, Rendition, Rule, Series};
use crate::db::sql::args;
use crate::db::{Db, DbError, Tx};
use crate::media::place::Place;
use crate::random;

/// Stores `draft` and returns the catalogue that holds it. An episode that was here before keeps its id and its content
/// key; a poster that was here before keeps its address.
pub async fn store(db: &Db, draft: Draft, now_ms: u64) -> Result<Catalog, DbError> {
    let mut tx = db.begin().await?;
    let series = draft.info.id.clone();
    // First of all: the row's lock keeps a second gate that starts at the same time waiting.
    tx.run(
        "INSERT INTO series (id, title, updated_ms) VALUES ($1, $2, $3) \
         ON CONFLICT (id) DO UPDATE SET title = excluded.title, updated_ms = excluded.updated_ms",
        &args![&series, &draft.info.title, now_ms],
    )
    .await?;

    let mut known = Known::load(&mut tx, &series).await?;
    let mut assets = Assets { series: series.clone(), posters: known_posters(&mut tx, &series).await?, rows: HashMap::new() };
    let poster = assets.poster(None, draft.poster)?;
    let mut related = Vec::new();
    for (entry, picture) in draft.related {
        related.push((entry, assets.poster(None, picture)?));
    }
    let mut episodes = Vec::new();
    for drafted in draft.episodes {
        let (id, content_key) = known.identify(&mut tx, &series, &drafted, now_ms).await?;
        episodes.push(assets.episode(id, content_key, drafted)?);
    }
    write_assets(&mut tx, &assets).await?;
    tx.commit().await?;

    let entry = Series {
        info: draft.info,
        poster,
        free_episodes: draft.free_episodes,
        order: draft.order,
        tenant: draft.tenant,
        default_offers: draft.default_offers,
        offers: draft.offers,
        legal: draft.legal,
        related,
        episodes,
    };
    Ok(Catalog { series: BTreeMap::from([(series, Arc::new(entry))]), assets: assets.rows })
}

/// Adds a poster made for an episode, and returns the file name it is served under.
pub async fn store_poster(db: &Db, series: &str, episode: &str, key: &str, place: Place) -> Result<Asset, DbError> {
    let asset = Asset { place, kind: AssetKind::Poster, series: series.to_owned(), episode: Some(episode.to_owned()) };
    let mut tx = db.begin().await?;
    insert_asset(&mut tx, &asset, "", key).await?;
    tx.commit().await?;
    Ok(asset)
}

/// The episodes this series has ever had.
struct Known {
    by_source: HashMap<String, (String, String)>,
    by_id: HashMap<String, String>,
    next: u32,
}

impl Known {
    async fn load(tx: &mut Tx, series: &str) -> Result<Self, DbError> {
        let rows = tx.rows("SELECT id, source, content_key FROM episode WHERE series = $1", &args![series]).await?;
        let mut known = Self { by_source: HashMap::new(), by_id: HashMap::new(), next: 1 };
        for row in rows {
            let (id, source, key) = (row.text("id")?, row.text("source")?, row.text("content_key")?);
            if !source.is_empty() {
                known.by_source.insert(source, (id.clone(), key.clone()));
            }
            known.by_id.insert(id, key);
        }
        Ok(known)
    }

    /// The id and content key of `episode`: those it had, else new ones.
    async fn identify(&mut self, tx: &mut Tx, series: &str, episode: &DraftEpisode, now_ms: u64) -> Result<(String, String), DbError> {
        let id = match &episode.id {
            Some(id) => match self.by_id.get(id) {
                Some(key) => return Ok((id.clone(), key.clone())),
                None => id.clone(),
            },
            None => match self.by_source.get(&episode.source) {
                Some(found) => return Ok(found.clone()),
                None => self.unused(),
            },
        };
        let key = random::content_key()?;
        tx.run(
            "INSERT INTO episode (series, id, source, content_key, created_ms) VALUES ($1, $2, $3, $4, $5)",
            &args![series, &id, &episode.source, &key, now_ms],
        )
        .await?;
        self.by_id.insert(id.clone(), key.clone());
        Ok((id, key))
    }

    fn unused(&mut self) -> String {
        loop {
            let id = format!("e{:03}", self.next);
            self.next = self.next.saturating_add(1);
            if !self.by_id.contains_key(&id) {
                return id;
            }
        }
    }
}

/// Poster files by (episode or "", [`Place::bytes`]), as they were named before.
type KnownPosters = HashMap<(String, Vec<u8>), String>;

async fn known_posters(tx: &mut Tx, series: &str) -> Result<KnownPosters, DbError> {
    let rows = tx.rows("SELECT file, episode, path FROM asset WHERE series = $1 AND kind = 'poster'", &args![series]).await?;
    rows.into_iter().map(|row| Ok(((row.opt_text("episode")?.unwrap_or_default(), row.blob("path")?), row.text("file")?))).collect()
}

/// The assets of the series that is being stored, by address.
struct Assets {
    series: String,
    posters: KnownPosters,
    rows: HashMap<String, Asset>,
}

impl Assets {
    fn episode(&mut self, id: String, content_key: String, e: DraftEpisode) -> Result<Episode, DbError> {
        let mut media = |file: String, place: Place| {
            let asset = Asset { place, kind: AssetKind::Media, series: self.series.clone(), episode: Some(id.clone()) };
            self.rows.insert(format!("{}/{content_key}/{file}", self.series), asset);
            file
        };
        let mut renditions = Vec::new();
        for (i, r) in e.renditions.into_iter().enumerate() {
            renditions.push(Rendition {
                file: media(format!("v{}.mp4", i + 1), r.place),
                codecs: r.codecs,
                width: r.width,
                height: r.height,
                bitrate: r.bitrate,
                bytes: r.bytes,
            });
        }
        let mut captions = Vec::new();
        for (i, drafted) in e.captions.into_iter().enumerate() {
            let mut caption = drafted.caption;
            caption.url = media(format!("c{}.vtt", i + 1), drafted.place);
            captions.push(caption);
        }
        let mut cues = Vec::new();
        for (i, (cue, image)) in e.cues.into_iter().enumerate() {
            let image = image.map(|place| {
                let file = format!("i{}.{}", i + 1, extension(&place));
                media(file, place)
            });
            cues.push((cue, image));
        }
        let names: BTreeSet<&str> = renditions.iter().map(|r| r.file.as_str()).collect();
        debug_assert_eq!(names.len(), renditions.len());
        Ok(Episode {
            poster: self.poster(Some(&id), e.poster)?,
            id,
            n: e.n,
            title: e.title,
            duration_ms: e.duration_ms,
            rule: Rule { state: e.state, free_after_ms: e.free_after_ms, from_ms: e.from_ms, until_ms: e.until_ms },
            offers: e.offers,
            content_key,
            renditions,
            captions,
            cues,
        })
    }

    fn poster(&mut self, episode: Option<&str>, picture: Option<Picture>) -> Result<Option<Poster>, DbError> {
        let (place, image) = match picture {
            None => return Ok(None),
            Some(Picture::Remote(image)) => return Ok(Some(Poster::Remote(image))),
            Some(Picture::Local(place, image)) => (place, image),
        };
        let known = (episode.unwrap_or_default().to_owned(), place.bytes());
        let file = match self.posters.get(&known) {
            Some(file) => file.clone(),
            None => format!("{}.{}", random::content_key()?, extension(&place)),
        };
        let asset = Asset { place, kind: AssetKind::Poster, series: self.series.clone(), episode: episode.map(str::to_owned) };
        self.rows.insert(format!("{}/{file}", self.series), asset);
        Ok(Some(Poster::Local(file, image)))
    }
}

/// The extension a picture is served under.
fn extension(place: &Place) -> String {
    place.extension().filter(|extension| extension != "jpeg").unwrap_or_else(|| "jpg".to_owned())
}

async fn write_assets(tx: &mut Tx, assets: &Assets) -> Result<(), DbError> {
    tx.run("DELETE FROM asset WHERE series = $1", &args![&assets.series]).await?;
    for (address, asset) in &assets.rows {
        let mut parts = address.splitn(3, '/').skip(1);
        let (key, file) = match (parts.next(), parts.next()) {
            (Some(key), Some(file)) => (key, file),
            (Some(file), None) => ("", file),
            _ => continue,
        };
        insert_asset(tx, asset, key, file).await?;
    }
    Ok(())
}

async fn insert_asset(tx: &mut Tx, asset: &Asset, content_key: &str, file: &str) -> Result<(), DbError> {
    let kind = match asset.kind {
        AssetKind::Media => "media",
        AssetKind::Poster => "poster",
    };
    let path = asset.place.bytes();
    tx.run(
        "INSERT INTO asset (series, content_key, file, kind, episode, path) VALUES ($1, $2, $3, $4, $5, $6) \
         ON CONFLICT (series, content_key, file) DO UPDATE SET kind = excluded.kind, episode = excluded.episode, path = excluded.path",
        &args![&asset.series, content_key, file, kind, asset.episode.as_deref(), path.as_slice()],
    )
    .await?;
    Ok(())
}

/// An image without members of its own.
pub(crate) fn bare_image() -> Image {
    Image { url: String::new(), width: None, height: None, alt: None, blurhash: None }
}
