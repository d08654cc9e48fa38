//! An order as text, to be kept between visits; and the body of its request, which must be the same each time.

use crate::manifest::Money;
use crate::node::Node;
use crate::shop::{Order, What};
use crate::text::whole;
use crate::text::{number, pieces};

/// Parts are apart by line breaks: none of them can hold one.
pub(super) fn write(order: &Order) -> String {
    let mut parts = vec![order.key.clone(), order.episode.clone(), order.offer.clone()];
    let kind = match &order.what {
        What::Unlock { quote, coins, money, auto } => {
            parts.extend([quote.clone(), whole(*coins), whole(money.amount), money.code()]);
            if *auto { "a" } else { "u" }
        }
        What::Checkout { page, consent } => {
            parts.push(page.clone());
            parts.extend(consent.clone());
            "c"
        }
        What::Pay { id, url } => {
            parts.extend([id.clone(), url.clone()]);
            "p"
        }
    };
    let mut text = kind.to_owned();
    for part in parts {
        text.push('\n');
        text.push_str(&part);
    }
    text
}

/// Reads what [`write()`] wrote; anything else is no order.
pub(super) fn read(text: &str) -> Option<Order> {
    let mut parts = pieces(text, b'\n');
    let kind = parts.next()?;
    let mut next = || parts.next().map(str::to_owned);
    let (key, episode, offer) = (next()?, next()?, next()?);
    let what = match kind {
        "u" | "a" => {
            let (quote, coins, amount, code) = (next()?, number(&next()?)?, number(&next()?)?, next()?);
            let currency: [u8; 3] = code.as_bytes().try_into().ok()?;
            What::Unlock { quote, coins, money: Money { amount, currency }, auto: kind == "a" }
        }
        "c" => What::Checkout { page: next()?, consent: next() },
        // What lay in the storage is no safer than what comes from a server.
        "p" => What::Pay { id: next()?, url: crate::url::resolve("", &next()?).ok()? },
        _ => return None,
    };
    Some(Order { key, episode, offer, what })
}

/// The body of the order's request; `Null` when it has none.
pub(super) fn body(order: &Order, series: &str) -> Node {
    match &order.what {
        What::Unlock { quote, coins, money, auto } => {
            let shown = Node::map([("amount", money.amount.into()), ("currency", money.code().into())]);
            let confirm = Node::map([("shownCoins", (*coins).into()), ("shownMoney", shown), ("auto", (*auto).into())]);
            Node::map([("quote", quote.as_str().into()), ("confirm", confirm)])
        }
        What::Checkout { page, consent } => {
            let text = |text: &str| Node::from(text);
            let mut members = vec![("series", text(series)), ("episode", text(&order.episode)), ("offer", text(&order.offer))];
            if !page.is_empty() {
                members.push(("returnUrl", text(page)));
            }
            if let Some(version) = consent {
                let mut given = vec![("immediatePerformance".to_owned(), Node::Bool(true))];
                if !version.is_empty() {
                    given.push(("version".to_owned(), text(version)));
                }
                members.push(("consent", Node::Map(given)));
            }
            Node::Map(members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
        }
        What::Pay { .. } => Node::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_survives_being_written_and_read() {
        let money = Money { amount: 30, currency: *b"EUR" };
        for what in [
            What::Unlock { quote: "a.b.c".into(), coins: 30, money, auto: false },
            What::Unlock { quote: "a.b.c".into(), coins: 1, money, auto: true },
            What::Checkout { page: "https://a.example/watch#e=6".into(), consent: None },
            What::Checkout { page: String::new(), consent: Some(String::new()) },
            What::Checkout { page: String::new(), consent: Some("2026-06".into()) },
            What::Pay { id: "01J".into(), url: "https://g.example/checkout/demo/01J".into() },
        ] {
            let order = Order { key: "k".into(), episode: "e006".into(), offer: "one".into(), what };
            assert_eq!(read(&write(&order)).as_ref(), Some(&order));
        }
    }

    #[test]
    fn what_is_no_order_is_not_taken_for_one() {
        for text in
            ["", "x", "u\nk\ne\no\nq\nmany\n1\nEUR", "u\nk\ne\no\nq\n1\n1\nEURO", "p\nk\ne\no\nid\njavascript:alert(1)", "p\nk\ne\no\nid"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
