//! From [`Node`] to types, with paths.

use super::{
    Caption, Container, Episode, MAX_EPISODES, Manifest, Mode, Money, Offer, OfferKind, Policy, Related, Rendition, Scope, Series, State,
};
use crate::fault::{Code, Fault};
use crate::node::Node;
use crate::text;
use crate::time::{Millis, WallMs, parse_rfc3339};
use crate::url;

/// Most warnings kept: a manifest with one odd member in each of 10,000 episodes must not flood a console.
const MAX_WARNINGS: usize = 20;

/// Reads manifests, grants and appended episodes; keeps what is to be told.
#[derive(Debug, Default)]
pub struct Reader {
    base: String,
    /// How many of the warnings and of the faults have been told.
    pub(crate) told: (usize, usize),
    /// For developers: unknown members and the like.
    pub warnings: Vec<String>,
    /// Things left out.
    pub faults: Vec<Fault>,
}

/// What is wrong with a value: `path` is filled in on the way out.
type Wrong = String;

impl Reader {
    /// A reader of documents from `base`, an absolute URL.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self { base: base.to_owned(), ..Self::default() }
    }

    /// What relative URLs resolve against.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    fn warn(&mut self, path: &str, what: &str) {
        if self.warnings.len() < MAX_WARNINGS {
            self.warnings.push([path, ": ", what].concat());
        }
    }

    fn fault(&mut self, code: Code, message: String) {
        if self.faults.len() < MAX_WARNINGS {
            self.faults.push(Fault::minor(code, message));
        }
    }

    /// Warns of each member that is not in `known`.
    fn known(&mut self, node: &Node, path: &str, known: &[&str]) {
        for (key, _) in node.as_map().unwrap_or_default() {
            if !known.contains(&key.as_str()) {
                self.warn(&join(path, key), "unknown member, ignored");
            }
        }
    }

    /// A checked absolute URL, or a fault and `None`.
    fn url(&mut self, node: &Node, path: &str) -> Option<String> {
        let Some(reference) = node.as_text() else {
            self.fault(Code::ManifestBadUrl, [path, ": a URL was expected"].concat());
            return None;
        };
        match url::resolve(&self.base, reference) {
            Ok(url) => Some(url),
            Err(error) => {
                let shown: String = reference.chars().filter(|c| !c.is_control()).take(80).collect();
                self.fault(Code::ManifestBadUrl, [path, ": \"", &shown, "\" is not allowed; ", error.hint()].concat());
                None
            }
        }
    }

    pub(super) fn manifest(&mut self, document: &Node, more: usize) -> Result<Manifest, Fault> {
        if document.as_map().is_none() {
            return Err(shape("the document", "an object"));
        }
        match document.get("cliffhanger").and_then(Node::as_text) {
            Some("1") => {}
            Some(other) => {
                let shown: String = other.chars().take(20).collect();
                return Err(Fault::fatal(
                    Code::ManifestVersion,
                    ["cliffhanger: version \"", &shown, "\" is not one this player reads; \"1\" is"].concat(),
                ));
            }
            None => return Err(Fault::fatal(Code::ManifestVersion, "cliffhanger: missing; write \"cliffhanger\":\"1\"")),
        }
        self.known(document, "", &["cliffhanger", "view", "series", "access", "offers", "episodes", "related", "next", "$schema"]);
        let series = self.series(document.get("series").unwrap_or(&Node::Null))?;
        let access = self.policy(document.get("access").unwrap_or(&Node::Null))?;
        let order: Vec<&str> = document
            .get("access")
            .and_then(|a| a.get("offers"))
            .and_then(Node::as_list)
            .map(|ids| ids.iter().filter_map(Node::as_text).collect())
            .unwrap_or_default();
        let offers = self.offers(document.get("offers"), &order);
        let list = match document.get("episodes") {
            Some(Node::List(list)) => list,
            _ => return Err(shape("episodes", "a list of episodes")),
        };
        Self::count("episodes", list.len() + more, 0)?;
        let mut manifest = Manifest { series, access, offers, ..Manifest::default() };
        self.episodes(list, &mut manifest, "episodes", 0, 0);
        if manifest.episodes.is_empty() && more == 0 {
            return Err(self.none("episodes"));
        }
        manifest.related = self.related(document.get("related"));
        Ok(manifest)
    }

    fn series(&mut self, node: &Node) -> Result<Series, Fault> {
        if node.as_map().is_none() {
            return Err(shape("series", "an object with id, title and lang"));
        }
        self.known(
            node,
            "series",
            &["id", "title", "synopsis", "lang", "totalEpisodes", "status", "updatedAt", "poster", "ageRating", "tags"],
        );
        let text = |key: &str| node.get(key).and_then(Node::as_text).map(str::to_owned);
        let id = text("id").filter(|id| is_slug(id)).ok_or_else(|| shape("series.id", SLUG))?;
        let title = text("title").filter(|t| !t.is_empty()).ok_or_else(|| shape("series.title", "text"))?;
        let poster = node.get("poster").and_then(|p| p.get("url")).and_then(|u| self.url(u, "series.poster.url"));
        Ok(Series {
            id,
            title,
            synopsis: text("synopsis").unwrap_or_default(),
            lang: text("lang").unwrap_or_default(),
            total: node.get("totalEpisodes").and_then(Node::as_whole).and_then(|n| u32::try_from(n).ok()),
            poster,
            age: node.get("ageRating").and_then(Node::as_whole).and_then(|age| u32::try_from(age).ok()).filter(|age| *age > 0),
        })
    }

    fn policy(&mut self, node: &Node) -> Result<Policy, Fault> {
        if node.as_map().is_none() {
            return Err(shape("access", "an object with mode and freeEpisodes"));
        }
        self.known(node, "access", &["mode", "freeEpisodes", "order", "gate", "offers", "legal"]);
        let mode = match node.get("mode").and_then(Node::as_text) {
            Some("open") => Mode::Open,
            Some("host") => Mode::Host,
            Some("gate") => Mode::Gate,
            _ => return Err(shape("access.mode", "\"gate\", \"host\" or \"open\"")),
        };
        let free_episodes = node
            .get("freeEpisodes")
            .and_then(Node::as_whole)
            .and_then(|n| u32::try_from(n).ok())
            .ok_or_else(|| shape("access.freeEpisodes", "a whole number from 0 on"))?;
        let gate = node.get("gate").and_then(|g| g.get("base")).and_then(|u| self.url(u, "access.gate.base"));
        if mode == Mode::Gate && gate.is_none() {
            return Err(shape("access.gate.base", "the URL of the gate, because access.mode is \"gate\""));
        }
        Ok(Policy { mode, free_episodes, gate: gate.map(|g| crate::text::without_slash(&g).to_owned()) })
    }

    fn offers(&mut self, node: Option<&Node>, order: &[&str]) -> Vec<Offer> {
        let members = node.and_then(Node::as_map).unwrap_or_default();
        let mut ids: Vec<&str> = order.to_vec();
        if ids.is_empty() {
            ids.extend(members.iter().map(|(id, _)| id.as_str()));
        }
        let mut offers = Vec::new();
        for id in ids {
            let path = join("offers", id);
            match node.and_then(|n| n.get(id)) {
                Some(raw) => match self.offer(id, raw) {
                    Ok(offer) => offers.push(offer),
                    Err(wrong) => self.fault(Code::ManifestShape, [&path, ": ", &wrong, "; the offer is left out"].concat()),
                },
                None => self.warn(&path, "named in access.offers but not defined, ignored"),
            }
        }
        offers
    }

    fn offer(&mut self, id: &str, raw: &Node) -> Result<Offer, Wrong> {
        let scope = || match raw.get("scope").and_then(Node::as_text) {
            None | Some("episode") => Ok(Scope::Episode),
            Some("rest") => Ok(Scope::Rest),
            Some("series") => Ok(Scope::Series),
            Some(_) => Err("scope must be episode, rest or series".to_owned()),
        };
        let money = |key: &str| {
            raw.get(key).and_then(read_money).ok_or_else(|| [key, " must be {amount, currency} with the amount in minor units"].concat())
        };
        let coins = || {
            raw.get("coins").and_then(Node::as_whole).filter(|c| *c > 0).ok_or_else(|| "coins must be a whole number above 0".to_owned())
        };
        let kind = match raw.get("kind").and_then(Node::as_text) {
            Some("coins") => OfferKind::Coins { scope: scope()?, coins: coins()?, money: money("moneyEquivalent")? },
            Some("ad") => OfferKind::Ad { hours: raw.get("grantHours").and_then(Node::as_whole).and_then(|h| u32::try_from(h).ok()) },
            Some("purchase") => OfferKind::Purchase { scope: scope()?, price: money("price")? },
            Some("subscription") => OfferKind::Subscription {
                price: money("price")?,
                period: raw.get("period").and_then(Node::as_text).filter(|p| is_period(p)).ok_or("period must be like P1W")?.to_owned(),
                manage_url: raw
                    .get("manageUrl")
                    .and_then(|u| self.url(u, &join("offers", id)))
                    .ok_or("manageUrl is needed: where the viewer cancels")?,
            },
            Some("pack") => {
                OfferKind::Pack { coins: coins()? + raw.get("bonusCoins").and_then(Node::as_whole).unwrap_or(0), price: money("price")? }
            }
            _ => return Err("kind must be coins, ad, purchase, subscription or pack".to_owned()),
        };
        let mut members = vec![("id".to_owned(), Node::from(id))];
        members.extend(raw.as_map().unwrap_or_default().iter().filter(|(k, _)| k != "id").cloned());
        Ok(Offer { id: id.to_owned(), kind, label: raw.get("label").and_then(Node::as_text).map(str::to_owned), raw: Node::Map(members) })
    }

    /// Adds episodes to the feed, except those that cannot be read and those whose id is taken. `at` is the place of the first of
    /// them in the list that `path` names, and `before` the number of episodes before it: the first without an ordinal is the next.
    pub(crate) fn episodes(&mut self, list: &[Node], manifest: &mut Manifest, path: &str, at: usize, before: usize) {
        for (i, node) in list.iter().enumerate() {
            let at = [path, "[", &text::whole((at + i) as u64), "]"].concat();
            match self.episode(node, &at, before + i) {
                Ok(episode) => match manifest.place_of(&episode.id) {
                    Err(place) => {
                        manifest.order.insert(place, manifest.episodes.len());
                        manifest.episodes.push(episode);
                    }
                    Ok(_) => {
                        let what = "\" is already used; ids must be unique, the later episode is left out";
                        self.fault(Code::ManifestDuplicateId, [&at, ".id: \"", &episode.id, what].concat());
                    }
                },
                Err(wrong) => self.fault(Code::ManifestShape, [&at, wrong.as_str(), "; the episode is left out"].concat()),
            }
        }
    }

    /// Whether a list of so many episodes, after so many others, is one at all.
    pub(crate) fn count(path: &str, count: usize, others: usize) -> Result<(), Fault> {
        if count == 0 {
            return Err(Fault::fatal(Code::ManifestNoEpisodes, [path, ": empty; a series needs at least one episode"].concat()));
        }
        if count + others > MAX_EPISODES {
            return Err(Fault::fatal(
                Code::ManifestTooManyEpisodes,
                [path, ": ", &text::whole(count as u64), " episodes; at most 10,000 in one document, name a further page with \"next\""]
                    .concat(),
            ));
        }
        Ok(())
    }

    /// Of a list none could be read.
    pub(crate) fn none(&self, path: &str) -> Fault {
        let told = self.faults.last().map_or("", |fault| fault.message.as_str());
        Fault::fatal(Code::ManifestShape, [path, ": no episode could be read (", told, ")"].concat())
    }

    fn episode(&mut self, node: &Node, path: &str, index: usize) -> Result<Episode, Wrong> {
        if node.as_map().is_none() {
            return Err(": an object was expected".to_owned());
        }
        self.known(
            node,
            path,
            &["id", "n", "title", "durationMs", "poster", "access", "window", "renditions", "captions", "storyboard", "cues"],
        );
        let id =
            node.get("id").and_then(Node::as_text).filter(|id| is_slug(id)).ok_or_else(|| [".id: ", SLUG, " was expected"].concat())?;
        let n = match node.get("n") {
            None => index as u64 + 1,
            Some(n) => n.as_whole().filter(|n| (1..=1_000_000).contains(n)).ok_or(".n: a whole number from 1 on was expected")?,
        };
        let access = node.get("access").unwrap_or(&Node::Null);
        let access_path = join(path, "access");
        self.known(access, &access_path, &["state", "offers", "freeAfter", "preview"]);
        let state = match access.get("state").and_then(Node::as_text) {
            None => None,
            Some("free") => Some(State::Free),
            Some("locked") => Some(State::Locked),
            Some(_) => return Err(".access.state: \"free\" or \"locked\" was expected".to_owned()),
        };
        let window = node.get("window").unwrap_or(&Node::Null);
        let date = |holder: &Node, key: &str| -> Result<Option<WallMs>, Wrong> {
            match holder.get(key) {
                None => Ok(None),
                Some(value) => value
                    .as_text()
                    .and_then(parse_rfc3339)
                    .map(Some)
                    // Falling back to "no date" could open what is meant to be closed.
                    .ok_or_else(|| [": ", key, " must be a date-time like 2026-12-01T00:00:00Z"].concat()),
            }
        };
        let (free_after, from, until) = (date(access, "freeAfter")?, date(window, "from")?, date(window, "until")?);
        let offers = access
            .get("offers")
            .and_then(Node::as_list)
            .map(|ids| ids.iter().filter_map(Node::as_text).map(str::to_owned).collect())
            .unwrap_or_default();
        let poster_path = join(path, "poster.url");
        let poster = node.get("poster").and_then(|p| p.get("url")).and_then(|u| self.url(u, &poster_path));
        let renditions = match node.get("renditions") {
            None => Vec::new(),
            Some(list) => self.renditions(list, &join(path, "renditions")),
        };
        Ok(Episode {
            id: id.to_owned(),
            n: u32::try_from(n).unwrap_or(u32::MAX),
            title: node.get("title").and_then(Node::as_text).unwrap_or_default().to_owned(),
            duration: node.get("durationMs").and_then(Node::as_whole).filter(|d| *d > 0).map(Millis),
            poster,
            state,
            offers,
            free_after,
            from,
            until,
            renditions,
            captions: self.captions(node.get("captions"), &join(path, "captions")),
            storyboard: node.get("storyboard").and_then(|u| self.url(u, &join(path, "storyboard"))),
            cues: node.get("cues").cloned().unwrap_or_default(),
        })
    }

    fn related(&mut self, node: Option<&Node>) -> Vec<Related> {
        let list = node.and_then(Node::as_list).unwrap_or_default();
        let read = |item: &Node| {
            let poster = item.get("poster").and_then(|p| p.get("url")).and_then(|u| self.url(u, "related.poster.url"));
            let href = item.get("href").and_then(|u| self.url(u, "related.href"))?;
            Some(Related { title: item.get("title").and_then(Node::as_text)?.to_owned(), poster, href })
        };
        list.iter().take(50).filter_map(read).collect()
    }

    fn captions(&mut self, node: Option<&Node>, path: &str) -> Vec<Caption> {
        let list = node.and_then(Node::as_list).unwrap_or_default();
        let read = |item: &Node| {
            let lang =
                item.get("lang").and_then(Node::as_text).filter(|lang| !lang.is_empty() && crate::text::cut(lang, b';').is_none())?;
            let url = item.get("url").and_then(|u| self.url(u, path))?;
            let label = item.get("label").and_then(Node::as_text).unwrap_or(lang).to_owned();
            Some(Caption { lang: lang.to_owned(), label, url, default: matches!(item.get("default"), Some(Node::Bool(true))) })
        };
        list.iter().take(32).filter_map(read).collect()
    }

    fn renditions(&mut self, node: &Node, path: &str) -> Vec<Rendition> {
        let Some(list) = node.as_list() else {
            self.fault(Code::ManifestShape, [path, ": a list was expected"].concat());
            return Vec::new();
        };
        let mut renditions = Vec::new();
        for (i, item) in list.iter().enumerate().take(16) {
            let at = [path, "[", &text::whole(i as u64), "]"].concat();
            self.known(item, &at, &["type", "url", "codecs", "width", "height", "bitrate", "bytes"]);
            let container = match item.get("type").and_then(Node::as_text) {
                Some("mp4") => Container::Mp4,
                Some("hls") => Container::Hls,
                _ => {
                    self.fault(Code::ManifestShape, [&at, ".type: \"mp4\" or \"hls\" was expected; the rendition is left out"].concat());
                    continue;
                }
            };
            let whole = |key: &str| item.get(key).and_then(Node::as_whole).and_then(|v| u32::try_from(v).ok());
            let (height, bitrate) = (whole("height"), whole("bitrate"));
            if let Some(url) = item.get("url").and_then(|u| self.url(u, &join(&at, "url"))) {
                let codecs = item.get("codecs").and_then(Node::as_text).map(str::to_owned);
                renditions.push(Rendition { container, url, codecs, height, bitrate });
            }
        }
        renditions
    }
}

