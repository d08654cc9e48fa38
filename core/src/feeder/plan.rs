//! Which bytes next: the one place that decides it.
//!
//! Order: the current episode to its safe minimum; then the first second of the next, which outranks a deeper lead of the current, because
//! on a link hardly faster than the media a lead never gets deep and the swipe would find nothing; then heads of the two after it; then the
//! lead of the current. The previous episode is kept, not fetched.
//!
//! The plan sees only the lanes it is given. A locked episode has no lane: that is how nothing of it is fetched.

use super::link::Link;
use super::source::{Source, Want};
use super::time::Micros;
use super::walk::HEAD;

/// What an episode is to the viewer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// On the screen.
    Current,
    /// One swipe away.
    Next,
    /// Two swipes away.
    After1,
    /// Three swipes away.
    After2,
    /// The one before: kept while memory allows.
    Previous,
}

/// An episode whose bytes may be fetched.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    /// The shell's name for it.
    pub key: u64,
    /// What it is to the viewer.
    pub role: Role,
    /// Its bytes.
    pub source: &'a Source,
    /// Where it plays.
    pub playhead: Micros,
    /// Up to where it is taken without a gap; the playhead when nothing is.
    pub buffered: Micros,
    /// False while it is paused.
    pub playing: bool,
}

/// A range that is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flight {
    /// The lane it was fetched for.
    pub key: u64,
    /// What was asked for.
    pub want: Want,
    /// Bytes of it that have not come.
    pub left: u64,
}

/// What the host and the browser say about data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Thrift {
    /// The viewer asked for less (Save-Data), or pays for each byte.
    pub save_data: bool,
    /// The browser calls the link slow.
    pub slow: bool,
}

/// What to do. After a fetch has been started, ask again until there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
    /// Flights to cancel, as indices, ascending.
    pub cancel: Vec<usize>,
    /// The lane and the range to fetch next.
    pub fetch: Option<(u64, Want)>,
}

/// Seconds of the next episode that are made ready.
pub const OPENING: Micros = Micros(1_000_000);
/// The first bytes of the current episode, when nothing of it is known: its header in most episodes, and what plays while the next range is on its
/// way. With less, the first picture of an episode of some 2.5 Mbit/s would wait for a second request. The page asks for them while the player is still
/// loading (`pkg/src/element.js`), so that the link is not idle until then.
pub const FIRST: u64 = 256 << 10;
/// Bytes of the episodes after that.
pub const LANE_HEAD: u64 = 100 << 10;
/// Lead on a fast and steady link, on one that is only good enough, and on the worst, in microseconds.
const LEAD_FAST: u64 = 1_500_000;
const LEAD: u64 = 2_500_000;
const LEAD_MOST: u64 = 30_000_000;
/// Headroom, in tenths, below which the current episode gets its ordinary lead before the heads of later ones.
const AMPLE: u64 = 20;
/// Leads grow in these steps, in microseconds: the length of a fragment.
const STEP: u64 = 500_000;
/// Smallest and largest range, in bytes. Small ones are exact, large ones are cheap; this many are under way at most.
const RANGE: (u64, u64) = (32 << 10, 256 << 10);
const FLIGHTS: usize = 4;
/// A range of the current episode that would be smaller than this takes in what comes next, up to this.
const LEAST: u64 = 64 << 10;
/// Bytes by which a request is early, so that an estimate a little too low does not leave the link idle.
const SLACK: u64 = 8 << 10;

/// How much faster the link is than the media, in tenths, at most 100.
fn headroom(lane: &Lane<'_>, link: &Link) -> u64 {
    let bitrate = lane.source.info().map_or(0, |info| info.bitrate).max(1);
    (link.rate() * 80 / bitrate).clamp(1, 100)
}

/// Bytes of one range: a quarter of a second.
fn range(link: &Link) -> u64 {
    (link.rate() / 4).clamp(RANGE.0, RANGE.1)
}

/// The lead, in microseconds, below which nothing but the current episode matters: what plays while another range is on the link, then a
/// round trip and a fragment pass. More where the link is unsteady.
fn safe(lane: &Lane<'_>, link: &Link) -> u64 {
    let waits = range(link) * 1_000_000 / link.rate() + STEP * 10 / headroom(lane, link);
    (STEP + 2_000 * link.rtt().0 + 1_000 * link.jitter() + waits).min(LEAD)
}

/// The lead that the link asks for, in microseconds.
fn lead(lane: &Lane<'_>, link: &Link, thrift: Thrift) -> u64 {
    let (headroom, jitter) = (headroom(lane, link), link.jitter());
    if headroom >= 30 && jitter < 250 || thrift.save_data || !lane.playing {
        return LEAD_FAST.max(safe(lane, link));
    }
    // Half a second more for each twentieth of jitter, and a second more for each tenth of headroom that is missing from twice the rate.
    let more = jitter * 10_000 + AMPLE.saturating_sub(headroom) * 1_000_000;
    (LEAD + more).min(if thrift.slow { LEAD_MOST / 3 } else { LEAD_MOST })
}

