"""Warum ein Modellpaket nicht an einen Standort angepasst wird, und warum eine Studie dabei ausgelassen wird."""

from OrthoDiffusionLib.messages.sentence import Sentence

_KEEP = (
    "Das neue Modellpaket wurde nicht geschrieben. Behalten Sie Ihr bisheriges; --even-if-worse schreibt das neue "
    "trotzdem."
)
_MORE = "Fügen Sie Studien des Standorts von weiteren Patienten hinzu, mit je zwei oder drei Ebenen."

ADAPTATION = {
    "adapt.too_few": Sentence(
        "Der Ordner enthält {used:{used} Studie|{used} Studien} von "
        "{patients:{patients} Patienten|{patients} Patienten}; "
        "eine Anpassung braucht {least} Patienten: einige lehren, einige sagen, wann aufzuhören ist, einige bleiben "
        "zum "
        "Messen übrig",
        _MORE,
    ),
    "adapt.too_few_left": Sentence(
        "Von {found} Studien sind {used} verwendbar, von {patients:{patients} Patienten|{patients} Patienten}; eine "
        "Anpassung "
        "braucht {least} Patienten: einige lehren, einige sagen, wann aufzuhören ist, einige bleiben zum Messen übrig; "
        "andere wurden ausgelassen: {reasons:;}",
        f"{_MORE} Die Datei skipped.csv nennt zu jeder ausgelassenen Studie den Grund.",
    ),
    "adapt.one_plane": Sentence(
        "{count:Die einzige Studie hat|Alle {count} Studien haben} nur eine Ebene, und eine Ebene lernt von den "
        "anderen",
        "Geben Sie Studien mit je zwei oder drei Ebenen an, etwa sagittale, koronare und axiale Serien.",
    ),
    "adapt.bundle_of_one_plane": Sentence(
        "Das Modellpaket kennt nur eine Ebene, und eine Ebene lernt von den anderen",
        "Beginnen Sie mit einem Modellpaket mehrerer Ebenen.",
    ),
    "adapt.nothing_sure": Sentence(
        "Das Modellpaket ist sich in {count:der Studie, die lehrt,|keiner der {count} Studien, die lehren,} keiner "
        "Struktur "
        "sicher",
        "Sehen Sie sich zuerst seine Umrisse mit `orthodiffusion batch` an. Korrigieren Sie einige Fälle und "
        "trainieren "
        "Sie damit nach.",
    ),
    "adapt.no_gain": Sentence(
        "Nichts wurde gewonnen: In {count:der Studie, die sagt,|den {count} Studien, die sagen,} wann aufzuhören "
        "ist, stimmten "
        "die Ebenen nie besser überein als vorher; es wurde kein neues Modellpaket geschrieben",
        "Behalten Sie Ihr bisheriges Modellpaket. Mehr Studien können helfen, oder korrigierte Fälle: siehe "
        "`orthodiffusion corrections`.",
    ),
    "adapt.worse": Sentence(
        "In {count:der zurückgehaltenen Studie|den {count} zurückgehaltenen Studien} stimmen die Ebenen schlechter "
        "überein "
        "als vorher: mittlerer Dice vorher {before:.3f}, jetzt {after:.3f}",
        _KEEP,
    ),
    "adapt.collapsed": Sentence(
        "Das angepasste Modellpaket hat Strukturen verloren oder zeichnet sie weniger als halb oder mehr als doppelt "
        "so "
        "groß wie vorher: {structures!w:,}",
        _KEEP,
    ),
    "adapt_site.one_site": Sentence(
        "Gemessen wird an {count:einer zurückgehaltenen Studie|{count} zurückgehaltenen Studien} nur dieses "
        "Standorts: das "
        "sagt, wie gut die Ebenen dort übereinstimmen, nicht, wie genau die Umrisse sind, und nichts über andere "
        "Standorte"
    ),
    "adapt_site.left_out": Sentence(
        "{count} von {found} Studien {count:ist|sind} ausgelassen; {table} nennt die Gründe",
    ),
    "adapt_site.unlike": Sentence(
        "{count} von {used} Studien {count:ist|sind} anders als die, mit denen das Modellpaket trainiert wurde, und "
        "{count:wird|werden} auf Ihren Wunsch verwendet: Sehen Sie sich ihre Umrisse an"
    ),
    "adapt_site.likeness_unknown": Sentence(
        "Dieses Modellpaket kann nicht sagen, ob die Studien anders sind als die, mit denen es trainiert wurde: "
        "Sehen Sie "
        "sich ihre Umrisse an"
    ),
    "adapted.split": Sentence("{split}: Studien {studies}, Patienten {patients}"),
    "adapted.bundle": Sentence("{name} {version} in {folder}"),
    "adapted.ended": Sentence("Das Training lief bis zum Ende, nach Schritt {last}; der beste Schritt war {best}."),
    "adapted.ended_early": Sentence(
        "Das Training hörte vorzeitig auf, nach Schritt {last}; der beste Schritt war {best}."
    ),
    "adapted.agreement": Sentence(
        "Übereinstimmung der Ebenen in {count:der zurückgehaltenen Studie|den {count} zurückgehaltenen Studien}, "
        "mittlerer Dice-Wert: {before:.3f}, jetzt {after:.3f}"
    ),
    "adapted.structure": Sentence("{structure!w}: {before:.3f}, jetzt {after:.3f}"),
    "adapted.table": Sentence("Nach Studie und Ebenenpaar: {path}"),
    "adapted.no_accuracy": Sentence(
        "Ebenen, die besser übereinstimmen, müssen nicht recht haben: bei digitalen Knien stieg die Übereinstimmung, "
        "und die Konturen wurden nicht besser (Docs/experiments/adaptation.md). Sehen Sie Konturen beider Modellpakete "
        "an, bevor Sie das neue verwenden."
    ),
    "adapted.uncalibrated": Sentence(
        "Das neue Modellpaket beurteilt keinen Befund: Seine Wahrscheinlichkeiten müssen neu kalibriert werden."
    ),
    "adapt_left_out": Sentence("{reason}"),
    "adapt_left_out.one_plane": Sentence("sie hat nur eine Ebene, und eine Ebene lernt von den anderen"),
    "adapt_left_out.no_side": Sentence(
        "nichts sagt, ob es ein rechtes oder ein linkes Gelenk ist; --side sagt es von allen Studien"
    ),
    "adapt_left_out.unlike": Sentence(
        "sie ist anders als die, mit denen das Modellpaket trainiert wurde (Wert {score:.2f}, die Grenze ist 1); "
        "--unlike-too verwendet sie trotzdem"
    ),
}
