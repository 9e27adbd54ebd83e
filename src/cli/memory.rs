//! Memory that is not given back too soon.
//!
//! The allocator of glibc gives memory back to the system whenever a little of it is free at the
//! end, and the next replay asks for it again: a fifth of the time of a plan. Once a large block was
//! freed it keeps as much.

/// Keeps what one replay frees for the next.
pub(crate) fn keep() {
    const LARGE: usize = 31 << 20;
    drop(std::hint::black_box(Vec::<u8>::with_capacity(LARGE)));
}
