<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>OrthoDiffusion</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusion.py"/>
        <source>OrthoDiffusion</source>
        <translation>OrthoDiffusion</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusion.py"/>
        <source>Outlines bones, cartilages, ligaments and tendons in sagittal, coronal and axial MR volumes of a joint that there is a bundle of networks for, such as the knee, and gives calibrated probabilities of findings with the place where each was seen. Load a study, press &lt;b&gt;Analyze&lt;/b&gt;, click a row of the findings. Research use only: no medical device; a probability is a network&apos;s estimate and not a diagnosis.</source>
        <translation>Segmentiert Knochen, Knorpel, Bänder und Sehnen in sagittalen, koronaren und axialen MR-Volumen eines Gelenks, für das es ein Modellpaket gibt, etwa des Knies, und gibt kalibrierte Wahrscheinlichkeiten von Befunden an, jeweils mit dem Ort, an dem sie gesehen wurden. Laden Sie eine Studie, drücken Sie &lt;b&gt;… analysieren&lt;/b&gt; und klicken Sie auf eine Zeile der Befunde. Nur für die Forschung: kein Medizinprodukt; eine Wahrscheinlichkeit ist die Schätzung eines Netzes und keine Diagnose.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusion.py"/>
        <source>Built on 3D Slicer and PyTorch. What each bundle of networks learned from, with its licences, stands in the bundle&apos;s model card.</source>
        <translation>Baut auf 3D Slicer und PyTorch auf. Woraus jedes Modellpaket gelernt hat, samt Lizenzen, steht in seiner Modellkarte.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusion.py"/>
        <source>Load a study of the {joint}, or name the volumes.</source>
        <translation>Laden Sie eine Studie ({joint}), oder nennen Sie die Volumen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusion.py"/>
        <source>{n} studies are loaded; ‘{name}’ is used</source>
        <translation>{n} Studien sind geladen; verwendet wird „{name}“</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusion.py"/>
        <source>{number} of {count}: {study} {status} {problem}</source>
        <translation>{number} von {count}: {study} {status} {problem}</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionCorrections</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Corrections</source>
        <translation>Korrekturen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Each outline beside its prediction: overlap (Dice, 0 to 1), mean and 95 % distance of the surfaces in mm, volume in mL before and after.</source>
        <translation>Jede Kontur neben ihrer Vorhersage: Überlappung (Dice, 0 bis 1), mittlerer und 95-%-Abstand der Oberflächen in mm, Volumen in ml davor und danach.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Outlines and their predictions</source>
        <translation>Konturen und ihre Vorhersagen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Show the difference</source>
        <translation>Unterschied zeigen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Lay what edits have added (blue) and removed (orange) over the slices.</source>
        <translation>Über die Schichten legen, was Bearbeitungen hinzugefügt (blau) und entfernt (orange) haben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>To the prediction</source>
        <translation>Zur Vorhersage</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Make the chosen outline what the bundle predicted. Your edit is set aside and can be brought back.</source>
        <translation>Die gewählte Kontur auf die Vorhersage des Modellpakets zurücksetzen. Ihre Bearbeitung wird beiseitegelegt und kann zurückgeholt werden.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Back to the edit</source>
        <translation>Zur Bearbeitung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Bring back the edit of the chosen outline that was set aside last.</source>
        <translation>Die zuletzt beiseitegelegte Bearbeitung der gewählten Kontur zurückholen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Fo&amp;lder</source>
        <translation>O&amp;rdner</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Folder of the table</source>
        <translation>Ordner der Tabelle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Folder that holds the table of corrected cases, corrections.csv, with their images and label maps.</source>
        <translation>Ordner mit der Tabelle korrigierter Fälle, corrections.csv, mit deren Bildern und Labelkarten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Folder of the corrected cases</source>
        <translation>Ordner der korrigierten Fälle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Choose the folder of the corrected cases.</source>
        <translation>Ordner der korrigierten Fälle wählen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>&amp;Case</source>
        <translation>&amp;Fall</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Name of this case in the table: letters, digits, dots, dashes and underlines. No name of a person.</source>
        <translation>Name dieses Falls in der Tabelle: Buchstaben, Ziffern, Punkte, Binde- und Unterstriche. Kein Name einer Person.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Name of the case</source>
        <translation>Name des Falls</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Pa&amp;tient</source>
        <translation>Pa&amp;tient</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>A key that is the same for all cases of this patient, so that none of them both teaches and judges. No name of a person.</source>
        <translation>Ein Schlüssel, der für alle Fälle dieses Patienten gleich ist, damit keiner zugleich lehrt und prüft. Kein Name einer Person.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Key of the patient</source>
        <translation>Schlüssel des Patienten</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>&amp;Reader</source>
        <translation>&amp;Befunder</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Who corrected; stands in the record of the case. May be empty.</source>
        <translation>Wer korrigiert hat; steht im Protokoll des Falls. Darf leer sein.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Who corrected</source>
        <translation>Wer korrigiert hat</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Every outline is right as it is now</source>
        <translation>Jede Kontur ist richtig, wie sie jetzt ist</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Without it only outlines teach that were edited or have the status ‘Completed’; the others are left as not known.</source>
        <translation>Ohne dies lehren nur Konturen, die bearbeitet wurden oder den Status „Completed“ haben; die anderen gelten als unbekannt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Export the case</source>
        <translation>Fall exportieren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionCorrections.ui"/>
        <source>Write images, label maps before and after, and where they come from; a case that is there already is brought up to date.</source>
        <translation>Bilder, Labelkarten davor und danach und ihre Herkunft schreiben; ein vorhandener Fall wird auf den neuesten Stand gebracht.</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionFindings</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Click a row: all slice views show its place, and the heat map is laid over them. Keys N and P: next and previous finding.</source>
        <translation>Klick auf eine Zeile: alle Schichtansichten zeigen den Ort, mit der Heatmap darüber. Tasten N und P: nächster und voriger Befund.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Accept</source>
        <translation>Zustimmen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>The model is right about this finding. Key A while the table has the keyboard; again to take it back.</source>
        <translation>Das Modell hat bei diesem Befund recht. Taste A, solange die Tabelle die Tastatur hat; erneut, um es zurückzunehmen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Reject</source>
        <translation>Ablehnen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>The model is wrong about this finding: what is said here holds. Key R while the table has the keyboard; again to take it back.</source>
        <translation>Das Modell irrt bei diesem Befund: es gilt, was hier angegeben ist. Taste R, solange die Tabelle die Tastatur hat; erneut, um es zurückzunehmen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Unsure</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>You looked and cannot say. Key U while the table has the keyboard; again to take it back.</source>
        <translation>Sie haben nachgesehen und können es nicht sagen. Taste U, solange die Tabelle die Tastatur hat; erneut, um es zurückzunehmen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Take back the last decision. Key Z while the table has the keyboard.</source>
        <translation>Letzte Entscheidung zurücknehmen. Taste Z, solange die Tabelle die Tastatur hat.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Note on this decision</source>
        <translation>Anmerkung zu dieser Entscheidung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Decide first; the note is kept with the decision, in the scene and in the report. Enter keeps it.</source>
        <translation>Entscheiden Sie zuerst; die Anmerkung bleibt bei der Entscheidung, in der Szene und im Bericht. Die Eingabetaste übernimmt sie.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Heat map</source>
        <translation>Heatmap</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Lay the heat map of the chosen finding over the slice views. Key H.</source>
        <translation>Heatmap des gewählten Befunds über die Schichtansichten legen. Taste H.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Opacity of the heat map</source>
        <translation>Deckkraft der Heatmap</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Opacity of the heat map, 0 (not seen) to 1. Keys J and K.</source>
        <translation>Deckkraft der Heatmap, 0 (unsichtbar) bis 1. Tasten J und K.</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionInputs</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Joint</source>
        <translation>Gelenk</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Study:</source>
        <translation>Studie:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Study</source>
        <translation>Studie</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Several studies are loaded; the volumes of this one are used.</source>
        <translation>Mehrere Studien sind geladen; verwendet werden die Volumen dieser Studie.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Joint:</source>
        <translation>Gelenk:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>The joint that is analyzed. Automatic: the one that the descriptions of the volumes name or that they clearly show, otherwise the one that you chose last. Your own choice is kept.</source>
        <translation>Das Gelenk, das analysiert wird. Automatisch: das in den Beschreibungen der Volumen genannte oder das sie deutlich zeigen, sonst das zuletzt von Ihnen gewählte. Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Sagittal:</source>
        <translation>Sagittal:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume of the sagittal plane</source>
        <translation>Volumen der sagittalen Ebene</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the sagittal plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die sagittale Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>All series that could serve the sagittal plane, the proposed one first, with slices, pixel size and step in mm.</source>
        <translation>Alle Serien, die der sagittalen Ebene dienen könnten, die vorgeschlagene zuerst, mit Schichten, Pixelgröße und Abstand in mm.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Series for the sagittal plane, the proposed one first</source>
        <translation>Serien für die sagittale Ebene, die vorgeschlagene zuerst</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Coronal:</source>
        <translation>Koronar:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume of the coronal plane</source>
        <translation>Volumen der koronaren Ebene</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the coronal plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die koronare Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>All series that could serve the coronal plane, the proposed one first, with slices, pixel size and step in mm.</source>
        <translation>Alle Serien, die der koronaren Ebene dienen könnten, die vorgeschlagene zuerst, mit Schichten, Pixelgröße und Abstand in mm.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Series for the coronal plane, the proposed one first</source>
        <translation>Serien für die koronare Ebene, die vorgeschlagene zuerst</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Axial:</source>
        <translation>Axial:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume of the axial plane</source>
        <translation>Volumen der axialen Ebene</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the axial plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die axiale Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>All series that could serve the axial plane, the proposed one first, with slices, pixel size and step in mm.</source>
        <translation>Alle Serien, die der axialen Ebene dienen könnten, die vorgeschlagene zuerst, mit Schichten, Pixelgröße und Abstand in mm.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Series for the axial plane, the proposed one first</source>
        <translation>Serien für die axiale Ebene, die vorgeschlagene zuerst</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Choose again</source>
        <translation>Neu wählen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Choose the volumes of the three planes again automatically; your own choices are dropped.</source>
        <translation>Die Volumen der drei Ebenen erneut automatisch wählen; Ihre eigene Wahl wird verworfen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Side:</source>
        <translation>Seite:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Side</source>
        <translation>Seite</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>The patient&apos;s side. Automatic: from the DICOM tag, otherwise from the anatomy.</source>
        <translation>Seite des Patienten. Automatisch: aus der DICOM-Angabe, sonst aus der Anatomie.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Bundle:</source>
        <translation>Modellpaket:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Bundle</source>
        <translation>Modellpaket</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>The trained networks. What they were trained with is shown below.</source>
        <translation>Die trainierten Netze. Womit sie trainiert wurden, steht darunter.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Referral:</source>
        <translation>Überweisung:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Age in years</source>
        <translation>Alter in Jahren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Age in years. Optional. This bundle was trained with it; it is not stored in the scene.</source>
        <translation>Alter in Jahren. Freiwillig. Dieses Modellpaket wurde damit trainiert; es wird nicht in der Szene gespeichert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Age not given</source>
        <translation>Alter –</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source> years</source>
        <translation> J.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Sex</source>
        <translation>Geschlecht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Sex. Optional. This bundle was trained with it; it is not stored in the scene.</source>
        <translation>Geschlecht. Freiwillig. Dieses Modellpaket wurde damit trainiert; es wird nicht in der Szene gespeichert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Injury before</source>
        <translation>Vorausgegangene Verletzung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Whether an injury occurred before. Optional. This bundle was trained with it; it is not stored in the scene.</source>
        <translation>Ob eine Verletzung vorausging. Freiwillig. Dieses Modellpaket wurde damit trainiert; es wird nicht in der Szene gespeichert.</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionInstallation</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Offline installation</source>
        <translation>Offline-Installation</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Without an internet connection: choose a folder with the wheels of the Python packages, with bundles, or with both.</source>
        <translation>Ohne Internetverbindung: Wählen Sie einen Ordner mit den Wheel-Dateien der Python-Pakete, mit Modellpaketen oder mit beidem.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Folder of wheels and bundles</source>
        <translation>Ordner mit Wheel-Dateien und Modellpaketen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Full path of the folder with wheels, bundles, or both.</source>
        <translation>Vollständiger Pfad des Ordners mit Wheel-Dateien, Modellpaketen oder beidem.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Choose the folder.</source>
        <translation>Ordner wählen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Install what the folder holds and this computer lacks; bundles are verified first.</source>
        <translation>Installieren, was der Ordner enthält und diesem Computer fehlt; Modellpakete werden zuerst geprüft.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Install</source>
        <translation>Installieren</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionInstalledBundles</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Bundles</source>
        <translation>Modellpakete</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>The trained networks of this computer. Choose a row for its model card.</source>
        <translation>Die trainierten Netze dieses Computers. Wählen Sie eine Zeile, um ihre Modellkarte zu sehen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Bundles of this computer</source>
        <translation>Modellpakete dieses Computers</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>From folder…</source>
        <translation>Aus Ordner…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Install a bundle from its folder. Manifest and SHA-256 of every file are verified; nothing in it is executed.</source>
        <translation>Ein Modellpaket aus seinem Ordner installieren. Manifest und SHA-256 jeder Datei werden geprüft; nichts darin wird ausgeführt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>From .zip…</source>
        <translation>Aus .zip…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Install a bundle from a .zip file, at most 4 GB. Manifest and SHA-256 of every file are verified; nothing in it is executed.</source>
        <translation>Ein Modellpaket aus einer .zip-Datei installieren, höchstens 4 GB. Manifest und SHA-256 jeder Datei werden geprüft; nichts darin wird ausgeführt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Remove…</source>
        <translation>Entfernen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>The model card: what the bundle does, what it learned from, how well it did, and its licence.</source>
        <translation>Die Modellkarte: was das Modellpaket tut, woraus es gelernt hat, wie gut es abschnitt, und seine Lizenz.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Model card of the chosen bundle</source>
        <translation>Modellkarte des gewählten Modellpakets</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionMeasurements</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Measurements</source>
        <translation>Messungen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Show all</source>
        <translation>Alle zeigen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Show the points and lines of all measurements in the views; again to hide them.</source>
        <translation>Punkte und Linien aller Messungen in den Ansichten zeigen; erneut, um sie auszublenden.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Restore</source>
        <translation>Zurücksetzen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Put the points of the chosen measurement back to where they were measured; what you moved is forgotten.</source>
        <translation>Die Punkte der gewählten Messung dorthin zurücksetzen, wo gemessen wurde; was Sie verschoben haben, wird vergessen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Measure again</source>
        <translation>Neu messen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Take all measurements from the outlines as they are now, such as after a correction. Points that you moved stay where they are.</source>
        <translation>Alle Messungen an den jetzigen Konturen neu vornehmen, etwa nach einer Korrektur. Von Ihnen verschobene Punkte bleiben, wo sie sind.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Thickness colors</source>
        <translation>Dickenfarben</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Show the thickness of cartilage as colors in the 3D view, 0 to 4 mm. Bare bone that cartilage surrounds counts as 0 mm; worn bone at the rim of the cartilage is not counted.</source>
        <translation>Knorpeldicke als Farben in der 3D-Ansicht zeigen, 0 bis 4 mm. Freiliegender Knochen, den Knorpel umgibt, zählt als 0 mm; abgenutzter Knochen am Knorpelrand wird nicht gezählt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Measurements with their values and usual ranges</source>
        <translation>Messungen mit Werten und üblichen Bereichen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Click a row, or press Enter: the slice views show where it was measured. Drag a point of it: the number follows. The box shows or hides its points. mm: millimetres, mL: millilitres, °: degrees.</source>
        <translation>Klick auf eine Zeile, oder Eingabetaste: die Schichtansichten zeigen, wo gemessen wurde. Ziehen Sie einen Punkt: der Wert folgt. Das Kästchen zeigt oder verbirgt die Punkte. mm: Millimeter, ml: Milliliter, °: Grad.</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionReport</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Report</source>
        <translation>Bericht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>&amp;Prior exam</source>
        <translation>&amp;Voruntersuchung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>An earlier exam of the same joint: findings, measurements and volumes are compared.</source>
        <translation>Eine frühere Untersuchung desselben Gelenks: Befunde, Messungen und Volumina werden verglichen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Folder…</source>
        <translation>Ordner…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Take the prior exam from a results folder.</source>
        <translation>Voruntersuchung aus einem Ergebnisordner nehmen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Text of the report</source>
        <translation>Text des Berichts</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Click a line about a finding: its row is chosen and the views show its place. What you write here is kept with the scene.</source>
        <translation>Klick auf eine Zeile über einen Befund: seine Tabellenzeile wird gewählt, und die Ansichten zeigen den Ort. Was Sie hier schreiben, bleibt in der Szene.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Put the text on the clipboard.</source>
        <translation>Text in die Zwischenablage legen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Save…</source>
        <translation>Speichern…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Write report.html with a picture of the views, report.txt, findings.json and findings.csv into a new folder.</source>
        <translation>report.html mit einem Bild der Ansichten, report.txt, findings.json und findings.csv in einen neuen Ordner schreiben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Write anew</source>
        <translation>Neu schreiben</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionReport.ui"/>
        <source>Throw your changes to this text away and take it from the findings again.</source>
        <translation>Ihre Änderungen an diesem Text verwerfen und ihn erneut aus den Befunden erstellen.</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionRun</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Analyze</source>
        <translation>Analysieren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Stop the analysis; nothing in the scene changes. After 2 s without an answer the worker is ended.</source>
        <translation>Analyse abbrechen; in der Szene ändert sich nichts. Nach 2 s ohne Antwort wird der Rechenprozess beendet.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Show what the worker process itself has said.</source>
        <translation>Zeigen, was der Rechenprozess selbst gemeldet hat.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Words of the worker</source>
        <translation>Meldungen des Rechenprozesses</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>The end of what the worker process has written.</source>
        <translation>Das Ende dessen, was der Rechenprozess geschrieben hat.</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionSegmentation</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Segmentation</source>
        <translation>Segmentierung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Make surfaces for the 3D view after an analysis; takes some seconds more.</source>
        <translation>Nach einer Analyse Oberflächen für die 3D-Ansicht erzeugen; dauert einige Sekunden länger.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Surfaces in the 3D view</source>
        <translation>Oberflächen in der 3D-Ansicht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Outlined structures</source>
        <translation>Segmentierte Strukturen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>The outlined structures; double-click a name to change it.</source>
        <translation>Die segmentierten Strukturen; ein Doppelklick auf einen Namen ändert ihn.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>&amp;Edit outlines…</source>
        <translation>Konturen &amp;bearbeiten…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Open Slicer’s Segment Editor on these outlines, with the segment whose line is chosen. What is painted replaces what was there.</source>
        <translation>Slicers Segment Editor mit diesen Konturen öffnen, mit dem Segment der gewählten Zeile. Gemaltes ersetzt, was dort war.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Edit outlines…</source>
        <translation>Konturen bearbeiten…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>In slices &amp;of</source>
        <translation>&amp;In Schichten</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>The view in whose slices you want to draw.</source>
        <translation>Die Ansicht, in deren Schichten Sie zeichnen wollen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>View whose slices are corrected</source>
        <translation>Ansicht, deren Schichten korrigiert werden</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Co&amp;rrect…</source>
        <translation>&amp;Korrigieren…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Show the outlines in the slices of this view and open the Segment Editor there. What you draw is carried to the fine outlines without steps.</source>
        <translation>Die Konturen in den Schichten dieser Ansicht zeigen und dort den Segment Editor öffnen. Was Sie zeichnen, wird ohne Stufen auf die feinen Konturen übertragen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Correct…</source>
        <translation>Korrigieren…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>A&amp;pply</source>
        <translation>&amp;Anwenden</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Carry what was drawn in the slices to the outlines: a border moved by 2 mm in a slice moves the surface by 2 mm there.</source>
        <translation>Das in den Schichten Gezeichnete auf die Konturen übertragen: eine um 2 mm verschobene Grenze verschiebt dort die Oberfläche um 2 mm.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Apply</source>
        <translation>Anwenden</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>&amp;Discard</source>
        <translation>&amp;Verwerfen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Forget what was drawn in the slices.</source>
        <translation>Das in den Schichten Gezeichnete verwerfen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Discard</source>
        <translation>Verwerfen</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionTraining</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Fine-tuning</source>
        <translation>Nachtraining</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Ta&amp;ble</source>
        <translation>&amp;Tabelle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>corrections.csv</source>
        <translation>corrections.csv</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Table of cases: that of exported corrections, or any other that ‘orthodiffusion finetune --table’ reads.</source>
        <translation>Tabelle der Fälle: die der exportierten Korrekturen, oder jede andere, die „orthodiffusion finetune --table“ liest.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Table of cases</source>
        <translation>Tabelle der Fälle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Choose the table of cases.</source>
        <translation>Tabelle der Fälle wählen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>&amp;New bundle</source>
        <translation>&amp;Neues Modellpaket</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Name of the new bundle: small letters, digits, dots, dashes and underlines.</source>
        <translation>Name des neuen Modellpakets: kleine Buchstaben, Ziffern, Punkte, Binde- und Unterstriche.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Name of the new bundle</source>
        <translation>Name des neuen Modellpakets</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>&amp;Train</source>
        <translation>Tra&amp;iniert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>The outlines&apos; head alone leaves the findings as they are. The other two change them too: findings of which the table has too few cases are no longer assessed.</source>
        <translation>Nur der Segmentierungskopf lässt die Befunde, wie sie sind. Die anderen beiden ändern auch sie: Befunde, von denen die Tabelle zu wenige Fälle hat, werden nicht mehr beurteilt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>What is trained</source>
        <translation>Was trainiert wird</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>How long?</source>
        <translation>Wie lange?</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Try one case and a few steps on this computer, and say how long this table and ten cases take (minutes).</source>
        <translation>Einen Fall und einige Schritte auf diesem Computer versuchen und sagen, wie lange diese Tabelle und zehn Fälle dauern (Minuten).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Fine-tune</source>
        <translation>Nachtrainieren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Make a new bundle from the chosen one and the table, in a process of its own.</source>
        <translation>Aus dem gewählten Modellpaket und der Tabelle ein neues machen, in einem eigenen Prozess.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Stop the run; nothing of it is kept.</source>
        <translation>Den Lauf anhalten; nichts davon bleibt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>How far the run is.</source>
        <translation>Wie weit der Lauf ist.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Progress of the fine-tuning</source>
        <translation>Fortschritt des Nachtrainings</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Show what the training says of its steps.</source>
        <translation>Zeigen, was das Training über seine Schritte sagt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Use the new bundle</source>
        <translation>Neues Modellpaket verwenden</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Choose it for the next analysis.</source>
        <translation>Für die nächste Analyse wählen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>What the training says of its steps.</source>
        <translation>Was das Training über seine Schritte sagt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionTraining.ui"/>
        <source>Log of the fine-tuning</source>
        <translation>Protokoll des Nachtrainings</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionViewing</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Arrange views</source>
        <translation>Ansichten anordnen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Outlines</source>
        <translation>Konturen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Show the outlines in all slice views. Key O.</source>
        <translation>Konturen in allen Schichtansichten zeigen. Taste O.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Keys</source>
        <translation>Tasten</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>List the keys for moving from finding to finding and for what the views show.</source>
        <translation>Die Tasten auflisten, mit denen man von Befund zu Befund geht und bestimmt, was die Ansichten zeigen.</translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionWorklist</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Worklist</source>
        <translation>Arbeitsliste</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>New from &amp;folder…</source>
        <translation>Aus &amp;Ordner…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Make a worklist of a folder: each sub-folder is a case. It is kept beside it, in ‘(name)-worklist’.</source>
        <translation>Aus einem Ordner eine Arbeitsliste machen: jeder Unterordner ist ein Fall. Sie liegt daneben, in „(Name)-worklist“.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>New from folder…</source>
        <translation>Neu aus Ordner…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>From &amp;table…</source>
        <translation>Aus &amp;Tabelle…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Make a worklist of a CSV table with the columns case and folder, or case, sagittal, coronal, axial; label_map and side may be added.</source>
        <translation>Aus einer CSV-Tabelle mit den Spalten case und folder, oder case, sagittal, coronal, axial, eine Arbeitsliste machen; label_map und side sind möglich.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>From table…</source>
        <translation>Aus Tabelle…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>&amp;Open…</source>
        <translation>&amp;Öffnen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Open a worklist that was made before (worklist.json).</source>
        <translation>Eine früher angelegte Arbeitsliste öffnen (worklist.json).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Open…</source>
        <translation>Öffnen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>C&amp;lose</source>
        <translation>S&amp;chließen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Save the open case and close the worklist.</source>
        <translation>Den offenen Fall speichern und die Arbeitsliste schließen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Rea&amp;der</source>
        <translation>&amp;Befunder</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>initials</source>
        <translation>Kürzel</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Who works. Each reader has own versions of every case; a change saves the open case under the name of before.</source>
        <translation>Wer arbeitet. Jeder Befunder hat eigene Versionen jedes Falls; ein Wechsel speichert den offenen Fall unter dem bisherigen Namen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Reader</source>
        <translation>Befunder</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>O&amp;rder</source>
        <translation>&amp;Reihenfolge</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>How the cases follow each other. ‘Most uncertain first’: by the mean over the findings of the entropy of the probability, or of the planes’ disagreement where that is larger.</source>
        <translation>Wie die Fälle aufeinander folgen. „Unsicherste zuerst“: nach dem Mittel der Entropie der Wahrscheinlichkeiten aller Befunde, oder der Uneinigkeit der Ebenen, wo diese größer ist.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Order of the cases</source>
        <translation>Reihenfolge der Fälle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>The cases, their state, how unsure the analysis was (0 to 1), note, and time they were open (minutes:seconds). Double click or Enter opens a case; the open one is saved before.</source>
        <translation>Die Fälle, ihr Zustand, wie unsicher die Analyse war (0 bis 1), Anmerkung und wie lange sie offen waren (Minuten:Sekunden). Doppelklick oder Eingabetaste öffnet einen Fall; der offene wird vorher gespeichert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Cases</source>
        <translation>Fälle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>◀ &amp;Previous</source>
        <translation>◀ &amp;Voriger</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Save the open case and open the one before it (Ctrl+Page Up).</source>
        <translation>Den offenen Fall speichern und den vorigen öffnen (Strg+Bild auf).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>◀ Previous</source>
        <translation>◀ Voriger</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>&amp;Next ▶</source>
        <translation>&amp;Nächster ▶</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Save the open case and open the next one that is not done (Ctrl+Page Down).</source>
        <translation>Den offenen Fall speichern und den nächsten öffnen, der nicht fertig ist (Strg+Bild ab).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Next ▶</source>
        <translation>Nächster ▶</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>◐ In progress</source>
        <translation>◐ In Arbeit</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>You are not done with this case.</source>
        <translation>Sie sind mit diesem Fall nicht fertig.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>✔ &amp;Completed</source>
        <translation>✔ &amp;Fertig</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>You are done with this case: all of its outlines are right. They teach when corrections are exported.</source>
        <translation>Sie sind mit diesem Fall fertig: Alle seine Konturen stimmen. Beim Export von Korrekturen wird aus ihnen gelernt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>✔ Completed</source>
        <translation>✔ Fertig</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>⚑ Fla&amp;gged</source>
        <translation>⚑ &amp;Markiert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Somebody else shall look at this case.</source>
        <translation>Jemand anderes soll diesen Fall ansehen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>⚑ Flagged</source>
        <translation>⚑ Markiert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Note on this case</source>
        <translation>Anmerkung zu diesem Fall</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Your own words on the open case; kept in the worklist.</source>
        <translation>Ihre eigenen Worte zum offenen Fall; bleiben in der Arbeitsliste.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Own structure</source>
        <translation>Eigene Struktur</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Name of a structure that the joint’s list does not have. It gets its own label value, the same in every case.</source>
        <translation>Name einer Struktur, die in der Liste des Gelenks fehlt. Sie erhält einen eigenen Labelwert, in jedem Fall denselben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Name of an own structure</source>
        <translation>Name einer eigenen Struktur</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>&amp;Add</source>
        <translation>&amp;Hinzufügen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Add this structure to the worklist and to the open case.</source>
        <translation>Diese Struktur der Arbeitsliste und dem offenen Fall hinzufügen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Analyze the next cases in the &amp;background</source>
        <translation>Nächste Fälle im &amp;Hintergrund analysieren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>The three cases after the open one, with ‘Most uncertain first’ all of them. Stops at once for an analysis that you start.</source>
        <translation>Die drei Fälle nach dem offenen, bei „Unsicherste zuerst“ alle. Hält sofort an, wenn Sie eine Analyse starten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Another reader who has left a version of this case.</source>
        <translation>Ein anderer Befunder, der eine Version dieses Falls hinterlassen hat.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Other reader</source>
        <translation>Anderer Befunder</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Co&amp;mpare</source>
        <translation>Ver&amp;gleichen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Dice and surface distance (mm) of each structure between your outlines and this reader’s; both are shown in the views.</source>
        <translation>Dice und Oberflächenabstand (mm) jeder Struktur zwischen Ihren Konturen und denen dieses Befunders; beide werden in den Ansichten gezeigt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Make f&amp;inal</source>
        <translation>En&amp;dgültig</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Write the version that counts, with your name and the time: your outlines, and what you have chosen from the other reader.</source>
        <translation>Die gültige Version schreiben, mit Ihrem Namen und der Zeit: Ihre Konturen und was Sie vom anderen Befunder gewählt haben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Agreement of the two readers. Double click or Enter on a line chooses whose outline becomes final.</source>
        <translation>Übereinstimmung der beiden Befunder. Doppelklick oder Eingabetaste auf eine Zeile wählt, wessen Kontur gilt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Agreement of two readers</source>
        <translation>Übereinstimmung zweier Befunder</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Save &amp;again</source>
        <translation>&amp;Erneut speichern</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Try once more to write what could not be written. Nothing of it was lost.</source>
        <translation>Noch einmal versuchen zu schreiben, was nicht geschrieben werden konnte. Nichts davon ging verloren.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionWorklist.ui"/>
        <source>Save again</source>
        <translation>Erneut speichern</translation>
    </message>
