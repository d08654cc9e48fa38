//! Series for random sessions: the manifest, and what the truth knows of it.

use cliffhanger_core::Node;

use crate::rng::Rng;

/// The wall clock when a session begins: 2026-11-22T10:00:00Z.
pub(crate) const MORNING: u64 = 1_795_341_600_000;

/// Who decides access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Nobody.
    Open,
    /// The page.
    Host,
    /// The gate.
    Gate,
}

impl Mode {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Host => "host",
            Self::Gate => "gate",
        }
    }

    pub(crate) fn of(name: &str) -> Self {
        [Self::Open, Self::Host, Self::Gate].into_iter().find(|mode| mode.name() == name).expect("open, host or gate")
    }
}

/// The dates of an episode, in milliseconds after [`MORNING`].
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Dates {
    pub(crate) from: Option<u64>,
    pub(crate) until: Option<u64>,
    pub(crate) free_after: Option<u64>,
}

/// A series.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) name: &'static str,
    pub(crate) mode: Mode,
    pub(crate) free: u32,
    /// By ordinal, from 1.
    pub(crate) dates: Vec<Dates>,
    pub(crate) node: Node,
}

impl Document {
    /// What a scenario test wrote.
    pub(crate) fn plain(mode: &str, count: usize, free: u32) -> Self {
        Self { name: "s", mode: Mode::of(mode), free, dates: vec![Dates::default(); count], node: Node::Null }
    }

    /// A series of this name, `stride` times as long as most; episodes last `length` milliseconds.
    pub(crate) fn random(rng: &mut Rng, name: &'static str, length: u64, stride: u64) -> Self {
        let mode = rng.pick(&[Mode::Open, Mode::Host, Mode::Gate, Mode::Gate]);
        let count = (rng.between(1, 10) * stride) as usize;
        let free = rng.below(count as u64 + 2) as u32;
        let mut dates = vec![Dates::default(); count];
        if rng.percent(20) {
            let (at, when) = (rng.below(count as u64) as usize, rng.below(120_000) / 1000 * 1000);
            dates[at] = match rng.below(3) {
                0 => Dates { from: Some(when), ..Dates::default() },
                1 => Dates { until: Some(when), ..Dates::default() },
                _ => Dates { free_after: Some(when), ..Dates::default() },
            };
        }
        let two = rng.percent(25);
        let mut document = Self { name, mode, free, dates, node: Node::Null };
        let episodes = (1..=count as u32).map(|n| document.episode(n, length, two)).collect();
        document.node = Node::map([
            ("cliffhanger", "1".into()),
            ("series", Node::map([("id", name.into()), ("title", "S".into()), ("lang", "en".into())])),
            ("access", document.policy()),
            ("offers", Node::map([("one", offer())])),
            ("episodes", Node::List(episodes)),
        ]);
        document
    }

    fn policy(&self) -> Node {
        Node::map([
            ("mode", self.mode.name().into()),
            ("freeEpisodes", self.free.into()),
            ("gate", Node::map([("base", "https://g.example/".into())])),
            ("offers", Node::List(vec!["one".into()])),
        ])
    }

    fn episode(&self, n: u32, length: u64, two: bool) -> Node {
        let dates = self.dates[n as usize - 1];
        let (free, gated) = (n <= self.free, self.mode == Mode::Gate);
        let mut access = Vec::new();
        if gated {
            access.push(("state".to_owned(), if free { "free" } else { "locked" }.into()));
        }
        access.extend(dates.free_after.map(|at| ("freeAfter".to_owned(), date(at))));
        let window = [("from", dates.from), ("until", dates.until)];
        let window = window.into_iter().filter_map(|(name, at)| Some((name.to_owned(), date(at?)))).collect();
        let mut members = vec![
            ("id".to_owned(), format!("e{n}").into()),
            ("n".to_owned(), n.into()),
            ("title".to_owned(), format!("Part {n}").into()),
            ("durationMs".to_owned(), length.into()),
            ("access".to_owned(), Node::Map(access)),
            ("window".to_owned(), Node::Map(window)),
        ];
        if free || !gated {
            let names = if two { [format!("e{n}.mp4"), format!("e{n}-b.mp4")].to_vec() } else { vec![format!("e{n}.mp4")] };
            members.push(("renditions".to_owned(), renditions(&names)));
        }
        Node::Map(members)
    }
}

/// A list of MP4 renditions.
pub(crate) fn renditions(urls: &[String]) -> Node {
    Node::List(urls.iter().map(|url| Node::map([("type", "mp4".into()), ("url", url.as_str().into())])).collect())
}

fn offer() -> Node {
    let money = Node::map([("amount", 30_u32.into()), ("currency", "EUR".into())]);
    Node::map([("kind", "coins".into()), ("scope", "episode".into()), ("coins", 30_u32.into()), ("moneyEquivalent", money)])
}

/// Within the hour after [`MORNING`].
fn date(after: u64) -> Node {
    let seconds = after / 1000;
    format!("2026-11-22T10:{:02}:{:02}Z", seconds / 60, seconds % 60).into()
}
