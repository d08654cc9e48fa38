//! The player's side of the shop: what it tells [`crate::later`], and what it does for it. Before `Event::Later` nothing is told.

use super::Player;
use super::paywall::Sheet;
use crate::effect::Effect;
use crate::event::Target;
use crate::manifest::Mode;
use crate::node::Node;
use crate::shop::{Desk, Input, Out, Shop};
use crate::surface::Reason;

impl Player {
    /// What the buyer meets, where the gate sells.
    pub(super) fn shop_here(&self) -> Option<&Shop> {
        (self.later && self.manifest.access.mode == Mode::Gate).then_some(&self.shop)
    }

    /// Tells the shop something, and does what it asks for.
    pub(super) fn tell_shop(&mut self, input: Input) {
        if self.shop_here().is_none() {
            return;
        }
        let base = self.gate_base();
        let sheet = self.open_sheet().map(|sheet| sheet.index);
        let index = sheet.unwrap_or(self.current);
        let first = self.denial(index).and_then(|denial| denial.body.get("unlockFirst")).and_then(Node::as_text);
        let first = first.and_then(|id| self.manifest.episodes.iter().find(|e| e.id == id)).map(|e| e.n);
        let Some(episode) = self.manifest.episodes.get(index) else { return };
        let desk = Desk {
            now: self.now,
            base: &base,
            series: &self.manifest.series.id,
            episode: &episode.id,
            n: episode.n,
            first,
            deep_link: self.config.deep_link,
            open: sheet.is_some() && !self.hidden,
        };
        for out in crate::later::handle(&mut self.shop, &desk, input) {
            self.obey_shop(out);
        }
    }

    fn obey_shop(&mut self, out: Out) {
        match out {
            Out::Do(effect) => self.push(Effect::Shop(effect)),
            Out::Show(offers) => self.show_offers(offers),
            Out::Granted { episode, body } => {
                if let Some(index) = self.find(&Target::Id(episode)) {
                    self.started |= index == self.current;
                    self.gate_granted(index, &body);
                }
            }
            Out::Denied { episode, body } => {
                if let Some(index) = self.find(&Target::Id(episode)) {
                    self.gate_denied(index, body);
                    if self.open_sheet().is_some_and(|sheet| sheet.index == index) {
                        self.show_offers(None);
                        self.tell_wall(index);
                    }
                }
            }
            Out::Stale => {
                let here = self.open_sheet().map(|sheet| sheet.index);
                self.gate.retain(|memory| memory.is_asking() || Some(memory.index) == here);
            }
            Out::Return { episode } => {
                if !self.config.no_resume {
                    let value = [&episode, " 0"].concat();
                    self.push(Effect::Remember { series: self.manifest.series.id.clone(), value });
                }
            }
        }
    }

    /// The sheet stands before an episode: the shop is to hear what the gate said of it.
    pub(super) fn tell_wall(&mut self, index: usize) {
        if let Some(body) = self.denial(index).map(|denial| denial.body.clone()) {
            self.tell_shop(Input::Wall(body));
        }
    }

    /// Puts other offers into the sheet. What lies under a finger now is not what lay there before: taps count only after a while.
    fn show_offers(&mut self, offers: Option<Vec<crate::manifest::Offer>>) {
        let Some(index) = self.open_sheet().map(|sheet| sheet.index) else { return };
        let offers = offers.unwrap_or_else(|| self.offers_at(index));
        let rest = self.rest(&offers);
        let (now, unreachable) = (self.now, self.gate_unreachable(index));
        if let Sheet::Open(sheet) = &mut self.sheet {
            sheet.since = now;
            sheet.unreachable = unreachable;
            // What is not out yet cannot be bought.
            if sheet.reason != Reason::Unreleased {
                sheet.offers = offers;
                sheet.rest = rest;
            }
        }
    }

    /// The second wasm has come.
    pub(super) fn later_came(&mut self) {
        if core::mem::replace(&mut self.later, true) || !self.is_ready() {
            return;
        }
        self.tell_shop(Input::Begin);
        if let Some(index) = self.open_sheet().map(|sheet| sheet.index) {
            self.show_offers(None);
            self.tell_wall(index);
        }
    }
}
