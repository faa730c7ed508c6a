//! Which engine the tests run in, for what engines do differently.

use super::js;

/// The engines that the tests are run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Chromium, and what is made of it.
    Chromium,
    /// Firefox.
    Firefox,
    /// WebKit, as in Safari and WebKitGTK.
    WebKit,
}

/// The engine of this page, by what it calls itself.
pub fn engine() -> Engine {
    let agent = js("navigator.userAgent").as_string().unwrap_or_default();
    match agent {
        agent if agent.contains("Firefox/") => Engine::Firefox,
        agent if agent.contains("Chrome/") => Engine::Chromium,
        agent if agent.contains("AppleWebKit/") => Engine::WebKit,
        agent => panic!("the tests do not know {agent}"),
    }
}
