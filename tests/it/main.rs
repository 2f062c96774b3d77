//! The one integration binary.

#[cfg(test)]
mod helpers;
#[cfg(test)]
mod laws;
