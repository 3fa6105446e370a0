"""Why a bundle is refused."""

from OrthoDiffusionLib.messages.sentence import Sentence

_GET_THE_BUNDLE = "Get the bundle again from where it came from."
_OTHER_ZIP = "Make the .zip file from the bundle's folder alone: manifest.json and its .safetensors files."

BUNDLE_REFUSALS = {
    "bundle.lacks_part": Sentence("The bundle has no {name}", "Take the bundle as it was published."),
    "bundle.no_reference": Sentence(
        "This bundle cannot tell whether a study is unlike what it was trained on",
        "Make it able to by `orthodiffusion reference`.",
    ),
    "bundle.weights_do_not_fit": Sentence(
        "{count:1 weight does|{count} weights do} not fit the network that the manifest describes; the first: {first}",
        "Take the bundle as it was published; its manifest and weights belong together.",
    ),
    "bundle.encoders_only": Sentence(
        "This bundle has encoders alone: it outlines nothing and looks for nothing",
        "Fine-tune it on labelled cases first, with `orthodiffusion finetune`, and use the bundle that comes of it.",
    ),
    "bundle.unknown_network": Sentence(
        "The bundle's network is of kind ‘{kind}’, which this version does not know",
        "Use a bundle of kind {kinds!q:or}, or update OrthoDiffusion.",
    ),
    "bundle.no_network": Sentence(
        "The manifest describes no network that can be built: {error}", "Take the bundle as it was published."
    ),
    "bundle.no_safetensors": Sentence("{file} is no safetensors file", _GET_THE_BUNDLE),
    "bundle.no_manifest": Sentence(
        "This is no bundle: there is no manifest.json", "Choose a folder with manifest.json and .safetensors files."
    ),
    "bundle.huge_manifest": Sentence("manifest.json is too large to be one", _GET_THE_BUNDLE),
    "bundle.lacks_files": Sentence("The bundle lacks {missing:,}", _GET_THE_BUNDLE),
    "bundle.link": Sentence("{file} is a link that leads out of the bundle", "Copy the file itself into the bundle."),
    "bundle.no_file": Sentence("{file} is not a file", _GET_THE_BUNDLE),
    "bundle.changed": Sentence(
        "{file} is damaged or was changed: its SHA-256 must be {expected}, found {found}", _GET_THE_BUNDLE
    ),
    "bundle.pickle": Sentence(
        "{file} is a pickle under another name, which can run code when it is loaded", "Do not use this bundle."
    ),
    "bundle.unreadable": Sentence(
        "The bundle cannot be read: {error}",
        "Choose the folder that holds its manifest.json, and see that it may be read.",
    ),
    "bundle.no_text": Sentence("manifest.json is no UTF-8 text", _GET_THE_BUNDLE),
    "bundle.can_run_code": Sentence(
        "The bundle holds {name}, a kind of file that can run code when it is loaded",
        "Delete that file if you put it there; else do not use this bundle.",
    ),
    "bundle.unlisted_file": Sentence(
        "The bundle holds {name}, which its manifest does not list",
        "Delete that file if you put it there; else do not use this bundle.",
    ),
    "bundle.unknown_name": Sentence(
        "There is no bundle ‘{bundle}’", "Give a bundle's folder, or one of these names: {known:,}."
    ),
    "bundle.several_joints": Sentence(
        "There are bundles for {joints!w:and}, and none was named", "Name one of {names:,}."
    ),
    "bundle.joint_unknown": Sentence(
        "There are bundles for {joints!w:and}, and nothing says which of these the images show",
        "Name the joint (option --joint, or the panel's joint selector), or a bundle.",
    ),
    "bundle.joint_unlike_all": Sentence(
        "There are bundles for {joints!w:and}; nothing names the joint, and the images look like none of these",
        "Check the images. If they show one of these joints, name it (option --joint, or the panel's joint selector).",
    ),
    "bundle.joint_contradicted": Sentence(
        "The descriptions or names of the images say {named!w}, but the images look like {pictured!a} "
        "({probability:.0%})",
        "Look at the images, and name the joint (option --joint, or the panel's joint selector).",
    ),
    "bundle.other_version": Sentence(
        "This bundle has schema version {version}; this program reads schema versions {least} to {most}",
        (
            "Use a bundle of schema version {least} to {most}, or a version of OrthoDiffusion that reads "
            "schema version {version}."
        ),
    ),
    "bundle.no_version": Sentence("manifest.json names no schema version", _GET_THE_BUNDLE),
    "bundle.unknown_keys": Sentence(
        "manifest.json has keys this program does not know: {unknown:,}",
        "Put what is free into network, training or figures, or use a newer OrthoDiffusion.",
    ),
    "bundle.manifest_lacks": Sentence("manifest.json lacks {missing:,}", _GET_THE_BUNDLE),
    "bundle.manifest_no_object": Sentence("manifest.json is not a JSON object", _GET_THE_BUNDLE),
    "bundle.manifest_damaged": Sentence("manifest.json is damaged: {error}", _GET_THE_BUNDLE),
    "bundle.manifest_invalid": Sentence("manifest.json is not valid: {what}", _GET_THE_BUNDLE),
    "bundle.none_for_joint": Sentence(
        "No bundle for the {joint!w} was found", "Train one, or set {variable} to the folder that holds your bundles."
    ),
    "bundle.none_for_joint_but_for": Sentence(
        "No bundle for the {joint!w} was found; there are bundles for the {known!w:and}",
        "Name one of these, train one, or set {variable} to the folder that holds your bundles.",
    ),
    "bundle.of_another_joint": Sentence(
        "The bundle ‘{bundle}’ is of the {known!w}, not of the {joint!w}", "Choose another bundle, or the other joint."
    ),
    "bundle.none": Sentence(
        "No bundle was found", "Train one, or set {variable} to the folder that holds your bundles."
    ),
    "bundle.unknown_name_and_none": Sentence("There is no bundle ‘{bundle}’", "Give a bundle's folder."),
    "bundle.shipped": Sentence(
        "This bundle came with the program and is not removed", "Choose another bundle instead of it."
    ),
    "bundle.no_bundle_folder": Sentence("This is no folder of a bundle", "Delete it by hand."),
    "bundle.other_files": Sentence(
        "The bundle's folder holds other files, such as {file}", "Move them away; files of others are never deleted."
    ),
    "bundle.not_removed": Sentence(
        "The bundle cannot be removed: {error}",
        "Close the programs that use it, and check whether you may write to its folder.",
    ),
    "bundle.exists": Sentence(
        "There is another bundle of the name {name} and the version {version}",
        "Remove that one first, or allow overwriting.",
    ),
    "bundle.in_use": Sentence(
        "Another bundle of the name {name} is being used by an analysis or a fine-tuning",
        "Wait until that has ended; then install this one.",
    ),
    "bundle.zip_damaged": Sentence("This is no .zip file, or it is damaged or of an unknown kind: {error}", _OTHER_ZIP),
    "bundle.zip_missing": Sentence("There is no such file", "Choose another one."),
    "bundle.zip_too_large": Sentence("The .zip file holds more than {files} files or {gigabytes} GB", _OTHER_ZIP),
    "bundle.zip_foreign_file": Sentence("The .zip file holds ‘{file}’, which is no file of a bundle", _OTHER_ZIP),
    "bundle.zip_password": Sentence("The .zip file asks for a password", "Unpack it first."),
    "bundle.zip_bomb": Sentence("The .zip file unpacks to more than it says", _OTHER_ZIP),
    "bundle.none_there": Sentence("There is no bundle", "Name a bundle's folder or a .zip file of it."),
    "bundle.nobody_to_ask": Sentence("Nobody can be asked here", "Give --yes to remove it without a question."),
}
