//! What the player needs only once a viewer buys. In the browser it lies in the second wasm: every function directly in this module is
//! a door that the rest may call, and only after `Event::Later`.

mod answers;
mod order;
mod till;

use crate::shop::{Desk, Input, Out, Shop, ShopEvent};

/// Moves the shop on. Total: never fails, never panics.
///
/// A purchase begins only with [`Input::Choose`], [`crate::shop::ShopAction::Agree`] after one, or as far as the viewer allowed it before.
#[inline(never)]
#[must_use]
pub fn handle(shop: &mut Shop, desk: &Desk<'_>, input: Input) -> Vec<Out> {
    let mut till = till::Till { shop, desk, out: Vec::new() };
    match input {
        Input::Begin => till.begin(),
        Input::Wall(body) => till.wall(&body),
        Input::Choose(offer) => till.choose(offer),
        Input::Act(action) => till.act(action),
        Input::Told(ShopEvent::Recalled(text)) => till.recalled(text.as_deref()),
        Input::Told(ShopEvent::Ticket { key, page }) => till.ticket(key, &page),
        Input::Told(ShopEvent::Answered { ask, reply, wait }) => till.answered(ask, reply, wait),
        Input::Told(ShopEvent::Opened(opened)) => till.opened(opened),
        Input::Closed => till.closed(),
        Input::Back => till.look_now(),
        Input::Tick => till.tick(),
    }
    till.out
}
