//! From state to [`View`].

use super::{Player, media::SPINNER_AFTER};
use crate::event::Slot;
use crate::time::{Instant, Millis};
use crate::view::{ErrorView, PaywallView, Progress, SlideView, View};

/// The posters of the slides around wait for the first frame of all, or this long.
const POSTERS_WAIT: Millis = Millis(1_000);

impl Player {
    /// What the screen shows: plain data.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let ready = self.is_ready();
        let episode = self.manifest.episodes.get(self.current).filter(|_| ready);
        let slot = self.slot(self.here());
        let mine = ready && slot.index == Some(self.current) && slot.has_source();
        let open = ready && self.open_at(self.current);
        let failed = self.stage_fault();
        let error = match failed {
            Some((fault, can_retry)) => Some(ErrorView { code: fault.code, message: &fault.message, can_retry, can_skip: false }),
            None => self.trouble.as_ref().map(|t| ErrorView {
                code: t.fault.code,
                message: &t.fault.message,
                can_retry: t.can_retry,
                can_skip: self.can_go_forward(),
            }),
        };
        let starved = slot.starving.is_some_and(|since| self.now >= since + SPINNER_AFTER);
        View {
            // A page that brought its own video keeps it when there is no series.
            mounted: ready || failed.is_some() && self.adoption.is_none(),
            slides: Slot::ALL.map(|slot| self.slide(slot)),
            current: self.current,
            count: self.count(),
            series_title: &self.manifest.series.title,
            episode,
            access: self.access(),
            playing: mine && slot.playing,
            wants_play: self.want.play,
            buffering: mine && slot.asked_play && starved || open && slot.retry_at.is_some(),
            muted: self.muted(),
            sound_prompt: open && (self.forced_mute || self.muted() && !self.sound_settled) && !self.play_prompt && error.is_none(),
            play_prompt: open && error.is_none() && !self.over && (self.play_prompt || !self.started && !self.want.play),
            paused_by_viewer: open && error.is_none() && !self.over && !self.play_prompt && self.started && (!self.want.play || slot.ended),
            progress: slot.duration.filter(|_| mine).map(|duration| Progress {
                time: slot.start_at.unwrap_or(slot.time),
                duration,
                buffered_to: slot.buffered_to,
            }),
            paywall: self.paywall_view().filter(|_| ready),
            error,
            ended: ready && self.over,
            can_go_back: ready && self.current > 0,
            can_go_forward: ready && self.can_go_forward(),
            no_ui: self.config.no_ui,
            liked: self.liked(),
            hearts: self.viewer.hearts,
            fast: self.viewer.fast,
            panel: self.viewer.panel.filter(|_| ready),
            speed: (self.want.rate * 100.0) as u32,
            captions: if ready { self.captions_here() } else { &[] },
            captions_shown: self.captions_shown(),
            advances: self.advances(),
            saver: self.frugal,
            synopsis: &self.manifest.series.synopsis,
            related: &self.manifest.related,
        }
    }

    /// The slide of a slot: of the three around the anchor, the one that lives there. A slide behind a standing wall is
    /// out of the way, so that no swipe goes past it.
    fn slide(&self, slot: Slot) -> SlideView<'_> {
        if !self.is_ready() {
            return SlideView::default();
        }
        let middle = self.anchor;
        let ahead = middle < self.current || self.can_go_forward();
        let around = [middle.checked_sub(1), Some(middle), ahead.then_some(middle + 1)];
        let Some(index) = around.into_iter().flatten().find(|i| Slot::of(*i) == slot) else { return SlideView::default() };
        let episode = self.manifest.episodes.get(index);
        let state = self.slot(slot);
        let locked = !self.open_at(index);
        let shows_frame = !locked && state.index == Some(index) && (state.painted || state.adopted);
        let waits = index != self.current && self.posters_deadline().is_some();
        SlideView {
            index: Some(index),
            episode,
            poster: episode.and_then(|e| e.poster.as_deref()).or(self.manifest.series.poster.as_deref()).filter(|_| !waits),
            poster_shown: !shows_frame,
            locked,
        }
    }

    /// Until when the posters around wait: at first the link belongs to the picture that the viewer looks for.
    pub(super) fn posters_deadline(&self) -> Option<Instant> {
        let until = self.arrived + POSTERS_WAIT;
        let waits = self.is_ready() && self.want.play && self.first_frames.is_empty() && self.peeked.is_none();
        (waits && self.now < until && self.open_at(self.current)).then_some(until)
    }

    fn paywall_view(&self) -> Option<PaywallView<'_>> {
        let sheet = self.open_sheet().filter(|s| !s.taken)?;
        Some(PaywallView {
            slide: sheet.index,
            since: sheet.since,
            episode: self.manifest.episodes.get(sheet.index)?,
            reason: sheet.reason,
            offers: &sheet.offers,
            rest: sheet.rest,
            armed: self.sheet_armed(sheet),
            busy: sheet.busy.is_some() || self.shop_busy,
            message: sheet.message.as_deref(),
            unreachable: sheet.unreachable,
            shop: self.shop.as_deref(),
        })
    }
}