/// Whether the link stays busy for a round trip: that is when the answer to the next request comes.
fn enough(link: &Link, flying: usize, left: u64) -> bool {
    flying >= FLIGHTS || flying > 0 && left > link.in_a_round_trip() * 5 / 4 + SLACK
}

/// True while there is so much under way that [`plan`] asks for nothing more.
#[must_use]
pub fn is_busy<'a>(link: &Link, flights: impl Iterator<Item = &'a Flight>) -> bool {
    let (flying, left) = flights.fold((0, 0_u64), |(flying, left), flight| (flying + 1, left.saturating_add(flight.left)));
    enough(link, flying, left)
}

/// The next range to fetch and the flights that are no longer wanted.
#[must_use]
pub fn plan<'a>(
    lanes: impl Iterator<Item = Lane<'a>> + Clone,
    link: &Link,
    thrift: Thrift,
    flights: impl Iterator<Item = &'a Flight> + Clone,
) -> Decision {
    let mut decision = Decision::default();
    let find = |role: Role| lanes.clone().find(|lane| lane.role == role);
    let current = find(Role::Current);
    let current = current.as_ref();
    let ahead = |lane: &Lane<'_>, by: u64| Micros((lane.playhead.0.saturating_add(by)) / STEP * STEP + STEP);
    // Until when each lane is wanted, in the order in which it is.
    let urgent = current.map(|lane| ahead(lane, safe(lane, link)));
    let few = thrift.save_data || thrift.slow;
    let wishes = [
        (Role::Current, urgent, u64::MAX),
        (Role::Next, Some(OPENING), u64::MAX),
        (Role::Current, current.filter(|lane| headroom(lane, link) < AMPLE).map(|lane| ahead(lane, LEAD)), u64::MAX),
        (Role::After1, Some(OPENING).filter(|_| !few), LANE_HEAD),
        (Role::After2, Some(OPENING).filter(|_| !few), LANE_HEAD),
        (Role::Current, current.map(|lane| Micros(ahead(lane, lead(lane, link, thrift)).0 - STEP)), u64::MAX),
    ];
    // A lead at a third of its minimum needs the whole link.
    let starving = current.is_some_and(|lane| {
        lane.playing
            && lane.buffered.0 < lane.playhead.0 + safe(lane, link) / 3
            && urgent.is_some_and(|until| lane.source.want(until, 1, &[]).is_some())
    });
    let mut left: u64 = 0;
    let mut flying = 0;
    for (index, flight) in flights.clone().enumerate() {
        let role = lanes.clone().find(|lane| lane.key == flight.key).map_or(Role::Previous, |lane| lane.role);
        if role == Role::Previous || starving && role >= Role::After1 {
            decision.cancel.push(index);
        } else {
            // Of a body without a known end everything is left.
            left = left.saturating_add(flight.left);
            flying += 1;
        }
    }
    if enough(link, flying, left) {
        return decision;
    }
    let size = range(link);
    for (role, until, at_most) in wishes {
        let (Some(lane), Some(until)) = (find(role), until) else { continue };
        if starving && role >= Role::After1 {
            continue;
        }
        let (lane, mut own, mut coming) = (&lane, [None; FLIGHTS], 0_u64);
        for (own, flight) in own.iter_mut().zip(flights.clone().filter(|flight| flight.key == lane.key)) {
            *own = Some(&flight.want);
            coming = coming.saturating_add(flight.left);
        }
        // A header is one range: nothing can be done with half of it. Where a whole head is a short one as well, it is asked for at once.
        let open = lane.source.info().is_some();
        let size = if open { size } else { size.max(HEAD) };
        // What is fetched ahead takes in a small rest rather than ask for it apart. The current episode does not: others wait.
        let most = if role == Role::Current { size } else { size + size / 4 };
        let room = at_most.saturating_sub(coming.saturating_add(lane.source.held() as u64)).min(most);
        let mut want = lane.source.want(until, room, &own).filter(|_| room > 0);
        if let Some(want) = want.as_mut().filter(|want| want.size() == most) {
            want.range.end = want.range.start + size;
        }
        if role == Role::Current && want.as_ref().is_some_and(|want| want.size() < LEAST) {
            // A request costs more than the bytes of another second or two of thin media.
            want = lane.source.want(Micros(until.0 + OPENING.0 * 2), room.min(LEAST), &own).or(want);
        }
        if let Some(want) = want.as_mut().filter(|want| !open && want.range.start == 0) {
            want.range.end = want.range.end.max(if role == Role::Current { FIRST } else { size.min(LANE_HEAD) });
        }
        decision.fetch = want.map(|want| (lane.key, want));
        // Until the header of the current episode has come, nobody knows what it needs next: the others wait.
        if decision.fetch.is_some() || !open && role == Role::Current {
            break;
        }
    }
    decision
}