</context>
<context>
    <name>annotation.CaseSaving</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/CaseSaving.py"/>
        <source>The outlines of the case were deleted from the scene</source>
        <translation>Die Konturen des Falls wurden aus der Szene gelöscht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/CaseSaving.py"/>
        <source>The last state that was saved is on the disk; open the case again to go on from it.</source>
        <translation>Der zuletzt gespeicherte Stand liegt auf dem Datenträger; öffnen Sie den Fall erneut, um dort fortzufahren.</translation>
    </message>
</context>
<context>
    <name>annotation.SliceCorrection</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>There are no outlines to correct</source>
        <translation>Es gibt keine Konturen zu korrigieren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>Analyze the study first.</source>
        <translation>Analysieren Sie zuerst die Studie.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>The outlines or the volume have left the scene</source>
        <translation>Die Konturen oder das Volumen sind nicht mehr in der Szene</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>Correction in {volume}</source>
        <translation>Korrektur in {volume}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>Nothing was drawn; the outlines are as they were.</source>
        <translation>Es wurde nichts gezeichnet; die Konturen sind, wie sie waren.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>The isotropic outlines were edited meanwhile</source>
        <translation>Die isotropen Konturen wurden inzwischen bearbeitet</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>Apply the correction once more.</source>
        <translation>Wenden Sie die Korrektur noch einmal an.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>Corrected: {names}.</source>
        <translation>Korrigiert: {names}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>The correction was discarded; the outlines are as they were.</source>
        <translation>Die Korrektur wurde verworfen; die Konturen sind, wie sie waren.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>The isotropic outlines have left the scene</source>
        <translation>Die isotropen Konturen sind nicht mehr in der Szene</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>The correction lies on another grid than the view</source>
        <translation>Die Korrektur liegt auf einem anderen Gitter als die Ansicht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/SliceCorrection.py"/>
        <source>Discard the correction.</source>
        <translation>Verwerfen Sie die Korrektur.</translation>
    </message>
