//! Time-coded cues: products and calls in their box, chapters on the bar. Each is told to the host when its time comes, and the host
//! may show it itself.

use crate::effect::Effect;
use crate::event::Cancelable;
use crate::manifest::{Money, Reader, read_money};
use crate::node::Node;
use crate::player::Player;
use crate::surface::EventName;
use crate::time::Seconds;

/// How long a cue stays that does not say until when, in seconds.
const STAYS: f64 = 8.0;
/// Most cues of one episode.
const MOST: usize = 64;
/// Where a cue without a box lies.
const PLACE: [f64; 4] = [0.04, 0.44, 0.62, 0.2];
/// From here down the picture belongs to captions, title and bar; with captions from a little higher.
const FLOOR: f64 = 0.8;
const FLOOR_WITH_CAPTIONS: f64 = 0.62;
/// What is left of a box must be at least this high to be of use.
const LEAST: f64 = 0.08;

/// What must be said beside a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// It is an ad.
    Ad,
    /// Its maker paid for it to be seen.
    PaidPromotion,
    /// Whoever shows it earns when it is bought.
    Affiliate,
}

/// Something that happens at a time.
#[derive(Clone, Debug, PartialEq)]
pub struct Cue {
    /// Slug.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// Checked, absolute.
    pub href: Option<String>,
    /// Checked, absolute.
    pub image: Option<String>,
    /// Price, when it has one.
    pub price: Option<Money>,
    /// What must be said beside it.
    pub disclosure: Option<Disclosure>,
    chapter: bool,
    from: f64,
    until: f64,
    frame: [f64; 4],
    raw: Node,
    state: State,
}

/// What became of a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Its time has not come, or has passed.
    Idle,
    /// The host is being asked.
    Asked,
    Shown,
    /// The viewer closed it, or the host shows it.
    Gone,
}

/// The cues of the current episode.
#[derive(Debug, Default)]
pub(super) struct Cues {
    of: Option<(usize, bool)>,
    list: Vec<Cue>,
}

impl Cues {
    /// The host has answered for the oldest cue that it was asked about.
    pub(super) fn told(&mut self, prevented: bool) {
        if let Some(cue) = self.list.iter_mut().find(|cue| cue.state == State::Asked) {
            cue.state = if prevented { State::Gone } else { State::Shown };
        }
    }

    /// The viewer closes what is shown.
    pub(super) fn hide(&mut self) {
        for cue in self.list.iter_mut().filter(|cue| cue.state == State::Shown) {
            cue.state = State::Gone;
        }
    }

    /// What to show now, and where: never where captions are.
    pub(super) fn shown(&self, time: f64, captions: bool) -> Option<(&Cue, [f64; 4])> {
        let floor = if captions { FLOOR_WITH_CAPTIONS } else { FLOOR };
        let fits = |cue: &Cue| {
            let [left, top, width, height] = cue.frame;
            let height = height.min(floor - top);
            (height >= LEAST).then_some([left, top, width, height])
        };
        let mut now = self.list.iter().filter(|cue| !cue.chapter && cue.state == State::Shown && cue.holds(time));
        now.find_map(|cue| Some((cue, fits(cue)?)))
    }

    /// Where chapters begin.
    pub(super) fn chapters(&self) -> Vec<(Seconds, &str)> {
        self.list.iter().filter(|cue| cue.chapter).map(|cue| (Seconds::new(cue.from), cue.label.as_str())).collect()
    }
}

impl Cue {
    fn holds(&self, time: f64) -> bool {
        (self.from..self.until).contains(&time)
    }

    fn read(reader: &Reader, node: &Node) -> Option<Self> {
        let text = |key: &str| node.get(key).and_then(Node::as_text);
        let seconds = |key: &str| node.get(key).and_then(Node::as_whole).map(|ms| ms as f64 / 1000.0);
        let url = |node: Option<&Node>| crate::url::resolve(reader.base(), node?.as_text()?).ok();
        let kind = text("kind")?;
        let disclosure = match text("disclosure") {
            Some("ad") => Some(Disclosure::Ad),
            Some("paid-promotion") => Some(Disclosure::PaidPromotion),
            Some("affiliate") => Some(Disclosure::Affiliate),
            Some("none") => None,
            // A product that does not say what it is is not shown.
            _ if kind == "product" => return None,
            _ => None,
        };
        let from = seconds("atMs")?;
        let frame = node.get("box").and_then(Node::as_list).and_then(|list| match list {
            [left, top, width, height] => Some([left, top, width, height].map(|side| side.as_number().unwrap_or(0.0).clamp(0.0, 1.0))),
            _ => None,
        });
        let [left, top, width, height] = frame.unwrap_or(PLACE);
        Some(Self {
            id: text("id")?.to_owned(),
            label: text("label")?.to_owned(),
            href: url(node.get("href")),
            image: url(node.get("image").and_then(|image| image.get("url"))),
            price: node.get("price").and_then(read_money),
            disclosure,
            chapter: match kind {
                "product" | "cta" => false,
                "chapter" => true,
                _ => return None,
            },
            from,
            until: seconds("untilMs").filter(|until| *until > from).unwrap_or(from + STAYS),
            frame: [left, top, width.min(1.0 - left), height.min(1.0 - top)],
            raw: node.clone(),
            state: State::Idle,
        })
    }
}

impl Player {
    /// Reads the cues of the current episode, and tells those whose time has come. A locked episode has none.
    pub(super) fn follow_cues(&mut self, cues: &mut Cues) {
        let current = self.current;
        let open = self.open_at(current);
        if cues.of != Some((current, open)) {
            cues.of = Some((current, open));
            cues.list.clear();
            if open {
                let granted = self.grants.iter().find(|(index, grant)| *index == current && grant.holds(self.now));
                let granted = granted.map(|(_, grant)| &grant.cues).filter(|(_, cues)| cues.as_list().is_some());
                let (base, list) = match (granted, self.manifest.episodes.get(current)) {
                    (Some((base, list)), _) => (base.as_str(), list),
                    (None, Some(episode)) => (self.reading.reader.base(), &episode.cues),
                    _ => return,
                };
                let reader = Reader::new(base);
                cues.list = list.as_list().unwrap_or_default().iter().take(MOST).filter_map(|cue| Cue::read(&reader, cue)).collect();
            }
        }
        let slot = self.slot(self.here());
        if !slot.holds(current) || !slot.painted && !slot.adopted {
            return;
        }
        let time = slot.time.get();
        for cue in &mut cues.list {
            match (cue.holds(time), cue.state) {
                (true, State::Idle) => {
                    cue.state = State::Asked;
                    let episode = self.describe_episode(current);
                    let detail = Node::map([("episode", episode), ("cue", cue.raw.clone())]);
                    self.push(Effect::Notify { name: EventName::Cue, detail, cancelable: Some(Cancelable::Cue) });
                }
                (false, State::Shown) => cue.state = State::Idle,
                _ => {}
            }
        }
    }
}
