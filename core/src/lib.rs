//! The Cliffhanger player as a pure state machine.
