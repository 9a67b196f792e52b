//! What the profiles promise, asked by small filters in WebAssembly text.

// One module marked as test code: clippy looks at the attribute and not at the directory.
#[cfg(test)]
mod probe {
    mod arrival;
    mod calls;
    mod changes;
    mod filter;
    mod lifecycle;
    mod properties;
    mod responses;
}
