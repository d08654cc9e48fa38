//! The invariants, checked after every event.

use cliffhanger_core::Node;
use cliffhanger_core::event::*;
use cliffhanger_core::surface::EventName;

use crate::browser::Browser;

/// What has to be remembered from one moment to the next.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// The slide that is being uncovered, as far as the player has been told.
    peeked: Option<usize>,
    /// The event in hand is a tap of the viewer's own on an offer.
    chose: bool,
    /// The event in hand is a gesture.
    pub(crate) gesture: bool,
    /// A paywall was announced and not taken back.
    wall: bool,
    /// The player was destroyed.
    pub(crate) over: bool,
    /// Method calls that wait for their answer.
    pub(crate) calls: Vec<CallId>,
}

impl Watch {
    pub(crate) fn before(&mut self, event: &Event) {
        self.chose = false;
        self.gesture = false;
        if let Event::Viewer(action) = event {
            match action {
                Action::Peeked(slide) => self.peeked = *slide,
                Action::Choose { trusted, .. } => (self.chose, self.gesture) = (*trusted, *trusted),
                Action::Scrolled { .. } | Action::Arrived => {}
                _ => self.gesture = true,
            }
        }
        if let Event::Call { call: Some(call), .. } = event {
            self.calls.push(*call);
        }
    }

    pub(crate) fn notified(&mut self, name: EventName, detail: &Node) {
        assert!(!names_media(detail), "{} carries an address of media: {detail:?}", name.name());
        match name {
            EventName::PaywallOpen => assert!(!core::mem::replace(&mut self.wall, true), "the wall opens twice"),
            EventName::PaywallClose => assert!(core::mem::take(&mut self.wall), "the wall closes and was not open"),
            _ => {}
        }
    }

    pub(crate) fn resolved(&mut self, call: CallId) {
        let at = self.calls.iter().position(|waiting| *waiting == call);
        self.calls.swap_remove(at.unwrap_or_else(|| panic!("{call:?} is answered, and nobody waits for it")));
    }

    /// Nothing is bought by anything but a tap on the offer itself.
    pub(crate) fn unlock_requested(&self, detail: &Node) {
        assert!(!names_media(detail), "an unlock request carries an address of media: {detail:?}");
        assert!(self.chose, "an unlock was asked for without a tap on an offer");
    }
}

/// Whether an address of media stands anywhere in it: nothing the host is told may hold one.
fn names_media(node: &Node) -> bool {
    match node {
        Node::Text(text) => text.ends_with(".mp4"),
        Node::List(items) => items.iter().any(names_media),
        Node::Map(members) => members.iter().any(|(_, value)| names_media(value)),
        _ => false,
    }
}

impl Browser {
    /// Invariants 2 and 4 for a source that a video fetches by itself; the episode.
    pub(crate) fn check_load(&self, slot: Slot, url: &str) -> u32 {
        let n = match self.truth.may(self.now, url) {
            Ok(n) => n,
            Err(why) => panic!("invariant 2: a source was loaded into {slot:?}, but {why}"),
        };
        self.check_slot(slot, n);
        let current = self.player.view().current as u32 + 1;
        if n != current && self.player.access().is_open() && self.player.view().error.is_none() {
            let here = self.videos[self.player.current_slot().0 as usize].told;
            assert!(here.plays_through(), "invariant 4: episode {n} was loaded before episode {current} could play through: {here:?}");
        }
        n
    }

    /// Episodes live in their slots, near the viewer.
    pub(crate) fn check_slot(&self, slot: Slot, n: u32) {
        let current = self.player.view().current as u32 + 1;
        assert!(n.abs_diff(current) <= 1, "episode {n} was loaded while {current} is current");
        assert!(slot.0 < 3, "invariant 4: {slot:?} is a fourth source");
        assert_eq!(slot, Slot::of(n as usize - 1), "episode {n} is not in its slot");
    }

    /// Invariant 11: no byte of a locked episode, none far from where the viewer is, and none that is coming already.
    pub(crate) fn check_range(&self, url: &str, from: u64, until: Option<u64>) -> u32 {
        let n = match self.truth.may(self.now, url) {
            Ok(n) => n,
            Err(why) => panic!("invariant 11: bytes were asked for, but {why}"),
        };
        let current = self.player.view().current as u32 + 1;
        assert!((current..=current + 3).contains(&n), "invariant 11: bytes of episode {n} were asked for while {current} is current");
        assert!(
            until.is_some_and(|until| from < until && until - from <= 1 << 20),
            "invariant 11: {from} to {until:?} is no bounded range"
        );
        n
    }

    pub(crate) fn check(&self) {
        let (now, view) = (self.now, self.player.view());
        let here = self.player.current_slot().0 as usize;
        let mut rolling = 0;
        for (slot, video) in self.videos.iter().enumerate() {
            if video.playing {
                assert!(!self.hidden || self.floating, "invariant 3: slot {slot} plays while the page is hidden");
                assert!(self.connected, "invariant 3: slot {slot} plays outside the document");
                assert!(video.load.is_some(), "slot {slot} plays without a source");
            }
            if video.playing && slot != here && !video.adopting {
                rolling += 1;
                assert!(video.muted, "invariant 3: slot {slot} is heard beside the current one");
                let uncovered = self.watch.peeked.is_some_and(|slide| Slot::of(slide).0 as usize == slot);
                assert!(uncovered, "invariant 3: slot {slot} plays, and nobody uncovers it");
            }
            if video.load.is_some() && video.n > 0 {
                assert!(self.truth.open(now, video.n), "invariant 2: slot {slot} holds locked episode {}", video.n);
            }
        }
        assert!(rolling <= 1, "invariant 3: two play beside the current one");
        for flight in &self.flights {
            assert!(self.truth.open(now, flight.n), "invariant 11: bytes of locked episode {} keep coming", flight.n);
        }
        if view.paywall.is_some() {
            assert!(!view.access.is_open(), "a paywall over an open episode");
        }
        for slide in view.slides {
            assert!(!slide.locked || slide.poster_shown, "a locked slide shows a video");
        }
        if self.player.is_ready() {
            assert!(view.current < view.count, "the current episode is not in the feed");
            let n = view.current as u32 + 1;
            assert!(!view.access.is_open() || self.truth.open(now, n), "invariant 2: episode {n} counts as open, and is locked");
        }
        if self.watch.over {
            assert!(self.player.deadline().is_none() && self.flights.is_empty(), "a destroyed player goes on");
            assert!(self.watch.calls.is_empty(), "a destroyed player owes answers: {:?}", self.watch.calls);
        }
    }
}