</context>
<context>
    <name>annotation.TwoReaders</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/TwoReaders.py"/>
        <source>There is nothing of your own to compare yet</source>
        <translation>Es gibt noch nichts Eigenes zu vergleichen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/TwoReaders.py"/>
        <source>Draw first.</source>
        <translation>Zeichnen Sie zuerst.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/TwoReaders.py"/>
        <source>{case}, {reader}</source>
        <translation>{case}, {reader}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/TwoReaders.py"/>
        <source>Nothing of this case was saved yet</source>
        <translation>Von diesem Fall wurde noch nichts gespeichert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/TwoReaders.py"/>
        <source>This version of ‘{case}’ counts now; it is in {folder}.</source>
        <translation>Diese Version von „{case}“ gilt jetzt; sie liegt in {folder}.</translation>
    </message>
</context>
<context>
    <name>annotation.Worklists</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>This worklist was there before; it was opened.</source>
        <translation>Diese Arbeitsliste gab es schon; sie wurde geöffnet.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>The folder of the worklist cannot be made: {error}</source>
        <translation>Der Ordner der Arbeitsliste kann nicht angelegt werden: {error}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>Choose a folder you may write to; the images may stay where they are.</source>
        <translation>Wählen Sie einen beschreibbaren Ordner; die Bilder können bleiben, wo sie sind.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>No other case is left: complete or flag this one.</source>
        <translation>Kein anderer Fall ist übrig: schließen Sie diesen ab, oder markieren Sie ihn.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>A correction in slices was not applied yet; it is shown again.</source>
        <translation>Eine Korrektur in Schichten wurde noch nicht angewendet; sie wird wieder gezeigt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>Opened with what was saved by itself before Slicer ended.</source>
        <translation>Geöffnet mit dem, was vor dem Ende von Slicer automatisch gespeichert wurde.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>Opened as you left it.</source>
        <translation>Geöffnet, wie Sie ihn verlassen haben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>Opened with the label map that came with it.</source>
        <translation>Geöffnet mit der mitgelieferten Labelkarte.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>Opened with the predicted outlines.</source>
        <translation>Geöffnet mit den vorhergesagten Konturen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>Opened without outlines: analyze it, or draw.</source>
        <translation>Ohne Konturen geöffnet: analysieren Sie ihn, oder zeichnen Sie.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>{remedy} The other cases can be opened as before.</source>
        <translation>{remedy} Die anderen Fälle lassen sich öffnen wie zuvor.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>‘{case}’ cannot be opened: {what}</source>
        <translation>„{case}“ kann nicht geöffnet werden: {what}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>The correction in slices is being computed; please try again in a moment.</source>
        <translation>Die Korrektur in Schichten wird berechnet; bitte versuchen Sie es gleich noch einmal.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>‘{case}’ was not saved and stays open: {what}</source>
        <translation>„{case}“ wurde nicht gespeichert und bleibt offen: {what}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>The case was changed; the analysis was stopped</source>
        <translation>Der Fall wurde gewechselt; die Analyse wurde abgebrochen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>The scene was closed; ‘{case}’ was saved.</source>
        <translation>Die Szene wurde geschlossen; „{case}“ wurde gespeichert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>‘{case}’ was not saved when the scene was closed: {what}</source>
        <translation>„{case}“ wurde beim Schließen der Szene nicht gespeichert: {what}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/annotation/Worklists.py"/>
        <source>Give the structure a name; at most 155 can be added.</source>
        <translation>Geben Sie der Struktur einen Namen; höchstens 155 sind möglich.</translation>
    </message>
