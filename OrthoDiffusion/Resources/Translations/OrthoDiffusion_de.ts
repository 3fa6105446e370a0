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
        <source>Outlines bones, cartilages, menisci and ligaments in sagittal, coronal and axial MR volumes of a knee, and gives calibrated probabilities of eight findings with the place where each was seen. Load a study, press &lt;b&gt;Analyze knee&lt;/b&gt;, click a row of the findings. Research use only: no medical device; a probability is a network&apos;s estimate and not a diagnosis.</source>
        <translation>Umreißt Knochen, Knorpel, Menisken und Bänder in sagittalen, koronaren und axialen MR-Volumen eines Knies und gibt kalibrierte Wahrscheinlichkeiten von acht Befunden an, jeweils mit dem Ort, an dem sie gesehen wurden. Laden Sie eine Studie, drücken Sie &lt;b&gt;Kniegelenk analysieren&lt;/b&gt; und klicken Sie auf eine Zeile der Befunde. Nur für die Forschung: kein Medizinprodukt; eine Wahrscheinlichkeit ist die Schätzung eines Netzes und keine Diagnose.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusion.py"/>
        <source>Built on 3D Slicer, PyTorch and MONAI. What each bundle of networks learned from, with its licences, stands in the bundle&apos;s model card.</source>
        <translation>Baut auf 3D Slicer, PyTorch und MONAI auf. Woraus jedes Modellpaket gelernt hat, samt Lizenzen, steht in seiner Modellkarte.</translation>
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
    <name>OrthoDiffusionFindings</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Findings</source>
        <translation>Befunde</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Click a row: all slice views show its place, and the heat map is laid over them. Keys N and P: next and previous finding.</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Opacity of the heat map</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionFindings.ui"/>
        <source>Opacity of the heat map, 0 (not seen) to 1. Keys J and K.</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Several studies are loaded; the volumes of this one are used.</source>
        <translation>Mehrere Studien sind geladen; verwendet werden die Volumen dieser Studie.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Sagittal:</source>
        <translation>Sagittal:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume of the sagittal plane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the sagittal plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die sagittale Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>All series that could serve the sagittal plane, the proposed one first, with slices, pixel size and step in mm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Series for the sagittal plane, the proposed one first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Coronal:</source>
        <translation>Koronar:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume of the coronal plane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the coronal plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die koronare Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>All series that could serve the coronal plane, the proposed one first, with slices, pixel size and step in mm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Series for the coronal plane, the proposed one first</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Axial:</source>
        <translation>Axial:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume of the axial plane</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the axial plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die axiale Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>All series that could serve the axial plane, the proposed one first, with slices, pixel size and step in mm.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Series for the axial plane, the proposed one first</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Sex. Optional. This bundle was trained with it; it is not stored in the scene.</source>
        <translation>Geschlecht. Freiwillig. Dieses Modellpaket wurde damit trainiert; es wird nicht in der Szene gespeichert.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Injury before</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Choose the folder.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Install what the folder holds and this computer lacks; bundles are verified first.</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>The trained networks of this computer. Choose a row for its model card.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Bundles of this computer</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>From folder…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Install a bundle from its folder. Manifest and SHA-256 of every file are verified; nothing in it is executed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>From .zip…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Install a bundle from a .zip file, at most 4 GB. Manifest and SHA-256 of every file are verified; nothing in it is executed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Remove…</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>The model card: what the bundle does, what it learned from, how well it did, and its licence.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstalledBundles.ui"/>
        <source>Model card of the chosen bundle</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionMeasurements</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Measurements</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Show all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Show the points and lines of all measurements in the views; again to hide them.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Restore</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Put the points of the chosen measurement back to where they were measured; what you moved is forgotten.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Measure again</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Take all measurements from the outlines as they are now, such as after a correction. Points that you moved stay where they are.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Thickness colors</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Show the thickness of cartilage as colors in the 3D view, 0 to 4 mm. Bare bone that cartilage surrounds counts as 0 mm; worn bone at the rim of the cartilage is not counted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Measurements with their values and usual ranges</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionMeasurements.ui"/>
        <source>Click a row, or press Enter: the slice views show where it was measured. Drag a point of it: the number follows. The box shows or hides its points. mm: millimetres, mL: millilitres, °: degrees.</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Show what the worker process itself has said.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Words of the worker</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>The end of what the worker process has written.</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Surfaces in the 3D view</source>
        <translation>Oberflächen in der 3D-Ansicht</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>Outlined structures</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionSegmentation.ui"/>
        <source>The outlined structures; double-click a name to change it.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>OrthoDiffusionViewing</name>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Arrange views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Outlines</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Show the outlines in all slice views. Key O.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>Keys</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionViewing.ui"/>
        <source>List the keys for moving from finding to finding and for what the views show.</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>the full path of a folder, or empty</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>a folder, and this is a file</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>a whole number from {least} to {most}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>The setting ‘{name}’ is ‘{value}’; it must be {allowed}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Open Edit / Application Settings / OrthoDiffusion, set it and press OK.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Device</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Precision</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Threads</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Save every</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Folder of results</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Settings.py"/>
        <source>Folder of bundles</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>panel.SettingsPage</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>all</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Browse for: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>{name}: ‘{value}’ is not used; it must be {allowed}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Where the networks run. auto: on a CUDA GPU if there is one, else on the processor.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Number format of the networks. auto: bfloat16 where the computer is fast at it, else float32.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Threads of the processor that an analysis may use, up to 256. 0: one for each core.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Seconds between two automatic saves of work on a case, 5 to 3600.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Folder in which results and reports are offered to be saved. Empty: none.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/SettingsPage.py"/>
        <source>Folder that bundles are installed into and found in. Empty: beside Slicer&apos;s settings.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>panel.ShownMeasurements</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>These results do not say what was imaged. Analyze again to measure corrected outlines.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>The segmentation was deleted.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>Measuring the outlines …</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>The outlines were measured; {n} numbers changed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>Points that you moved were left: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/ShownMeasurements.py"/>
        <source>The outlines could not be measured: {problem}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>panel.Software</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Software.py"/>
        <source>Bundle {title}</source>
        <translation>Modellpaket {title}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Software.py"/>
        <source>There is no bundle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Software.py"/>
        <source>Choose a folder with manifest.json and .safetensors files, or a .zip file of it.</source>
        <translation type="unfinished"></translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>As you chose</source>
        <translation>Wie von Ihnen gewählt</translation>
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
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Bundle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Joint</source>
        <translation>Gelenk</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>From</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>came with the program</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>installed</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>This bundle came with the program, or lies in a folder that is not yours; it is not removed here.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>An analysis is using this bundle.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Delete the chosen bundle from this computer, after a question.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Removed: {title}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Installed: {what}</source>
        <translation>Installiert: {what}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>A bundle</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Bundles (*.zip)</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>{problem}.

