//! Checks the grammar and the ranges of a parsed document, and that it agrees with itself.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::*;
use crate::grammar;

type Checked = Result<(), Fault>;

/// Checks `doc`. The first fault found is returned.
pub fn check(doc: &Document) -> Checked {
    if doc.cliffhanger != "1" {
        return fault("$.cliffhanger", "must be \"1\", the format this gate reads");
    }
    series(&doc.series)?;
    access(&doc.access, doc)?;
    if doc.offers.len() > 32 {
        return fault("$.offers", "holds more than 32 offers");
    }
    for (id, offer) in &doc.offers {
        slug("$.offers", id)?;
        check_offer(&format!("$.offers.{id}"), offer)?;
    }
    episodes(doc)?;
    at_most("$.related", doc.related.len(), 50)?;
    for (i, related) in doc.related.iter().enumerate() {
        let at = format!("$.related[{i}]");
        slug(&format!("{at}.id"), &related.id)?;
        text(&format!("{at}.title"), &related.title, 300)?;
        image(&format!("{at}.poster"), related.poster.as_ref())?;
        url(&format!("{at}.href"), related.href.as_deref())?;
    }
    match doc.next {
        Some(_) => fault("$.next", "the gate serves whole series: remove `next` and list all episodes"),
        None => Ok(()),
    }
}

fn series(info: &SeriesInfo) -> Checked {
    slug("$.series.id", &info.id)?;
    text("$.series.title", &info.title, 300)?;
    lang("$.series.lang", &info.lang)?;
    if let Some(synopsis) = &info.synopsis {
        longest("$.series.synopsis", synopsis, 4000)?;
    }
    within("$.series.totalEpisodes", info.total_episodes, 1, 10_000)?;
    within("$.series.ageRating", info.age_rating, 0, 21)?;
    time("$.series.updatedAt", info.updated_at.as_deref())?;
    let tags = info.tags.as_deref().unwrap_or_default();
    at_most("$.series.tags", tags.len(), 32)?;
    for (i, tag) in tags.iter().enumerate() {
        longest(&format!("$.series.tags[{i}]"), tag, 40)?;
    }
    image("$.series.poster", info.poster.as_ref())
}

fn access(access: &Access, doc: &Document) -> Checked {
    within("$.access.freeEpisodes", Some(access.free_episodes), 0, 10_000)?;
    offer_ids("$.access.offers", &access.offers, doc)?;
    if let Some(gate) = &access.gate {
        url("$.access.gate.base", Some(&gate.base))?;
        if let Some(tenant) = &gate.tenant {
            slug("$.access.gate.tenant", tenant)?;
        }
    }
    if let Some(legal) = &access.legal {
        let at = "$.access.legal";
        if let Some(name) = &legal.seller_name {
            text(&format!("{at}.sellerName"), name, 300)?;
        }
        url(&format!("{at}.termsUrl"), legal.terms_url.as_deref())?;
        url(&format!("{at}.withdrawalUrl"), legal.withdrawal_url.as_deref())?;
        longest(&format!("{at}.consentText"), legal.consent_text.as_deref().unwrap_or_default(), 2000)?;
        longest(&format!("{at}.consentVersion"), legal.consent_version.as_deref().unwrap_or_default(), 32)?;
    }
    Ok(())
}

fn check_offer(at: &str, offer: &Offer) -> Checked {
    let label = match offer {
        Offer::Coins { coins, money_equivalent, label, .. } => {
            within(&format!("{at}.coins"), Some(*coins), 1, 100_000)?;
            money(&format!("{at}.moneyEquivalent"), Some(money_equivalent))?;
            label
        }
        Offer::Ad { scope, grant_hours, per_day, label, .. } => {
            if *scope != Scope::Episode {
                return fault(format!("{at}.scope"), "an advertisement opens one episode: use \"episode\"");
            }
            within(&format!("{at}.grantHours"), *grant_hours, 1, 8760)?;
            within(&format!("{at}.perDay"), *per_day, 1, 100)?;
            label
        }
        Offer::Subscription { price, period, trial_days, manage_url, label } => {
            money(&format!("{at}.price"), Some(price))?;
            if !grammar::is_period(period) {
                return fault(format!("{at}.period"), "must be like P1W, P30D, P1M or P1Y");
            }
            within(&format!("{at}.trialDays"), *trial_days, 1, 90)?;
            url(&format!("{at}.manageUrl"), Some(manage_url))?;
            label
        }
        Offer::Purchase { price, label, .. } => {
            money(&format!("{at}.price"), Some(price))?;
            label
        }
        Offer::Pack { coins, price, label, .. } => {
            within(&format!("{at}.coins"), Some(*coins), 1, 100_000_000)?;
            money(&format!("{at}.price"), Some(price))?;
            label
        }
    };
    label.as_ref().map_or(Ok(()), |l| text(&format!("{at}.label"), l, 300))
}

