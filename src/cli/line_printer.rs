//! Lines on stdout, printed while the work goes on: who reads them slowly keeps no other writer of the keystore and the vault waiting.

use std::{
    panic,
    sync::mpsc::{self, Sender},
    thread::{self, JoinHandle},
};

use super::{failure::Outcome, terminal::print_text};

/// Prints in the order in which it is given; what is given is printed before it is gone.
pub(crate) struct LinePrinter {
    /// `None` where the system gives no thread, and at the end.
    beside: Option<PrintingThread>,
}

/// Has what is not printed yet.
struct PrintingThread {
    sender: Sender<String>,
    thread: JoinHandle<Outcome>,
}

impl LinePrinter {
    pub(crate) fn start() -> Self {
        let (sender, receiver) = mpsc::channel::<String>();
        let print = move || receiver.iter().try_for_each(|text| print_text(&text));
        let thread = thread::Builder::new().name("stdout".to_owned()).spawn(print);
        Self { beside: thread.ok().map(|thread| PrintingThread { sender, thread }) }
    }

    /// Has it printed, some time.
    ///
    /// # Errors
    /// Stdout failed, now or at what was given before.
    pub(crate) fn print(&mut self, text: String) -> Outcome {
        match &self.beside {
            None => print_text(&text),
            Some(PrintingThread { sender, .. }) if sender.send(text).is_ok() => Ok(()),
            // It ends early only with an error.
            Some(_) => self.finish(),
        }
    }

    /// Waits until all is printed.
    ///
    /// # Errors
    /// Stdout failed.
    pub(crate) fn finish(&mut self) -> Outcome {
        let Some(PrintingThread { sender, thread }) = self.beside.take() else { return Ok(()) };
        drop(sender);
        thread.join().unwrap_or_else(|panicked| panic::resume_unwind(panicked))
    }
}

impl Drop for LinePrinter {
    fn drop(&mut self) {
        // Another error is told already.
        let _ = self.finish();
    }
}
