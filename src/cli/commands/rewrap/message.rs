//! `rewrap FILE`

use crate::{
    cli::{
        commands::{
            bundle_files::BundleFiles,
            bundle_input::BundleInput,
            keys::{OpeningKeys, raw_keys},
            message_files::input,
            message_options::{note_region, open_options, seal_options},
            rewrap::args::{RewrapArgs, suite_of_rewrap},
        },
        encryption_context::Purpose,
        failure::Outcome,
        invocation::Invocation,
        usage::UsageError,
    },
    message::{Rewrapper, UnopenedMessage},
};

pub(super) fn run(invocation: &Invocation, args: &RewrapArgs) -> Outcome {
    let options = seal_options(&args.frames, suite_of_rewrap(args))?;
    let open_options = open_options(&invocation.inputs, &invocation.regions, args.message.context.encryption_context.as_deref())?;
    if args.bundles.to.is_empty() {
        let hint = "--to us-east-1 for a message, or --secret-id NAME or --all for secrets";
        return Err(UsageError::new("rewrap needs to know what for").with_hint(hint).into());
    }
    let bundle_input = BundleInput::of(&args.bundles, args.file.as_deref())?;
    let files = invocation.inputs.in_use();
    let raw_keys = raw_keys(files, &args.message.keys, Purpose::Open)?;
    // Whoever gives the message may be about to use the keystore.
    let message = UnopenedMessage::read(input(files, &bundle_input.file)?, &open_options)?;
    let bundles = BundleFiles::plan(invocation, (&args.bundles, &args.wrap), args.write.writing(), &bundle_input)?;
    let keys = OpeningKeys::find(invocation.key_names(), Some(bundles.kms()), &args.message.keys, raw_keys)?;
    let rewrapper = {
        let openers = keys.openers(Some(bundles.kms()), bundles.recovery_keyrings());
        // Before anything is made or changed: this takes a key that opens the message.
        openers.with(openers.farthest(), None, |keyrings| Rewrapper::open(message, keyrings, &open_options))?
    };
    let suite = options.suite.unwrap_or_else(|| rewrapper.header().suite);
    bundles.check_suite(suite)?;
    let context = rewrapper.context();
    bundles.write((&invocation.keystore, &invocation.printer, &invocation.inputs.prompter), |plan, durable, keys| {
        plan.rewrap(durable, keys, rewrapper, options)
    })?;
    note_region(&invocation.regions, "the message that was opened", &context);
    Ok(())
}