</context>
<context>
    <name>corrections.ConsoleCorrections</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/ConsoleCorrections.py"/>
        <source>These results hold no prediction to compare with</source>
        <translation>Diese Ergebnisse enthalten keine Vorhersage zum Vergleich</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/ConsoleCorrections.py"/>
        <source>Analyze the study again; your edits are kept.</source>
        <translation>Analysieren Sie die Studie erneut; Ihre Bearbeitungen bleiben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/ConsoleCorrections.py"/>
        <source>There are no outlines of an analysis in the scene</source>
        <translation>In der Szene sind keine Konturen einer Analyse</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/ConsoleCorrections.py"/>
        <source>Analyze a study before.</source>
        <translation>Analysieren Sie zuvor eine Studie.</translation>
    </message>
</context>
<context>
    <name>corrections.CorrectionExport</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/CorrectionExport.py"/>
        <source>Reading the outlines</source>
        <translation>Konturen werden gelesen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/CorrectionExport.py"/>
        <source>The {planes} volume of this analysis is no longer in the scene</source>
        <translation>Volumen dieser Analyse ({planes}) ist nicht mehr in der Szene</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/CorrectionExport.py"/>
        <source>Load it again and analyze the study again; your edits are kept.</source>
        <translation>Laden Sie es erneut und analysieren Sie die Studie erneut; Ihre Bearbeitungen bleiben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/CorrectionExport.py"/>
        <source>These results hold no prediction to compare with</source>
        <translation>Diese Ergebnisse enthalten keine Vorhersage zum Vergleich</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/CorrectionExport.py"/>
        <source>Analyze the study again; your edits are kept.</source>
        <translation>Analysieren Sie die Studie erneut; Ihre Bearbeitungen bleiben.</translation>
    </message>
