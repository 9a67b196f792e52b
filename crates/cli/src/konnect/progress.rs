//! The progress bar: on standard error, and only if that is a terminal.

use gatepass::konnect::crawl::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar that is gone when this is dropped.
pub(crate) struct Bar(ProgressBar);

impl Bar {
    /// A bar; nothing is drawn unless standard error is a terminal.
    pub(crate) fn new() -> Self {
        let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
        let style = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}");
        Self(match style {
            Ok(style) => bar.with_style(style),
            Err(_) => bar,
        })
    }

    /// Shows how many of some things are done.
    pub(crate) fn count(&self, done: usize, of: usize, what: &'static str) {
        self.0.set_length(of as u64);
        self.0.set_position(done as u64);
        self.0.set_message(what);
    }

    /// Shows how far a crawl is.
    pub(crate) fn show(&self, progress: Progress) {
        // A bar of nothing is drawn as a full one.
        self.0.set_length(progress.items_total.max(1));
        self.0.set_position(progress.items_done);
        self.0.set_message(format!(
            "objects, {} of {} lists, {} requests",
            progress.lists_done, progress.lists_total, progress.requests
        ));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