fn episodes(doc: &Document) -> Checked {
    if doc.episodes.is_empty() {
        return fault("$.episodes", "must hold at least one episode");
    }
    at_most("$.episodes", doc.episodes.len(), MAX_EPISODES)?;
    let (mut ids, mut numbers) = (BTreeSet::new(), BTreeSet::new());
    for (i, episode) in doc.episodes.iter().enumerate() {
        let at = format!("$.episodes[{i}]");
        check_episode(&at, episode, doc)?;
        if !ids.insert(episode.id.as_str()) {
            return fault(format!("{at}.id"), format!("{:?} is the id of an earlier episode", episode.id));
        }
        if !numbers.insert(episode.n) {
            return fault(format!("{at}.n"), format!("{} is the number of an earlier episode", episode.n));
        }
    }
    Ok(())
}

fn check_episode(at: &str, episode: &Episode, doc: &Document) -> Checked {
    slug(&format!("{at}.id"), &episode.id)?;
    within(&format!("{at}.n"), Some(episode.n), 1, 10_000)?;
    if let Some(title) = &episode.title {
        text(&format!("{at}.title"), title, 300)?;
    }
    within(&format!("{at}.durationMs"), episode.duration_ms, 1, 36_000_000)?;
    image(&format!("{at}.poster"), episode.poster.as_ref())?;
    if let Some(offers) = &episode.access.offers {
        offer_ids(&format!("{at}.access.offers"), offers, doc)?;
    }
    time(&format!("{at}.access.freeAfter"), episode.access.free_after.as_deref())?;
    if let Some(preview) = &episode.access.preview {
        let at = format!("{at}.access.preview");
        within(&format!("{at}.seconds"), Some(preview.seconds), 1, 120)?;
        renditions(&format!("{at}.renditions"), &preview.renditions, 8)?;
    }
    time(&format!("{at}.window.from"), episode.window.from.as_deref())?;
    time(&format!("{at}.window.until"), episode.window.until.as_deref())?;
    renditions(&format!("{at}.renditions"), &episode.renditions, 16)?;
    at_most(&format!("{at}.captions"), episode.captions.len(), 64)?;
    for (i, caption) in episode.captions.iter().enumerate() {
        let at = format!("{at}.captions[{i}]");
        lang(&format!("{at}.lang"), &caption.lang)?;
        if let Some(label) = &caption.label {
            text(&format!("{at}.label"), label, 300)?;
        }
        local_file(&format!("{at}.url"), &caption.url)?;
    }
    if let Some(storyboard) = &episode.storyboard {
        local_file(&format!("{at}.storyboard"), storyboard)?;
    }
    at_most(&format!("{at}.cues"), episode.cues.len(), 64)?;
    for (i, cue) in episode.cues.iter().enumerate() {
        check_cue(&format!("{at}.cues[{i}]"), cue)?;
    }
    Ok(())
}

fn check_cue(at: &str, cue: &Cue) -> Checked {
    slug(&format!("{at}.id"), &cue.id)?;
    text(&format!("{at}.label"), &cue.label, 300)?;
    url(&format!("{at}.href"), cue.href.as_deref())?;
    image(&format!("{at}.image"), cue.image.as_ref())?;
    money(&format!("{at}.price"), cue.price.as_ref())?;
    if cue.kind == CueKind::Product && cue.disclosure.is_none() {
        return fault(format!("{at}.disclosure"), "a product cue must say ad, paid-promotion, affiliate or none");
    }
    match cue.area {
        Some(area) if !area.iter().all(|v| (0.0..=1.0).contains(v)) => fault(format!("{at}.box"), "each number must be from 0 to 1"),
        _ => Ok(()),
    }
}

