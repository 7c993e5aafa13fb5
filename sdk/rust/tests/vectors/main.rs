//! The vectors of `sdk/contract`, each a test of its own: against this package, and
//! against the SDK file that the scaffold puts into projects in Rust.
//!
//! A call is made by a process of its own, so that a vector's environment is the real
//! one, and so that all that a client writes can be read.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod bundled;
mod certificates;
mod child;
mod compare;
mod controller;
mod package;
mod run;
mod stub;
mod vector;

use std::env;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

use run::Library;
use vector::Vector;

fn main() -> ExitCode {
    if let Some(library) = env::args().nth(1).as_deref().and_then(Library::of_child) {
        child::run(library);
        return ExitCode::SUCCESS;
    }
    let mut arguments = Arguments::from_args();
    // Most of a vector is waiting.
    arguments.test_threads.get_or_insert(8);
    let vectors = vector::load();
    let mut trials = vec![
        Trial::test("package: the warning is given once", || {
            run::warning(Library::Package)
        }),
        Trial::test("bundled: the warning is given once", || {
            run::warning(Library::Bundled)
        }),
        Trial::test("package: an authority itself is trusted", || {
            run::authority_itself(Library::Package)
        }),
    ];
    for library in [Library::Package, Library::Bundled] {
        let asked = vectors.iter().filter(|vector| library.has(vector));
        trials.extend(asked.map(|vector| trial(library, vector)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(library: Library, vector: &Vector) -> Trial {
    let vector = vector.clone();
    let name = format!("{}: {}", library.name(), vector.name);
    if vector.exchange.is_none() {
        return against_controller(library, vector);
    }
    match Library::freedom(&vector) {
        Some(reason) => {
            Trial::test(format!("{name} ({reason})"), || Ok(())).with_ignored_flag(true)
        }
        None => Trial::test(name, move || told(&run::vector(library, &vector))),
    }
}

fn against_controller(library: Library, vector: Vector) -> Trial {
    let name = format!("{} against the Controller: {}", library.name(), vector.name);
    match controller::missing() {
        Some(reason) if env::var("CI").is_ok() => Trial::test(name, move || Err(reason.into())),
        Some(reason) => {
            Trial::test(format!("{name} ({reason})"), || Ok(())).with_ignored_flag(true)
        }
        None => Trial::test(name, move || told(&controller::vector(library, &vector))),
    }
}

fn told(complaints: &[String]) -> Result<(), Failed> {
    if complaints.is_empty() {
        Ok(())
    } else {
        Err(Failed::from(complaints.join("\n")))
    }
}
