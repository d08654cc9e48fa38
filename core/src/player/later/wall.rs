//! Between the shop and the player: what the shop is told of the wall, and what the player does for it.

use super::turn;
use crate::effect::Effect;
use crate::event::Target;
use crate::manifest::{Mode, Offer};
use crate::node::Node;
use crate::player::Player;
use crate::player::paywall::Sheet;
use crate::shop::{Desk, Input, Out};
use crate::surface::Reason;

impl Player {
    /// Tells the shop something, and does what it asks for.
    pub(super) fn serve(&mut self, input: Input) {
        if self.manifest.access.mode != Mode::Gate {
            self.shop = None;
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
            unattended: self.unattended,
        };
        let shop = self.shop.get_or_insert_default();
        let outs = turn(shop, &desk, input);
        self.shop_wake = shop.wake;
        self.shop_busy = shop.is_busy();
        for out in outs {
            self.obey(out);
        }
    }

    fn obey(&mut self, out: Out) {
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
                        self.tell_wall();
                    }
                }
            }
            Out::Stale => {
                let here = self.open_sheet().map(|sheet| sheet.index);
                self.gate.retain(|memory| memory.is_asking() || Some(memory.index) == here);
            }
            Out::Unattended => self.unattended += 1,
            Out::Return { episode } => {
                if !self.config.no_resume {
                    let value = [&episode, " 0"].concat();
                    self.push(Effect::Remember { series: self.manifest.series.id.clone(), value });
                }
            }
        }
    }

    /// The sheet stands: the shop is to hear what the gate said of its episode.
    fn tell_wall(&mut self) {
        let denial = self.open_sheet().and_then(|sheet| self.denial(sheet.index));
        if let Some(body) = denial.map(|denial| denial.body.clone()) {
            self.serve(Input::Wall(body));
        }
    }

    /// Puts other offers into the sheet.
    fn show_offers(&mut self, offers: Option<Vec<Offer>>) {
        let Some(index) = self.open_sheet().map(|sheet| sheet.index) else { return };
        let offers = offers.unwrap_or_else(|| self.offers_at(index));
        let rest = self.rest(&offers);
        let unreachable = self.gate_unreachable(index);
        self.rearm_sheet();
        if let Sheet::Open(sheet) = &mut self.sheet {
            sheet.unreachable = unreachable;
            // What is not out yet cannot be bought.
            if sheet.reason != Reason::Unreleased {
                sheet.offers = offers;
                sheet.rest = rest;
            }
        }
    }

    /// The second wasm has come. What it draws appears only now.
    pub(super) fn came(&mut self) {
        self.say_why();
        self.serve(Input::Begin);
        self.show_offers(None);
        self.tell_wall();
    }

    /// The sheet has opened.
    pub(super) fn stand(&mut self) {
        self.price();
        self.tell_wall();
    }

    /// What the rest of the series costs by the offers that are shown.
    pub(super) fn price(&mut self) {
        let rest = self.open_sheet().and_then(|sheet| self.rest(&sheet.offers));
        if let Some(sheet) = self.open_sheet_mut() {
            sheet.rest = rest;
        }
    }
}
