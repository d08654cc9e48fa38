//! What the player needs only once a viewer buys. In the browser it lies in the second wasm: every function directly in this module is
//! a door that the rest may call, and only after `Event::Later`.

mod answers;
pub(crate) mod extras;
mod order;
mod sheet;
mod till;
mod wall;

use super::Player;
use crate::shop::{Desk, Input, News, Out, Shop, ShopEvent};

/// Takes the news, and changes the player accordingly.
#[inline(never)]
pub(super) fn handle(player: &mut Player, news: News) {
    match news {
        News::Came => player.came(),
        News::Left => player.say_why(),
        News::Sheet => player.stand(),
        News::Read => player.price(),
        News::Picked(offer) => player.choose(offer.as_deref()),
        News::Unlock(ask, reply) => player.unlock_answered(ask, reply),
        News::Tapped(action) => player.tapped(action),
        News::Begin => player.serve(Input::Begin),
        News::Closed => player.serve(Input::Closed),
        News::Told(told) => player.serve(Input::Told(told)),
        News::Back => player.serve(Input::Back),
        News::Tick => player.serve(Input::Tick),
    }
}

/// Moves the shop on. Total: never fails, never panics.
///
/// A purchase begins only with [`Input::Choose`], [`crate::shop::ShopAction::Agree`] after one, or as far as the viewer allowed it before.
fn turn(shop: &mut Shop, desk: &Desk<'_>, input: Input) -> Vec<Out> {
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
