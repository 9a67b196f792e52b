//! `bindgen MODULE FOLDER`: writes the module as both packages carry it, and the JavaScript beside it.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [module, folder] = arguments.as_slice() else {
        anstream::eprintln!("error: give the module and the folder");
        return ExitCode::FAILURE;
    };
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name("gatepass")
        // The package brings the bytes itself: a URL in the JavaScript would send bundlers looking for a file.
        .omit_default_module_path(true)
        // After a trap, which only want of memory can cause, the package begins anew.
        .reset_state_function(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    let written = bindgen.web(true).and_then(|bindgen| bindgen.typescript(true).generate(folder));
    match written {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            anstream::eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