/// Reads the offers of a gate's answer: a list of objects that each carry their `id`.
pub(crate) fn read_offers(list: &Node, base: &str) -> Vec<Offer> {
    let mut reader = Reader::new(base);
    list.as_list().unwrap_or_default().iter().filter_map(|raw| reader.offer(raw.get("id").and_then(Node::as_text)?, raw).ok()).collect()
}

/// Reads the renditions of a grant; the text says what is wrong.
pub(crate) fn read_renditions(node: &Node, base: &str) -> Result<Vec<Rendition>, String> {
    let mut reader = Reader::new(base);
    let renditions = reader.renditions(node, "renditions");
    if renditions.is_empty() {
        let told = reader.faults.first().map_or("renditions: at least one {type, url} is needed", |f| f.message.as_str());
        return Err(told.to_owned());
    }
    Ok(renditions)
}

/// Reads the captions of a grant.
pub(crate) fn read_captions(node: Option<&Node>, base: &str) -> Vec<Caption> {
    Reader::new(base).captions(node, "captions")
}

/// `{amount, currency}` with the amount in minor units.
pub(crate) fn read_money(node: &Node) -> Option<Money> {
    let amount = node.get("amount")?.as_whole()?;
    let code = node.get("currency")?.as_text()?.as_bytes();
    let currency: [u8; 3] = code.try_into().ok()?;
    currency.iter().all(u8::is_ascii_uppercase).then_some(Money { amount, currency })
}

