//! What was wrong with an input, in the parts an error message is made of; and panics turned into such.

use std::panic::{AssertUnwindSafe, catch_unwind};

#[derive(Debug, PartialEq)]
pub struct Fault {
    pub field: String,
    pub found: String,
    pub expected: String,
}

impl Fault {
    pub fn new(field: impl Into<String>, found: impl Into<String>, expected: impl Into<String>) -> Self {
        Fault { field: field.into(), found: found.into(), expected: expected.into() }
    }

    /// What a JSON reader says, without the position: it counts from the start of the component, not of the
    /// file.
    pub fn of_json(field: &str, error: &serde_json::Error) -> Self {
        let message = error.to_string();
        let text = message.split(" at line ").next().unwrap_or_default();
        if text.starts_with("data did not match any variant") {
            return Fault::new(field, "members that are missing or of the wrong kind", "");
        }
        Fault::new(field, text, "")
    }
}

/// Runs `body`; a panic in it, which the crate allows itself on some malformed input, becomes a fault of
/// `field`.
pub fn guarded<T>(field: &str, body: impl FnOnce() -> Result<T, Fault>) -> Result<T, Fault> {
    silence_panics();
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        let found =
            format!("what the tokenizers library cannot take ({})", message.unwrap_or("no reason given"));
        Err(Fault::new(field, found, ""))
    })
}

/// The standard hook prints every panic. This copy of the standard library is the crate's own: no other Rust
/// code in the process is muted.
fn silence_panics() {
    #[cfg(not(test))]
    {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| std::panic::set_hook(Box::new(|_| {})));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_fault() {
        let fault = guarded::<()>("model", || panic!("prefix of {} bytes", 3)).unwrap_err();
        assert_eq!(fault.field, "model");
        assert!(fault.found.contains("prefix of 3 bytes"));
    }
}
