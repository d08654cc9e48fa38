//! Numbers and money as the page's language writes them, by `Intl`.

use cliffhanger_core::manifest::Money;
use cliffhanger_core::text::whole;
use wasm_bindgen::JsValue;

use crate::js::{NumberFormat, option, put};

/// How numbers are written.
pub(crate) struct Numbers {
    /// BCP 47, or `undefined` for the browser's own.
    language: JsValue,
}

impl Numbers {
    /// For the language of the closest `lang` attribute.
    pub(crate) fn of(host: &web_sys::HtmlElement) -> Self {
        let language = host.closest("[lang]").ok().flatten().and_then(|holder| holder.get_attribute("lang"));
        Self { language: language.filter(|text| !text.is_empty()).map_or(JsValue::UNDEFINED, |text| JsValue::from_str(&text)) }
    }

    fn format(&self, options: &JsValue) -> Option<NumberFormat> {
        // A `lang` that is no language must not cost the price.
        NumberFormat::new(&self.language, options).or_else(|_| NumberFormat::new(&JsValue::UNDEFINED, options)).ok()
    }

    /// A whole number.
    pub(crate) fn whole(&self, number: u64) -> String {
        let text = self.format(&JsValue::UNDEFINED).and_then(|format| format.format(number as f64).ok());
        text.unwrap_or_else(|| whole(number))
    }

    /// An amount of money.
    pub(crate) fn money(&self, money: Money) -> String {
        let options: JsValue = option("style", "currency");
        put(&options, "currency", &JsValue::from_str(&money.code()));
        let text = self.format(&options).and_then(|format| {
            let resolved = format.resolved_options().ok()?;
            // Yen have no minor unit, dinars three digits of them.
            let digits = js_sys::Reflect::get(&resolved, &JsValue::from_str("maximumFractionDigits")).ok()?.as_f64()?;
            let mut minor = 1.0;
            for _ in 0..digits as u32 {
                minor *= 10.0;
            }
            format.format(money.amount as f64 / minor).ok()
        });
        text.unwrap_or_else(|| [&whole(money.amount), " minor units of ", &money.code()].concat())
    }
}

/// A position in minutes and seconds: `1:05`.
pub(crate) fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    let rest = seconds % 60;
    [whole(seconds / 60).as_str(), if rest < 10 { ":0" } else { ":" }, &whole(rest)].concat()
}
