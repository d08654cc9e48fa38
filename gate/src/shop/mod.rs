//! What viewers own, and the books.
//!
//! Everything that changes money or rights runs in one transaction that first locks the viewer ([`ledger::lock`]), so two
//! requests of one viewer never run side by side, whichever gate they reached, and no two transactions lock in different
//! orders. The constraints of the schema stand behind it: balances that cannot be negative, one row for each owned
//! episode, causes that are booked once.

pub mod auto;
pub mod idempotency;
pub mod ledger;
pub mod merge;
pub mod pricing;
pub mod revocations;
pub mod rights;
pub mod unlock;
pub mod viewers;