</context>
<context>
    <name>corrections.Corrections</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/Corrections.py"/>
        <source>added</source>
        <translation>hinzugefügt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/Corrections.py"/>
        <source>removed</source>
        <translation>entfernt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Outline</source>
        <translation>Kontur</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Dice</source>
        <translation>Dice</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>mm</source>
        <translation>mm</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>mL</source>
        <translation>ml</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Distance of the surfaces in mm: mean, 95 %</source>
        <translation>Abstand der Oberflächen in mm: Mittel, 95 %</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Volume in mL: before, after</source>
        <translation>Volumen in ml: davor, danach</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>These outlines are of an earlier version, and their predictions were not kept. Analyze the study again: edits stay, and each new prediction is kept beside them.</source>
        <translation>Diese Konturen stammen von einer früheren Version, ihre Vorhersagen wurden nicht aufbewahrt. Analysieren Sie die Studie erneut: Bearbeitungen bleiben, und jede neue Vorhersage wird daneben aufbewahrt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Comparing…</source>
        <translation>Vergleich läuft…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>{n} of {all} outlines were edited.</source>
        <translation>{n} von {all} Konturen wurden bearbeitet.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>{case} was brought up to date in {table}</source>
        <translation>{case} wurde in {table} auf den neuesten Stand gebracht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>{case} was added to {table}</source>
        <translation>{case} wurde in {table} aufgenommen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>{edited} outlines were edited, {taught} teach.</source>
        <translation>Bearbeitete Konturen: {edited}, davon fürs Training: {taught}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Folder of the corrected cases</source>
        <translation>Ordner der korrigierten Fälle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>edited</source>
        <translation>bearbeitet</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>deleted</source>
        <translation>gelöscht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>drawn where nothing was predicted</source>
        <translation>gezeichnet, wo nichts vorhergesagt war</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>not in the label map that the outlines began with, and so neither taught nor unlearned</source>
        <translation>nicht in der Labelkarte, mit der die Umrisse begannen; wird weder gelehrt noch verlernt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>{title}: {state}.</source>
        <translation>{title}: {state}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>as predicted</source>
        <translation>wie vorhergesagt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Marked as completed.</source>
        <translation>Als fertig markiert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Edits set aside: {n}.</source>
        <translation>Beiseitegelegte Bearbeitungen: {n}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Added {added} mL, removed {removed} mL.</source>
        <translation>{added} ml hinzugefügt, {removed} ml entfernt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Corrections.py"/>
        <source>Dice {dice}; distance of the surfaces {mean} mm on average, 95 % within {far} mm.</source>
        <translation>Dice {dice}; Abstand der Oberflächen im Mittel {mean} mm, 95 % innerhalb von {far} mm.</translation>
    </message>
</context>
<context>
    <name>corrections.FineTuning</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/FineTuning.py"/>
        <source>Measuring on this computer</source>
        <translation>Messung auf diesem Computer</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/FineTuning.py"/>
        <source>Starting</source>
        <translation>Start</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/FineTuning.py"/>
        <source>Stopping; what was begun is removed</source>
        <translation>Wird angehalten; Begonnenes wird entfernt</translation>
    </message>
</context>
<context>
    <name>corrections.Training</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>the outlines&apos; head</source>
        <translation>nur der Segmentierungskopf</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>both heads and the fusion</source>
        <translation>beide Köpfe und die Fusion</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>everything</source>
        <translation>alles</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Begins with the chosen bundle, {title}.</source>
        <translation>Beginnt mit dem gewählten Modellpaket, {title}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Stopped; nothing of the run was kept.</source>
        <translation>Angehalten; vom Lauf blieb nichts.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Table of cases</source>
        <translation>Tabelle der Fälle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Ten cases take about a quarter of an hour of one processor core, counted up from 40 steps with the shipped bundle; ‘How long?’ measures it on this computer.</source>
        <translation>Zehn Fälle dauern etwa eine Viertelstunde auf einem Prozessorkern, hochgerechnet aus 40 Schritten mit dem mitgelieferten Modellpaket; „Wie lange?“ misst es auf diesem Computer.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>At most {table} min for the cases of this table ({n}), {ten} min for ten cases, in {steps} steps on {device}. Measured here: one case prepared ({prepare} s) and analyzed ({analyze} s), a step of the training {step} s; it ends earlier if nothing more is gained.</source>
        <translation>Höchstens {table} min für die Fälle dieser Tabelle ({n}), {ten} min für zehn Fälle, in {steps} Schritten auf {device}. Hier gemessen: ein Fall vorbereitet ({prepare} s) und analysiert ({analyze} s), ein Trainingsschritt {step} s; es endet früher, wenn nichts mehr gewonnen wird.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Mean Dice on the held-out cases of the table: {dice}.</source>
        <translation>Mittlerer Dice an den zurückgehaltenen Fällen der Tabelle: {dice}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Mean Dice on the held-out cases of the table: {dice}, before {before}.</source>
        <translation>Mittlerer Dice an den zurückgehaltenen Fällen der Tabelle: {dice}, vorher {before}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>⚠ On them it is worse than the bundle it began with: export more cases, or stay with that one.</source>
        <translation>⚠ An ihnen ist es schlechter als das Modellpaket, mit dem begonnen wurde: exportieren Sie mehr Fälle, oder bleiben Sie bei jenem.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>{name} {version} was made in {n} min.</source>
        <translation>{name} {version} wurde in {n} min erstellt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Nothing it learned helped the validation cases: it has the weights it began with.</source>
        <translation>Nichts Gelerntes half den Validierungsfällen: es hat die Gewichte, mit denen es begann.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Cases left out: {n}; skipped.csv says why.</source>
        <translation>Ausgelassene Fälle: {n}; skipped.csv nennt die Gründe.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/corrections/Training.py"/>
        <source>Figures and splits: {folder}</source>
        <translation>Kennzahlen und Aufteilung: {folder}</translation>
    </message>
</context>
<context>
    <name>corrections.TrainingRequirements</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/TrainingRequirements.py"/>
        <source>Nothing was installed, and nothing was learned. Missing: {packages}</source>
        <translation>Es wurde nichts installiert und nichts gelernt. Es fehlt: {packages}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/corrections/TrainingRequirements.py"/>
        <source>Press the button to be asked again.</source>
        <translation>Drücken Sie die Schaltfläche, um erneut gefragt zu werden.</translation>
    </message>
</context>
<context>
    <name>panel.AnalysisRun</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/AnalysisRun.py"/>
        <source>Reading the volumes</source>
        <translation>Volumen werden gelesen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/AnalysisRun.py"/>
        <source>Cancelling</source>
        <translation>Wird abgebrochen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/AnalysisRun.py"/>
        <source>Loading the results into the scene</source>
        <translation>Ergebnisse werden in die Szene geladen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/AnalysisRun.py"/>
        <source>The worker has not reported for {n} s; it may be busy, ‘Cancel’ stops it</source>
        <translation>Der Rechenprozess hat sich seit {n} s nicht gemeldet; vielleicht ist er beschäftigt, „Abbrechen“ beendet ihn</translation>
    </message>
</context>
<context>
    <name>panel.BundleInstallation</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/BundleInstallation.py"/>
        <source>Verifying and copying the bundle …</source>
        <translation>Das Modellpaket wird geprüft und kopiert …</translation>
    </message>
</context>
<context>
    <name>panel.Bundles</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Bundles.py"/>
        <source>Cannot be used: {problem}</source>
        <translation>Nicht verwendbar: {problem}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Bundles.py"/>
        <source>see its model card</source>
        <translation>siehe Modellkarte</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Bundles.py"/>
        <source>Learned from: {learned}. Licence: {licence}.</source>
        <translation>Gelernt aus: {learned}. Lizenz: {licence}.</translation>
    </message>
</context>
<context>
    <name>panel.PythonRequirements</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>PyTorch is missing, and so is Slicer&apos;s PyTorch extension, which installs it</source>
        <translation>PyTorch fehlt und ebenso Slicers Erweiterung PyTorch, die es installiert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>Install the extension ‘PyTorch’ in the Extensions Manager and restart Slicer; without internet access, use ‘Offline installation’ below.</source>
        <translation>Installieren Sie die Erweiterung „PyTorch“ im Erweiterungsmanager und starten Sie Slicer neu; ohne Internetzugang verwenden Sie unten „Offline-Installation“.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>OrthoDiffusion needs Python packages that are not installed yet:

{packages}

Install them into Slicer&apos;s Python now? This needs the internet and some minutes.</source>
        <translation>OrthoDiffusion benötigt Python-Pakete, die noch nicht installiert sind:

{packages}

Jetzt in Slicers Python installieren? Das braucht Internetzugang und einige Minuten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>PyTorch ends at version 2.2 on Macs with an Intel processor; OrthoDiffusion needs {torch}</source>
        <translation>Für Macs mit Intel-Prozessor endet PyTorch mit Version 2.2; OrthoDiffusion benötigt {torch}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>this Slicer runs as an Intel (x86_64) program</source>
        <translation>dieses Slicer läuft als Intel-Programm (x86_64)</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>Use Slicer on Windows, Linux or, on a Mac with Apple silicon, a Slicer built for it (arm64). Results that were made there can be opened here. Nothing was installed.</source>
        <translation>Verwenden Sie Slicer unter Windows oder Linux oder, auf einem Mac mit Apple-Prozessor, ein dafür gebautes Slicer (arm64). Dort erstellte Ergebnisse lassen sich hier öffnen. Es wurde nichts installiert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>The folder has no wheel for {packages}</source>
        <translation>Der Ordner enthält keine Wheel-Datei für {packages}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>On a computer with internet access, the same operating system and Python {version}, run ‘pip download -d FOLDER {packages}’ and copy the folder here.</source>
        <translation>Führen Sie auf einem Computer mit Internetzugang, demselben Betriebssystem und Python {version} „pip download -d ORDNER {packages}“ aus und kopieren Sie den Ordner hierher.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>Nothing was installed, and nothing was analyzed. Missing: {packages}</source>
        <translation>Es wurde nichts installiert und nichts analysiert. Es fehlt: {packages}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>Press ‘Analyze’ to be asked again; without internet access, use ‘Offline installation’ below.</source>
        <translation>Drücken Sie „Analysieren“, um erneut gefragt zu werden; ohne Internetzugang verwenden Sie unten „Offline-Installation“.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>The installation of Python packages failed: {error}</source>
        <translation>Die Installation der Python-Pakete ist fehlgeschlagen: {error}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>The Python console shows the details. Check the internet connection, or use ‘Offline installation’ below.</source>
        <translation>Die Python-Konsole zeigt Einzelheiten. Prüfen Sie die Internetverbindung, oder verwenden Sie unten „Offline-Installation“.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>The installation of PyTorch failed: {error}</source>
        <translation>Die Installation von PyTorch ist fehlgeschlagen: {error}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>Open the module ‘PyTorch Utils’ and install it there, then press ‘Analyze’ again.</source>
        <translation>Öffnen Sie das Modul „PyTorch Utils“, installieren Sie es dort und drücken Sie dann erneut „Analysieren“.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>After the installation this is still missing: {packages}</source>
        <translation>Nach der Installation fehlt noch: {packages}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/PythonRequirements.py"/>
        <source>Restart Slicer and press ‘Analyze’ again.</source>
        <translation>Starten Sie Slicer neu und drücken Sie erneut „Analysieren“.</translation>
    </message>
</context>
<context>
    <name>panel.Session</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Session.py"/>
        <source>The scene was closed; the analysis was stopped</source>
        <translation>Die Szene wurde geschlossen; die Analyse wurde abgebrochen</translation>
    </message>
</context>
<context>
    <name>panel.Settings</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>one of {choices}</source>
        <translation>eines von {choices}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>the full path of a folder, or empty</source>
        <translation>der vollständige Pfad eines Ordners, oder leer</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>a folder, and this is a file</source>
        <translation>ein Ordner, und dies ist eine Datei</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>a whole number from {least} to {most}</source>
        <translation>eine ganze Zahl von {least} bis {most}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>The setting ‘{name}’ is ‘{value}’; it must be {allowed}</source>
        <translation>Die Einstellung „{name}“ ist „{value}“; erlaubt ist: {allowed}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Open Edit / Application Settings / OrthoDiffusion, set it and press OK.</source>
        <translation>Öffnen Sie Bearbeiten / Anwendungseinstellungen / OrthoDiffusion, stellen Sie sie ein und drücken Sie OK.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Device</source>
        <translation>Gerät</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Precision</source>
        <translation>Genauigkeit</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Threads</source>
        <translation>Threads</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Save every</source>
        <translation>Speichern alle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Folder of results</source>
        <translation>Ordner für Ergebnisse</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Folder of bundles</source>
        <translation>Ordner für Modellpakete</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Folder of DICOM objects</source>
        <translation>Ordner der DICOM-Objekte</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>List them in the DICOM database</source>
        <translation>In der DICOM-Datenbank aufführen</translation>
    </message>
</context>
<context>
    <name>panel.SettingsPage</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>all</source>
        <translation>alle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>no</source>
        <translation>nein</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>yes</source>
        <translation>ja</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Browse for: {title}</source>
        <translation>Durchsuchen: {title}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>{name}: ‘{value}’ is not used; it must be {allowed}.</source>
        <translation>{name}: „{value}“ wird nicht verwendet; erlaubt ist: {allowed}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Where the networks run. auto: on a CUDA GPU if there is one, else on the processor.</source>
        <translation>Wo die Netze rechnen. auto: auf einer CUDA-GPU, wenn es eine gibt, sonst auf dem Prozessor.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Number format of the networks. auto: bfloat16 where the computer is fast at it, else float32.</source>
        <translation>Zahlenformat der Netze. auto: bfloat16, wo der Computer damit schnell ist, sonst float32.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Threads of the processor that an analysis may use, up to 256. 0: one for each core.</source>
        <translation>Threads des Prozessors, die eine Analyse verwenden darf, bis 256. 0: einer je Kern.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Seconds between two automatic saves of work on a case, 5 to 3600.</source>
        <translation>Sekunden zwischen zwei automatischen Sicherungen der Arbeit an einem Fall, 5 bis 3600.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Folder in which results and reports are offered to be saved. Empty: none.</source>
        <translation>Ordner, der zum Speichern von Ergebnissen und Berichten angeboten wird. Leer: keiner.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Folder that bundles are installed into and found in. Empty: beside Slicer&apos;s settings.</source>
        <translation>Ordner, in den Modellpakete installiert und in dem sie gefunden werden. Leer: neben Slicers Einstellungen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Folder in which each analysis of series from Slicer&apos;s DICOM database leaves its DICOM objects, in a new folder: segmentations, report and picture. Import them in the module DICOM. Empty: none are written.</source>
        <translation>Ordner, in dem jede Analyse von Serien aus Slicers DICOM-Datenbank ihre DICOM-Objekte ablegt, in einem neuen Ordner: Segmentierungen, Bericht und Bild. Importieren Sie sie im Modul DICOM. Leer: Es werden keine geschrieben.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Whether Slicer&apos;s DICOM database lists the DICOM objects as soon as they are written. The files stay where they are.</source>
        <translation>Ob die DICOM-Datenbank von Slicer die DICOM-Objekte aufführt, sobald sie geschrieben sind. Die Dateien bleiben, wo sie sind.</translation>
    </message>
</context>
<context>
    <name>panel.ShownMeasurements</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>These results do not say what was imaged. Analyze again to measure corrected outlines.</source>
        <translation>Diese Ergebnisse sagen nicht, was abgebildet war. Analysieren Sie erneut, um korrigierte Konturen zu messen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>The segmentation was deleted.</source>
        <translation>Die Segmentierung wurde gelöscht.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>Measuring the outlines …</source>
        <translation>Konturen werden gemessen …</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>The outlines were measured; {n} numbers changed.</source>
        <translation>Die Konturen wurden gemessen; geänderte Werte: {n}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>Points that you moved were left: {names}.</source>
        <translation>Von Ihnen verschobene Punkte blieben: {names}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>The outlines could not be measured: {problem}</source>
        <translation>Die Konturen konnten nicht gemessen werden: {problem}</translation>
    </message>
</context>
<context>
    <name>panel.Software</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Software.py"/>
        <source>Bundle {title}</source>
        <translation>Modellpaket {title}</translation>
    </message>
</context>
<context>
    <name>scene.SampleKnee</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/scene/SampleKnee.py"/>
        <source>OrthoDiffusion</source>
        <translation>OrthoDiffusion</translation>
    </message>
