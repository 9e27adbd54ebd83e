//! The simulator behind the page of `cmksim play`: questions as JSON, answers as JSON.
//!
//! [`Session`] is what is asked. `wasm32` exports it with a plain C interface: `input` makes room for
//! a question, `call` answers it, `output` is where the answer lies.

mod ask;
#[cfg(target_arch = "wasm32")]
mod interface;
mod session;

pub use session::Session;
