//! The ports for real.