</context>
<context>
    <name>sections.FindingsTable</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Finding</source>
        <translation>Befund</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Model</source>
        <translation>Modell</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Reader</source>
        <translation>Befunder</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Sag cor ax</source>
        <translation>Sag kor ax</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>not assessed</source>
        <translation>nicht beurteilt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>{title}: not assessed.</source>
        <translation>{title}: nicht beurteilt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>{title}: probability {p}.</source>
        <translation>{title}: Wahrscheinlichkeit {p}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Planes alone: {planes}.</source>
        <translation>Ebenen einzeln: {planes}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>The planes disagree; look at each of them.</source>
        <translation>Die Ebenen widersprechen einander; sehen Sie sich jede an.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>No place can be shown for it.</source>
        <translation>Dafür kann kein Ort gezeigt werden.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Reader: {word}, {time}.</source>
        <translation>Befunder: {word}, {time}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Made on an earlier result, in which the model said {word}.</source>
        <translation>Zu einem früheren Ergebnis, in dem das Modell „{word}“ angab.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Note: {note}</source>
        <translation>Anmerkung: {note}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>positive</source>
        <translation>positiv</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>negative</source>
        <translation>negativ</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>unsure</source>
        <translation>unsicher</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>neither positive nor negative</source>
        <translation>weder positiv noch negativ</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>The bundle names no threshold: neither positive nor negative.</source>
        <translation>Das Modellpaket nennt keine Schwelle: weder positiv noch negativ.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Positive: at or above the threshold of {p} (sensitivity {sens}, specificity {spec} in calibration).</source>
        <translation>Positiv: auf oder über der Schwelle von {p} (Sensitivität {sens}, Spezifität {spec} in der Kalibrierung).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Negative: below the threshold of {p} (sensitivity {sens}, specificity {spec} in calibration).</source>
        <translation>Negativ: unter der Schwelle von {p} (Sensitivität {sens}, Spezifität {spec} in der Kalibrierung).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>Not reviewed</source>
        <translation>Nicht geprüft</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/FindingsTable.py"/>
        <source>{word}
(earlier result)</source>
        <translation>{word}
(früheres Ergebnis)</translation>
    </message>
</context>
<context>
    <name>sections.Inputs</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Automatic</source>
        <translation>Automatisch</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Right</source>
        <translation>Rechts</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Left</source>
        <translation>Links</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>As you chose</source>
        <translation>Wie von Ihnen gewählt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>By the bundle that you chose</source>
        <translation>Durch das von Ihnen gewählte Modellpaket</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>{joint}, named by the descriptions of the volumes</source>
        <translation>{joint}, in den Beschreibungen der Volumen genannt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>{joint}, as the volumes look; they do not name it</source>
        <translation>{joint}, dem Aussehen der Volumen nach; sie nennen es nicht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>{joint}, as you chose last; the volumes do not name it</source>
        <translation>{joint}, wie zuletzt von Ihnen gewählt; die Volumen nennen es nicht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>{joint}, as you chose last</source>
        <translation>{joint}, wie zuletzt von Ihnen gewählt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>⚠ {joint}? Nothing says it: choose the joint that the volumes show</source>
        <translation>⚠ {joint}? Nichts sagt es: wählen Sie das Gelenk, das die Volumen zeigen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>No bundle was found. Install one with ‘Offline installation’ below.</source>
        <translation>Kein Modellpaket gefunden. Installieren Sie eines unten mit „Offline-Installation“.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Left empty by hand</source>
        <translation>Von Hand leer gelassen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Chosen by hand</source>
        <translation>Von Hand gewählt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Chosen by hand. {facts}.</source>
        <translation>Von Hand gewählt. {facts}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Not tagged; it is found from the anatomy during the analysis</source>
        <translation>Nicht angegeben; wird bei der Analyse aus der Anatomie ermittelt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>{side}, by the DICOM tag</source>
        <translation>{side}, laut DICOM-Angabe</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>{n} studies are loaded; ‘{name}’ is used</source>
        <translation>{n} Studien sind geladen; verwendet wird „{name}“</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>The chosen volumes are of different studies: {names}</source>
        <translation>Die gewählten Volumen gehören zu verschiedenen Studien: {names}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>No volume is loaded. Load a {joint} study.</source>
        <translation>Kein Volumen geladen. Laden Sie eine Studie ({joint}).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>No plane was recognised; choose by hand</source>
        <translation>Keine Ebene erkannt; wählen Sie von Hand</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>⚠ The descriptions of the volumes name the {named}; there is no bundle of it, only of the {joint}</source>
        <translation>⚠ Die Beschreibungen der Volumen nennen: {named}; dafür gibt es kein Modellpaket, nur für: {joint}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>⚠ The descriptions of the volumes name the {named}, not the {joint}</source>
        <translation>⚠ Die Beschreibungen der Volumen nennen: {named}; gewählt ist: {joint}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>⚠ The volumes look like another joint: {pictured}, not {joint}</source>
        <translation>⚠ Die Volumen sehen nach einem anderen Gelenk aus: {pictured}, nicht {joint}</translation>
    </message>
</context>
<context>
    <name>sections.Installation</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Installation.py"/>
        <source>Folder of wheels and bundles</source>
        <translation>Ordner mit Wheel-Dateien und Modellpaketen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Installation.py"/>
        <source>All Python packages are installed.</source>
        <translation>Alle Python-Pakete sind installiert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Installation.py"/>
        <source>Missing Python packages: {packages}</source>
        <translation>Fehlende Python-Pakete: {packages}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Installation.py"/>
        <source>Choose a folder that exists.</source>
        <translation>Wählen Sie einen vorhandenen Ordner.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Installation.py"/>
        <source>Nothing was installed.</source>
        <translation>Es wurde nichts installiert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Installation.py"/>
        <source>Installed: {what}</source>
        <translation>Installiert: {what}</translation>
    </message>
</context>
<context>
    <name>sections.InstalledBundles</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Folder of a bundle</source>
        <translation>Ordner eines Modellpakets</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Bundle</source>
        <translation>Modellpaket</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Joint</source>
        <translation>Gelenk</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>From</source>
        <translation>Herkunft</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>came with the program</source>
        <translation>mit dem Programm gekommen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>installed</source>
        <translation>installiert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>This bundle came with the program, or lies in a folder that is not yours; it is not removed here.</source>
        <translation>Dieses Modellpaket kam mit dem Programm oder liegt in einem Ordner, der nicht Ihnen gehört; hier wird es nicht entfernt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>An analysis or a fine-tuning is using this bundle.</source>
        <translation>Eine Analyse oder ein Nachtraining verwendet dieses Modellpaket.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Delete the chosen bundle from this computer, after a question.</source>
        <translation>Das gewählte Modellpaket nach einer Rückfrage von diesem Computer löschen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Removed: {title}</source>
        <translation>Entfernt: {title}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Installed: {what}</source>
        <translation>Installiert: {what}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>A bundle</source>
        <translation>Ein Modellpaket</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Bundles (*.zip)</source>
        <translation>Modellpakete (*.zip)</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>{problem}.

Replace it?</source>
        <translation>{problem}.

Ersetzen?</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Delete the bundle {title} from this computer?

{folder}

Results that were made with it stay.</source>
        <translation>Das Modellpaket {title} von diesem Computer löschen?

{folder}

Ergebnisse, die damit erstellt wurden, bleiben.</translation>
    </message>
</context>
<context>
    <name>sections.Measurements</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>± On phantoms farther off than aimed at: {names}.</source>
        <translation>± An Phantomen weiter vom Ziel als angestrebt: {names}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>Colours: 0 mm (red, bare bone that cartilage surrounds) to 4 mm and more (yellow).</source>
        <translation>Farben: 0 mm (rot, freiliegender Knochen, den Knorpel umgibt) bis 4 mm und mehr (gelb).</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>These results hold no measurements.</source>
        <translation>Diese Ergebnisse enthalten keine Messungen.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>‘Measure again’ takes it into account.</source>
        <translation>„Neu messen“ berücksichtigt sie.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>⚠ An outline was changed since these numbers were taken. {what}</source>
        <translation>⚠ Eine Kontur wurde geändert, seit diese Werte gemessen wurden. {what}</translation>
    </message>
</context>
<context>
    <name>sections.MeasurementsTable</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Measurement</source>
        <translation>Messung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Value</source>
        <translation>Wert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Usual</source>
        <translation>Üblich</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>{title}: {value}.</source>
        <translation>{title}: {value}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>not measured</source>
        <translation>nicht gemessen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>A point of it has no place; place it anew, or restore it.</source>
        <translation>Ein Messpunkt hat keinen Ort; setzen Sie ihn neu, oder setzen Sie die Messung zurück.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Source: {source}.</source>
        <translation>Quelle: {source}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>no value</source>
        <translation>kein Wert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Edited by the reader: points were moved, {time}. Model: {model}.</source>
        <translation>Vom Befunder bearbeitet: Messpunkte wurden verschoben, {time}. Modell: {model}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Measured again from corrected outlines, {time}. Model: {model}.</source>
        <translation>Aus korrigierten Konturen neu gemessen, {time}. Modell: {model}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Usual: {usual}.</source>
        <translation>Üblich: {usual}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Above the usual {usual}.</source>
        <translation>Über dem üblichen Bereich von {usual}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Below the usual {usual}.</source>
        <translation>Unter dem üblichen Bereich von {usual}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>On {n} phantoms it was off by {error} as a median; the aim of {aim} is met.</source>
        <translation>An {n} Phantomen wich sie im Median um {error} ab; das Ziel von {aim} ist erreicht.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>On {n} phantoms it was off by {error} as a median: more than the aim of {aim}.</source>
        <translation>An {n} Phantomen wich sie im Median um {error} ab: mehr als das Ziel von {aim}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>{low} to {high}</source>
        <translation>{low} bis {high}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>a point is missing</source>
        <translation>ein Messpunkt fehlt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>edited; model {model}</source>
        <translation>bearbeitet; Modell {model}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>again; model {model}</source>
        <translation>neu; Modell {model}</translation>
    </message>