Replace it?</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/InstalledBundles.py"/>
        <source>Delete the bundle {title} from this computer?

{folder}

Results that were made with it stay.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sections.Measurements</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>± On phantoms farther off than aimed at: {names}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>Colours: 0 mm (red, bare bone that cartilage surrounds) to 4 mm and more (yellow).</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>These results hold no measurements.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>‘Measure again’ takes it into account.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Measurements.py"/>
        <source>⚠ An outline was changed since these numbers were taken. {what}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>sections.MeasurementsTable</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Measurement</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Usual</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>{title}: {value}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>not measured</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>A point of it has no place; place it anew, or restore it.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Source: {source}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>no value</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Edited by the reader: points were moved, {time}. Model: {model}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Measured again from corrected outlines, {time}. Model: {model}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Below the usual {usual}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Above the usual {usual}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>Usual: {usual}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>On {n} phantoms it was off by {error} as a median; the aim of {aim} is met.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>On {n} phantoms it was off by {error} as a median: more than the aim of {aim}.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>{low} to {high}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>a point is missing</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>edited; model {model}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/MeasurementsTable.py"/>
        <source>again; model {model}</source>
        <translation type="unfinished"></translation>
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
        <translation>Strukturen umreißen und nach Befunden suchen</translation>
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
    <name>sections.Viewing</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>These work while this module is shown and no text is being typed.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Views as before</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Arrange views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Put layout, volumes and places of the views back as they were before they were arranged.</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Viewing.py"/>
        <source>Show three slice views and 3D, linked: each plane&apos;s volume in its own view, along its own slices.</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>tables.SeriesList</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/tables/SeriesList.py"/>
        <source>{name} (proposed): {facts}</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/tables/SeriesList.py"/>
        <source>{name}: {facts}</source>
        <translation type="unfinished"></translation>
    </message>
</context>
<context>
    <name>views.Keys</name>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>next finding, its place in all views</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>previous finding</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>heat map on or off</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>heat map more transparent</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>heat map more opaque</source>
        <translation type="unfinished"></translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/views/Keys.py"/>
        <source>outlines on or off in the slice views</source>
        <translation type="unfinished"></translation>
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
</TS>
