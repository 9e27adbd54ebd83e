//! The module's interface: bytes in, bytes out, and one function that the page lends.
//!
//! A question that panics traps: the module is of no use then, and its output is the message.

use std::cell::RefCell;
use std::panic;

use super::session::Session;

#[derive(Default)]
struct Module {
    input: Vec<u8>,
    output: Vec<u8>,
    session: Session,
}

thread_local! {
    static MODULE: RefCell<Module> = RefCell::default();
}

#[link(wasm_import_module = "host")]
// Declares what the page lends; it takes a number and gives nothing back.
#[allow(unsafe_code)]
unsafe extern "C" {
    safe fn reached(part: f64);
}

/// Room for a question of so many bytes.
// The name of an export must be unique in the module, and these are.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn input(bytes: usize) -> *mut u8 {
    MODULE.with_borrow_mut(|module| {
        module.input.clear();
        module.input.resize(bytes, 0);
        module.input.as_mut_ptr()
    })
}

/// Where the answer lies.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn output() -> *const u8 {
    MODULE.with_borrow(|module| module.output.as_ptr())
}

/// How long it is; after a trap that of the message.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn said() -> usize {
    MODULE.with_borrow(|module| module.output.len())
}

/// Answers the question; the length of the answer, negative if it says why there is none.
#[allow(unsafe_code)]
#[unsafe(no_mangle)]
pub(crate) extern "C" fn call() -> i32 {
    panic::set_hook(Box::new(|info| {
        MODULE.with(|module| {
            if let Ok(mut module) = module.try_borrow_mut() {
                module.output = info.to_string().into_bytes();
            }
        });
    }));
    // Nothing is borrowed while it works, so that a panic can leave its message.
    let (input, mut session) = MODULE.with_borrow_mut(|module| {
        module.output.clear();
        (
            std::mem::take(&mut module.input),
            std::mem::take(&mut module.session),
        )
    });
    let answer = session.answer(&input, &|part| reached(part));
    MODULE.with_borrow_mut(|module| {
        module.session = session;
        let (bytes, sign) = match answer {
            Ok(bytes) => (bytes, 1),
            Err(message) => (message.into_bytes(), -1),
        };
        module.output = bytes;
        // An answer is never empty, and far below 2 GB.
        sign * i32::try_from(module.output.len())
            .unwrap_or(i32::MAX)
            .max(1)
    })
}
