//! What an operator does to a database: checking the books, copying, changing keys.

pub mod audit;
pub mod backup;
pub mod copy;
pub mod keys;
pub mod run;