fn renditions(at: &str, list: &[Rendition], most: usize) -> Checked {
    if list.is_empty() {
        return fault(at, "must name at least one file");
    }
    at_most(at, list.len(), most)?;
    for (i, r) in list.iter().enumerate() {
        let at = format!("{at}[{i}]");
        local_file(&format!("{at}.url"), &r.url)?;
        longest(&format!("{at}.codecs"), r.codecs.as_deref().unwrap_or_default(), 120)?;
        within(&format!("{at}.width"), r.width, 1, u32::MAX)?;
        within(&format!("{at}.height"), r.height, 1, u32::MAX)?;
        within(&format!("{at}.bitrate"), r.bitrate, 1, u64::MAX)?;
        within(&format!("{at}.bytes"), r.bytes, 1, u64::MAX)?;
    }
    Ok(())
}

fn local_file(at: &str, value: &str) -> Checked {
    url(at, Some(value))?;
    if grammar::is_absolute_url(value) {
        return fault(at, "must name a file in the folder: the gate cannot guard what another server hands out");
    }
    Ok(())
}

fn offer_ids(at: &str, ids: &[String], doc: &Document) -> Checked {
    at_most(at, ids.len(), 16)?;
    match ids.iter().position(|id| !doc.offers.contains_key(id)) {
        Some(i) => fault(format!("{at}[{i}]"), "names an offer that $.offers does not have"),
        None => Ok(()),
    }
}

fn image(at: &str, image: Option<&Image>) -> Checked {
    let Some(image) = image else { return Ok(()) };
    url(&format!("{at}.url"), Some(&image.url))?;
    within(&format!("{at}.width"), image.width, 1, u32::MAX)?;
    within(&format!("{at}.height"), image.height, 1, u32::MAX)?;
    longest(&format!("{at}.alt"), image.alt.as_deref().unwrap_or_default(), 300)?;
    longest(&format!("{at}.blurhash"), image.blurhash.as_deref().unwrap_or_default(), 120)
}

fn money(at: &str, money: Option<&Money>) -> Checked {
    let Some(money) = money else { return Ok(()) };
    within(&format!("{at}.amount"), Some(money.amount), 0, 100_000_000)?;
    if money.currency.len() != 3 || !money.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return fault(format!("{at}.currency"), "must be three capital letters (ISO 4217)");
    }
    Ok(())
}

fn slug(at: &str, value: &str) -> Checked {
    ensure(grammar::is_slug(value), at, "must be 1 to 64 of a-z, 0-9 and -, not beginning or ending with -")
}

fn lang(at: &str, value: &str) -> Checked {
    ensure(grammar::is_lang(value), at, "must be a language tag such as en or pt-BR")
}

fn url(at: &str, value: Option<&str>) -> Checked {
    ensure(
        value.is_none_or(grammar::is_url),
        at,
        "must be an https URL, or a relative one (a file in the folder), without spaces, quotes, < > or \\",
    )
}

fn time(at: &str, value: Option<&str>) -> Checked {
    ensure(value.is_none_or(|v| grammar::parse_time(v).is_some()), at, "must be a time such as 2026-12-01T00:00:00Z")
}

fn text(at: &str, value: &str, most: usize) -> Checked {
    ensure(!value.is_empty(), at, "must not be empty")?;
    longest(at, value, most)
}

fn longest(at: &str, value: &str, most: usize) -> Checked {
    if value.chars().count() > most {
        return fault(at, format!("is longer than {most} characters"));
    }
    Ok(())
}

fn at_most(at: &str, len: usize, most: usize) -> Checked {
    if len > most {
        return fault(at, format!("holds {len} items, more than the {most} allowed"));
    }
    Ok(())
}

fn within<T: PartialOrd + Display>(at: &str, value: Option<T>, low: T, high: T) -> Checked {
    match value {
        Some(v) if v < low || v > high => fault(at, format!("{v} is not between {low} and {high}")),
        _ => Ok(()),
    }
}

fn ensure(ok: bool, at: &str, message: &str) -> Checked {
    if ok { Ok(()) } else { fault(at, message) }
}

fn fault(at: impl Into<String>, message: impl Into<String>) -> Checked {
    Err(Fault::at(at, message))
}