</context>
<context>
    <name>sections.ReadersTable</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReadersTable.py"/>
        <source>Structure</source>
        <translation>Struktur</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReadersTable.py"/>
        <source>Dice</source>
        <translation>Dice</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReadersTable.py"/>
        <source>Mean mm</source>
        <translation>Mittel mm</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReadersTable.py"/>
        <source>95 % mm</source>
        <translation>95 % mm</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReadersTable.py"/>
        <source>Final from</source>
        <translation>Gültig von</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReadersTable.py"/>
        <source>Computing…</source>
        <translation>Wird berechnet…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReadersTable.py"/>
        <source>Double click or Enter: take this structure from the other reader, and back.</source>
        <translation>Doppelklick oder Eingabetaste: diese Struktur vom anderen Befunder nehmen, und zurück.</translation>
    </message>
</context>
<context>
    <name>sections.ReferralFields</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReferralFields.py"/>
        <source>Sex not given</source>
        <translation>Geschlecht –</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReferralFields.py"/>
        <source>Female</source>
        <translation>Weiblich</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReferralFields.py"/>
        <source>Male</source>
        <translation>Männlich</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReferralFields.py"/>
        <source>Trauma not given</source>
        <translation>Trauma –</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReferralFields.py"/>
        <source>After trauma</source>
        <translation>Nach Trauma</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/ReferralFields.py"/>
        <source>No trauma</source>
        <translation>Kein Trauma</translation>
    </message>
</context>
<context>
    <name>sections.Report</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>These results are of an earlier version. Analyze again for a report.</source>
        <translation>Diese Ergebnisse stammen von einer früheren Version. Analysieren Sie erneut, um einen Bericht zu erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>⚠ The findings have changed since this text was edited. ‘Write anew’ replaces it.</source>
        <translation>⚠ Die Befunde haben sich geändert, seit dieser Text bearbeitet wurde. „Neu schreiben“ ersetzt ihn.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>none</source>
        <translation>keine</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>{name}, {date}</source>
        <translation>{name}, {date}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>Results of the prior exam</source>
        <translation>Ergebnisse der Voruntersuchung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>The text is on the clipboard.</source>
        <translation>Der Text ist in der Zwischenablage.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>Folder in which the report gets a folder of its own</source>
        <translation>Ordner, in dem der Bericht einen eigenen Ordner erhält</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Report.py"/>
        <source>Saved in {folder}</source>
        <translation>Gespeichert in {folder}</translation>
    </message>
</context>
<context>
    <name>sections.Run</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>Analyze {joint}</source>
        <translation>{joint} analysieren</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>An analysis is running</source>
        <translation>Eine Analyse läuft</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>Load a {joint} study, or choose a volume for at least one plane</source>
        <translation>Laden Sie eine Studie ({joint}), oder wählen Sie ein Volumen für mindestens eine Ebene</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>Outline the structures and look for findings</source>
        <translation>Strukturen segmentieren und nach Befunden suchen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>No bundle was found</source>
        <translation>Kein Modellpaket gefunden</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>Done in {n} s</source>
        <translation>Fertig in {n} s</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>Done in {n} s on {device}</source>
        <translation>Fertig in {n} s auf {device}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>Cancelled; nothing in the scene has changed</source>
        <translation>Abgebrochen; in der Szene hat sich nichts geändert</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Run.py"/>
        <source>No surfaces for the 3D view: {problem}</source>
        <translation>Keine Oberflächen für die 3D-Ansicht: {problem}</translation>
    </message>
</context>
<context>
    <name>sections.Segmentation</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Segmentation.py"/>
        <source>Sagittal</source>
        <translation>Sagittal</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Segmentation.py"/>
        <source>Coronal</source>
        <translation>Koronar</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Segmentation.py"/>
        <source>Axial</source>
        <translation>Axial</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Segmentation.py"/>
        <source>Computing…</source>
        <translation>Wird berechnet…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Segmentation.py"/>
        <source>Draw in these slices, then press ‘Apply’: what you drew is carried to the outlines.</source>
        <translation>Zeichnen Sie in diesen Schichten und drücken Sie „Anwenden“: das Gezeichnete wird auf die Konturen übertragen.</translation>
    </message>
</context>
<context>
    <name>sections.Viewing</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>These work while this module is shown and no text is being typed.</source>
        <translation>Sie wirken, solange dieses Modul gezeigt und kein Text getippt wird.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Views as before</source>
        <translation>Ansichten wie zuvor</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Arrange views</source>
        <translation>Ansichten anordnen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Put layout, volumes and places of the views back as they were before they were arranged.</source>
        <translation>Layout, Volumen und Orte der Ansichten so wiederherstellen, wie sie vor dem Anordnen waren.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Show three slice views and 3D, linked: each plane&apos;s volume in its own view, along its own slices.</source>
        <translation>Drei Schichtansichten und 3D zeigen, gekoppelt: das Volumen jeder Ebene in seiner eigenen Ansicht, entlang seiner eigenen Schichten.</translation>
    </message>
</context>
<context>
    <name>sections.Worklist</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>By name</source>
        <translation>Nach Name</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Most uncertain first</source>
        <translation>Unsicherste zuerst</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>By state</source>
        <translation>Nach Zustand</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>✔ All cases ({n}) are done: {completed} completed, {flagged} flagged.</source>
        <translation>✔ Alle Fälle ({n}) sind erledigt: {completed} fertig, {flagged} markiert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>A double click opens one again.</source>
        <translation>Ein Doppelklick öffnet einen erneut.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Opening…</source>
        <translation>Wird geöffnet…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Saving…</source>
        <translation>Wird gespeichert…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Saved at {time}.</source>
        <translation>Gespeichert um {time}.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>{done} of {n} done.</source>
        <translation>{done} von {n} erledigt.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Analyzing ‘{case}’ in the background.</source>
        <translation>„{case}“ wird im Hintergrund analysiert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Folder that holds a folder for each study</source>
        <translation>Ordner, der je Studie einen Ordner enthält</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Table of cases</source>
        <translation>Tabelle der Fälle</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Tables (*.csv *.tsv *.txt)</source>
        <translation>Tabellen (*.csv *.tsv *.txt)</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Worklist</source>
        <translation>Arbeitsliste</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Worklist.py"/>
        <source>Worklists (*.json)</source>
        <translation>Arbeitslisten (*.json)</translation>
    </message>
</context>
<context>
    <name>sections.WorklistTable</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>State</source>
        <translation>Zustand</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>Case</source>
        <translation>Fall</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>Unsure</source>
        <translation>Unsicher</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>Note</source>
        <translation>Anmerkung</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>Time</source>
        <translation>Zeit</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>Also read by {readers}</source>
        <translation>Auch gelesen von {readers}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>Final version by {reader}, {time}</source>
        <translation>Gültige Version von {reader}, {time}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>Not analyzed: {problem}</source>
        <translation>Nicht analysiert: {problem}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>not started</source>
        <translation>nicht begonnen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>in progress</source>
        <translation>in Arbeit</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>completed</source>
        <translation>fertig</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/WorklistTable.py"/>
        <source>flagged</source>
        <translation>markiert</translation>
    </message>
</context>
<context>
    <name>tables.SeriesList</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/tables/SeriesList.py"/>
        <source>{name} (proposed): {facts}</source>
        <translation>{name} (vorgeschlagen): {facts}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/tables/SeriesList.py"/>
        <source>{name}: {facts}</source>
        <translation>{name}: {facts}</translation>
    </message>
</context>
<context>
    <name>views.Keys</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>next finding, its place in all views</source>
        <translation>nächster Befund, sein Ort in allen Ansichten</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>previous finding</source>
        <translation>voriger Befund</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>heat map on or off</source>
        <translation>Heatmap ein oder aus</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>heat map more transparent</source>
        <translation>Heatmap durchsichtiger</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>heat map more opaque</source>
        <translation>Heatmap deckender</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>outlines on or off in the slice views</source>
        <translation>Konturen in den Schichtansichten ein oder aus</translation>
    </message>
</context>
<context>
    <name>worker.AnalysisProcess</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/worker/AnalysisProcess.py"/>
        <source>Starting the worker; the first analysis takes some seconds more</source>
        <translation>Rechenprozess startet; die erste Analyse dauert einige Sekunden länger</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/worker/AnalysisProcess.py"/>
        <source>Loading the networks</source>
        <translation>Netze werden geladen</translation>
    </message>
</context>
<context>
    <name>worker.LibraryJob</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/worker/LibraryJob.py"/>
        <source>The process ended without a result</source>
        <translation>Der Prozess endete ohne Ergebnis</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/worker/LibraryJob.py"/>
        <source>It may have run out of memory: close other programs and try it again.</source>
        <translation>Vielleicht reichte der Arbeitsspeicher nicht: schließen Sie andere Programme und versuchen Sie es erneut.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/worker/LibraryJob.py"/>
        <source>The process could not be started</source>
        <translation>Der Prozess konnte nicht gestartet werden</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/worker/LibraryJob.py"/>
        <source>Repair the installation of Slicer.</source>
        <translation>Reparieren Sie die Installation von Slicer.</translation>
    </message>
</context>
</TS>