const SLUG: &str = "lower-case letters, digits and inner hyphens, at most 64";

fn is_slug(text: &str) -> bool {
    let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=64).contains(&text.len()) && text.bytes().all(|c| inner(c) || c == b'-') && !text.starts_with("-") && !text.ends_with("-")
}

/// `P`, one to three digits, one of D W M Y.
fn is_period(text: &str) -> bool {
    let digits = text.strip_prefix('P').and_then(|t| t.strip_suffix(['D', 'W', 'M', 'Y']));
    digits.is_some_and(|d| (1..=3).contains(&d.len()) && d.bytes().all(|c| c.is_ascii_digit()))
}

fn shape(path: &str, expected: &str) -> Fault {
    Fault::fatal(Code::ManifestShape, [path, ": ", expected, " was expected"].concat())
}

fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { [path, ".", key].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::from_json;

    const BASE: &str = "https://a.example/s/main.json";

    fn document(episodes: &str) -> Node {
        from_json(&format!(
            r#"{{"cliffhanger":"1","series":{{"id":"s","title":"S","lang":"en"}},"access":{{"mode":"open","freeEpisodes":5}},"episodes":{episodes}}}"#
        ))
    }

    fn fatal(node: &Node) -> (Code, String) {
        let fault = Manifest::read(node, BASE).expect_err("a fatal fault was expected");
        (fault.code, fault.message)
    }

    #[test]
    fn the_least_manifest_that_works_is_read() {
        let node = document(r#"[{"id":"e001","n":1,"durationMs":92000,"renditions":[{"type":"mp4","url":"e001.mp4"}]}]"#);
        let (manifest, reader) = Manifest::read(&node, BASE).unwrap();
        assert!(reader.warnings.is_empty() && reader.faults.is_empty());
        assert_eq!(manifest.episodes[0].renditions[0].url, "https://a.example/s/e001.mp4");
        assert_eq!(manifest.access.free_episodes, 5);
    }

    #[test]
    fn the_published_example_is_read_without_a_word() {
        let node = from_json(include_str!("../../../tests/series.example.json"));
        let (manifest, reader) = Manifest::read(&node, BASE).unwrap();
        assert_eq!((reader.warnings, reader.faults), (vec![], vec![]));
        assert_eq!(manifest.offers.iter().map(|o| o.id.as_str()).collect::<Vec<_>>(), ["ep-coins", "ep-ad", "rest", "vip-week"]);
        assert_eq!(manifest.access.mode, Mode::Gate);
    }

    #[test]
    fn what_cannot_be_a_series_is_refused_with_its_path() {
        assert_eq!(fatal(&from_json("[]")).0, Code::ManifestShape);
        assert_eq!(fatal(&from_json(r#"{"cliffhanger":"2"}"#)).0, Code::ManifestVersion);
        assert_eq!(fatal(&from_json("{}")).0, Code::ManifestVersion);
        assert_eq!(fatal(&document("[]")).0, Code::ManifestNoEpisodes);
        let (code, message) = fatal(&document(r#"[{"id":"Bad Id","n":1}]"#));
        assert_eq!(code, Code::ManifestShape);
        assert!(message.contains("episodes[0].id"), "{message}");
        let many = Node::List(vec![Node::map([("id", "e".into())]); MAX_EPISODES + 1]);
        let mut node = document("[]");
        if let Node::Map(members) = &mut node {
            members.retain(|(k, _)| k != "episodes");
            members.push(("episodes".into(), many));
        }
        assert_eq!(fatal(&node).0, Code::ManifestTooManyEpisodes);
    }

    #[test]
    fn a_bad_url_or_a_repeated_id_leaves_out_only_what_it_belongs_to() {
        let node = document(
            r#"[{"id":"e1","n":1,"renditions":[{"type":"mp4","url":"javascript:alert(1)"},{"type":"mp4","url":"ok.mp4"}]},
                {"id":"e1","n":2,"renditions":[{"type":"mp4","url":"e2.mp4"}]},
                {"id":"e3","n":3,"colour":"red","renditions":[{"type":"mp4","url":"e3.mp4"}]}]"#,
        );
        let (manifest, reader) = Manifest::read(&node, BASE).unwrap();
        assert_eq!(manifest.episodes.iter().map(|e| (e.id.as_str(), e.renditions.len())).collect::<Vec<_>>(), [("e1", 1), ("e3", 1)]);
        assert_eq!(reader.faults.iter().map(|f| f.code).collect::<Vec<_>>(), [Code::ManifestBadUrl, Code::ManifestDuplicateId]);
        assert!(reader.faults[0].message.contains("episodes[0].renditions[0].url"), "{}", reader.faults[0].message);
        assert_eq!(reader.warnings, ["episodes[2].colour: unknown member, ignored"]);
    }

    #[test]
    fn a_date_that_cannot_be_read_never_opens_an_episode() {
        let node =
            document(r#"[{"id":"e1","n":1,"renditions":[{"type":"mp4","url":"a.mp4"}]},{"id":"e2","n":2,"access":{"freeAfter":"soon"}}]"#);
        let (manifest, reader) = Manifest::read(&node, BASE).unwrap();
        assert_eq!(manifest.episodes.len(), 1);
        assert!(reader.faults[0].message.contains("freeAfter"));
    }

    #[test]
    fn coins_without_their_price_in_money_are_not_offered() {
        let mut reader = Reader::new(BASE);
        let offers = from_json(r#"{"c":{"kind":"coins","scope":"episode","coins":30}}"#);
        assert!(reader.offers(Some(&offers), &[]).is_empty());
        assert!(reader.faults[0].message.contains("moneyEquivalent"));
    }
}
