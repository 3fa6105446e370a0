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
        <source>Click a row: all slice views show its place, and the heat map is laid over them.</source>
        <translation>Klick auf eine Zeile: alle Schichtansichten zeigen den Ort, mit der Heatmap darüber.</translation>
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
        <source>Opacity of the heat map.</source>
        <translation>Deckkraft der Heatmap, 0 bis 1.</translation>
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
        <source>Volume used for the sagittal plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die sagittale Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Coronal:</source>
        <translation>Koronar:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the coronal plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die koronare Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Axial:</source>
        <translation>Axial:</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInputs.ui"/>
        <source>Volume used for the axial plane. It is chosen automatically; your own choice is kept.</source>
        <translation>Volumen für die axiale Ebene. Es wird automatisch gewählt; Ihre eigene Wahl bleibt erhalten.</translation>
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
        <source>Sex. Optional. This bundle was trained with it; it is not stored in the scene.</source>
        <translation>Geschlecht. Freiwillig. Dieses Modellpaket wurde damit trainiert; es wird nicht in der Szene gespeichert.</translation>
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
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Browse…</source>
        <translation>Durchsuchen…</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionInstallation.ui"/>
        <source>Install</source>
        <translation>Installieren</translation>
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
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/Resources/UI/OrthoDiffusionRun.ui"/>
        <source>Details</source>
        <translation>Einzelheiten</translation>
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
        <source>Surfaces in the 3D view</source>
        <translation>Oberflächen in der 3D-Ansicht</translation>
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
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Bundles.py"/>
        <source>The bundle cannot be copied: {error}</source>
        <translation>Das Modellpaket kann nicht kopiert werden: {error}</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/Bundles.py"/>
        <source>Free some disk space and install again.</source>
        <translation>Geben Sie Speicherplatz frei und installieren Sie erneut.</translation>
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
        <source>No bundle was found. Install one with ‘Offline installation’ below.</source>
        <translation>Kein Modellpaket gefunden. Installieren Sie eines unten mit „Offline-Installation“.</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Chosen by hand</source>
        <translation>Von Hand gewählt</translation>
    </message>
    <message>
        <location filename="OrthoDiffusion/OrthoDiffusionSlicer/panel/sections/Inputs.py"/>
        <source>Left empty by hand</source>
        <translation>Von Hand leer gelassen</translation>
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
