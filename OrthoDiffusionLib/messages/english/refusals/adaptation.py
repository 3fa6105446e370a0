"""What comes of an adaptation to a site: why there is none, why a study is left out, what was gained."""

from OrthoDiffusionLib.messages.sentence import Sentence

_KEEP = "The new bundle was not written. Keep the one you have; --even-if-worse writes it all the same."
_MORE = "Add studies of the site, of other patients, with two or three planes each."

ADAPTATION = {
    "adapt.too_few": Sentence(
        "The folder holds {used:{used} study|{used} studies} of {patients:{patients} patient|{patients} patients}; "
        "an adaptation needs {least} patients, since some teach, some say when to stop, and some are held out",
        _MORE,
    ),
    "adapt.too_few_left": Sentence(
        "Of {found} studies {used} can be used, of {patients:{patients} patient|{patients} patients}; an adaptation "
        "needs "
        "{least} patients, since some teach, some say when to stop, and some are held out; left out were others: "
        "{reasons:;}",
        f"{_MORE} The file skipped.csv says of each study why it is left out.",
    ),
    "adapt.one_plane": Sentence(
        "{count:The only study has|All {count} studies have} one plane alone, and a plane is taught by the others",
        "Give studies with two or three planes each, such as sagittal, coronal and axial series.",
    ),
    "adapt.bundle_of_one_plane": Sentence(
        "The bundle knows one plane alone, and a plane is taught by the others",
        "Begin with a bundle of several planes.",
    ),
    "adapt.nothing_sure": Sentence(
        "The bundle is sure of no structure in any of the {count:study|{count} studies} that teach",
        "Look at its outlines with `orthodiffusion batch` first. Correct some cases and fine-tune on them instead.",
    ),
    "adapt.no_gain": Sentence(
        "Nothing was gained: in the {count:study that says|{count} studies that say} when to stop, the planes never "
        "agreed "
        "better than before, and no new bundle was written",
        "Keep the bundle you have. More studies may help, or corrected cases: see `orthodiffusion corrections`.",
    ),
    "adapt.worse": Sentence(
        "In {count:the held-out study|the {count} held-out studies} the planes agree less than before: mean Dice "
        "{before:.3f} before, {after:.3f} after",
        _KEEP,
    ),
    "adapt.collapsed": Sentence(
        "The adapted bundle lost structures or outlined them less than half or more than twice as large as before: "
        "{structures!w:,}",
        _KEEP,
    ),
    "adapt_site.one_site": Sentence(
        "What is measured is measured on {count:one held-out study|{count} held-out studies} of this site alone: it "
        "says "
        "how far the planes agree there, not how accurate the outlines are, and nothing of other sites"
    ),
    "adapt_site.left_out": Sentence(
        "{count} of {found} studies {count:is|are} left out; {table} says why",
    ),
    "adapt_site.unlike": Sentence(
        "{count} of {used} studies {count:is|are} unlike what the bundle was trained on, and {count:is|are} used as "
        "you "
        "asked: look at their outlines"
    ),
    "adapt_site.likeness_unknown": Sentence(
        "This bundle cannot tell whether the studies are unlike what it was trained on: look at their outlines"
    ),
    "adapted.split": Sentence("{split}: studies {studies}, patients {patients}"),
    "adapted.bundle": Sentence("{name} {version} in {folder}"),
    "adapted.ended": Sentence("The training ran to the end, after step {last}; its best step was {best}."),
    "adapted.ended_early": Sentence("The training stopped early, after step {last}; its best step was {best}."),
    "adapted.agreement": Sentence(
        "Agreement of the planes in {count:the held-out study|the {count} held-out studies}, mean Dice: {before:.3f}, "
        "now {after:.3f}"
    ),
    "adapted.structure": Sentence("{structure!w}: {before:.3f}, now {after:.3f}"),
    "adapted.table": Sentence("By study and pair of planes: {path}"),
    "adapted.no_accuracy": Sentence(
        "Planes that agree better need not be right: on digital knees their agreement rose and the outlines became no "
        "better (Docs/experiments/adaptation.md). Look at outlines of both bundles before you use the new one."
    ),
    "adapted.uncalibrated": Sentence(
        "No finding is assessed by the new bundle: its probabilities have to be calibrated anew."
    ),
    "adapt_left_out": Sentence("{reason}"),
    "adapt_left_out.one_plane": Sentence("it has one plane alone, and a plane is taught by the others"),
    "adapt_left_out.no_side": Sentence(
        "nothing tells whether it is a right or a left joint; --side says it of all studies"
    ),
    "adapt_left_out.unlike": Sentence(
        "it is unlike what the bundle was trained on (score {score:.2f}, the limit is 1); --unlike-too uses it all "
        "the same"
    ),
}
