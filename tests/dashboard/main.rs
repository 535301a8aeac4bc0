//! The dashboard in headless Chromium, in front of the real gateway.

#[cfg(test)]
mod browser;
#[cfg(test)]
mod found;
#[cfg(test)]
mod world;
