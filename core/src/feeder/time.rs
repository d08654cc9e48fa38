//! Media time in whole microseconds: fine enough for a frame, and without floats, which weigh kilobytes in wasm.

/// A position or length on the timeline of a presentation, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Micros(pub u64);

impl Micros {
    /// Later than everything.
    pub const END: Self = Self(i64::MAX as u64);

    pub(super) fn signed(self) -> i64 {
        self.0.min(Self::END.0) as i64
    }
}

/// Ticks as microseconds, rounded down.
pub(super) fn micros(ticks: i64, scale: u32) -> i64 {
    let scale = i64::from(scale.max(1));
    ticks.div_euclid(scale).saturating_mul(1_000_000).saturating_add(ticks.rem_euclid(scale) * 1_000_000 / scale)
}
