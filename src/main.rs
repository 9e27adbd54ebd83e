//! The `cmksim` program. What it can do stands in the library; here are arguments, files,
//! terminal, signals and the exit status.

// The library needs none of what `clippy.toml` bans. The program is where it enters.
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
