"""Feste englische Texte: wie gemessen wird, woher übliche Werte stammen, wozu Modellpakete dienen, woraus sie lernten.

Sie stehen unter ihrem englischen Wortlaut: ändert er sich, gilt die Übersetzung nicht mehr.
"""

from OrthoDiffusionLib.messages.sentence import Sentence

_TEXTS = (
    (
        "Length of the patellar tendon, from the lower pole of the patella to where the back of the tendon "
        "meets the tibia, divided by the greatest length of the patella in a sagittal slice through its "
        "middle; straight lines.",
        "Länge der Patellarsehne, vom unteren Patellapol bis dorthin, wo die Hinterseite der Sehne auf die "
        "Tibia trifft, geteilt durch die größte Länge der Patella in einer sagittalen Schicht durch ihre "
        "Mitte; gerade Linien.",
    ),
    (
        "Distance from the lower edge of the patella's articular surface to the anterior upper corner of the "
        "tibia, divided by the length of that surface; straight lines in a sagittal slice through the "
        "patella.",
        "Abstand vom unteren Rand der Patellagelenkfläche zur vorderen oberen Ecke der Tibia, geteilt durch "
        "die Länge dieser Fläche; gerade Linien in einer sagittalen Schicht durch die Patella.",
    ),
    (
        "Angle at the floor of the trochlear groove between the highest points of its two facets, on "
        "subchondral bone, in the axial slice 3 cm above the lower end of the femur.",
        "Winkel am Grund der Trochlearinne zwischen den höchsten Punkten ihrer beiden Facetten, auf dem "
        "subchondralen Knochen, 3 cm über dem unteren Ende des Femurs (axiale Schicht).",
    ),
    (
        "How far the floor of the trochlear groove lies behind the mean of its two facets' highest points, "
        "measured square to the posterior condylar line, on subchondral bone, 3 cm above the lower end of "
        "the femur.",
        "Wie weit der Grund der Trochlearinne hinter dem Mittel der höchsten Punkte ihrer beiden Facetten "
        "liegt, senkrecht zur dorsalen Kondylenlinie gemessen, auf dem subchondralen Knochen, 3 cm über dem "
        "unteren Ende des Femurs.",
    ),
    (
        "Angle between the posterior condylar line and the steepest 10 mm of the lateral facet of the "
        "trochlea, on subchondral bone, 3 cm above the lower end of the femur; positive where the facet "
        "rises to its lateral edge.",
        "Winkel zwischen der dorsalen Kondylenlinie und den steilsten 10 mm der lateralen Trochleafacette, "
        "auf dem subchondralen Knochen, 3 cm über dem unteren Ende des Femurs; positiv, wo die Facette zum "
        "lateralen Rand hin ansteigt.",
    ),
    (
        "Angle between the posterior condylar line and the line through the medial and lateral edge of the "
        "patella in the axial slice where it is widest; positive where the lateral edge is tilted backwards.",
        "Winkel zwischen der dorsalen Kondylenlinie und der Linie durch den medialen und lateralen "
        "Patellarand in der axialen Schicht, in der die Patella am breitesten ist; positiv, wo der laterale "
        "Rand nach hinten kippt.",
    ),
    (
        "How far lateral of the floor of the trochlear groove the middle of the patellar tendon's insertion "
        "on the tibia lies, along the posterior condylar line; negative where it lies medial of the groove.",
        "Wie weit lateral vom Grund der Trochlearinne die Mitte des Ansatzes der Patellarsehne an der Tibia "
        "liegt, entlang der dorsalen Kondylenlinie; negativ, wo sie medial der Rinne liegt.",
    ),
    (
        "Slope of the subchondral bone of the medial tibial plateau from front to back, against a line "
        "square to the axis of the tibial shaft, in a sagittal slice through the middle of the plateau; "
        "positive where the plateau falls backwards.",
        "Neigung des subchondralen Knochens des medialen Tibiaplateaus von vorn nach hinten gegen eine "
        "Senkrechte zur Achse des Tibiaschafts, in einer sagittalen Schicht durch die Mitte des Plateaus; "
        "positiv, wo das Plateau nach hinten abfällt.",
    ),
    (
        "Slope of the subchondral bone of the lateral tibial plateau from front to back, against a line "
        "square to the axis of the tibial shaft, in a sagittal slice through the middle of the plateau; "
        "positive where the plateau falls backwards.",
        "Neigung des subchondralen Knochens des lateralen Tibiaplateaus von vorn nach hinten gegen eine "
        "Senkrechte zur Achse des Tibiaschafts, in einer sagittalen Schicht durch die Mitte des Plateaus; "
        "positiv, wo das Plateau nach hinten abfällt.",
    ),
    (
        "How far the medial meniscus reaches beyond the edge of the tibial plateau, spurs left out, in the "
        "coronal slice through the middle of the meniscus; negative where it ends inside the edge.",
        "Wie weit der Innenmeniskus über den Rand des Tibiaplateaus hinausragt, ohne Osteophyten, in der "
        "koronaren Schicht durch die Mitte des Meniskus; negativ, wo er innerhalb des Rands endet.",
    ),
    (
        "How far the lateral meniscus reaches beyond the edge of the tibial plateau, spurs left out, in the "
        "coronal slice through the middle of the meniscus; negative where it ends inside the edge.",
        "Wie weit der Außenmeniskus über den Rand des Tibiaplateaus hinausragt, ohne Osteophyten, in der "
        "koronaren Schicht durch die Mitte des Meniskus; negativ, wo er innerhalb des Rands endet.",
    ),
    (
        "Volume of all fluid in the joint, the little that every joint holds among it; bursae and cysts are left out.",
        "Volumen aller Flüssigkeit im Gelenk, auch der geringen Menge, die jedes Gelenk enthält; ohne Bursen "
        "und Zysten.",
    ),
    (
        "Greatest depth from front to back of the fluid above the patella, in the sagittal slices of the midline.",
        "Größte Tiefe der Flüssigkeit oberhalb der Patella von vorn nach hinten, in den sagittalen Schichten "
        "der Mittellinie.",
    ),
    (
        "Mean distance from the bone to the articular side over the whole plate, its rim left out; bare bone "
        "that cartilage surrounds counts as 0 mm (ThCtAB), worn bone at the rim is not counted.",
        "Mittlerer Abstand vom Knochen zur Gelenkseite über die ganze Knorpelplatte, ohne ihren Rand; "
        "freiliegender Knochen, den Knorpel umgibt, zählt als 0 mm (ThCtAB), abgenutzter Knochen am Rand "
        "wird nicht gezählt.",
    ),
    (
        "PMC6473803 fig. 1; MRI reads 0.13 above radiographs (PubMed 22446841); range assumed from 0.8 to "
        "1.2 on radiographs",
        "PMC6473803, Abb. 1; die MRT misst 0,13 mehr als das Röntgen (PubMed 22446841); Bereich angenommen "
        "nach 0,8 bis 1,2 im Röntgen",
    ),
    (
        "limits of agreement on MRI above 0.2 (van Sambeeck, p. 39); range assumed",
        "Übereinstimmungsgrenzen in der MRT über 0,2 (van Sambeeck, S. 39); Bereich angenommen",
    ),
    (
        "without dislocation 132.5°, with it 143° (CT, PMC5134791)",
        "ohne Luxation 132,5°, mit Luxation 143° (CT, PMC5134791)",
    ),
    (
        "below 3 mm abnormal (PMC9174504 fig. 4); without dislocation 6.0 mm (CT, PMC5134791)",
        "unter 3 mm auffällig (PMC9174504, Abb. 4); ohne Luxation 6,0 mm (CT, PMC5134791)",
    ),
    (
        "below 11° abnormal (PMC9174504 fig. 4); upper end assumed",
        "unter 11° auffällig (PMC9174504, Abb. 4); obere Grenze angenommen",
    ),
    (
        "10° and more is tilt; 9.8° without, 19.2° with complaints (Grelsamer 2008)",
        "ab 10° Kippung; 9,8° ohne, 19,2° mit Beschwerden (Grelsamer 2008)",
    ),
    (
        "300 healthy knees on MRI, 8.3 mm (2 to 17), scite Cho; MRI reads less than CT (14.7 and 16.9 mm, "
        "Camp, n = 59): the limit of 20 mm of CT does not hold; ±2.4 mm by adduction",
        "300 gesunde Knie in der MRT, 8,3 mm (2 bis 17), scite Cho; die MRT misst weniger als die CT (14,7 "
        "und 16,9 mm, Camp, n = 59): die CT-Grenze von 20 mm gilt nicht; ±2,4 mm durch Adduktion",
    ),
    (
        "on MRI 3.7 ± 3.4°, mean ± 2 SD (OJSM 23259671211033882); axis and tangent PMC9791884",
        "in der MRT 3,7 ± 3,4°, Mittel ± 2 SD (OJSM 23259671211033882); Achse und Tangente PMC9791884",
    ),
    (
        "on MRI 5.7 ± 3.7°, mean ± 2 SD (OJSM 23259671211033882); axis and tangent PMC9791884",
        "in der MRT 5,7 ± 3,7°, Mittel ± 2 SD (OJSM 23259671211033882); Achse und Tangente PMC9791884",
    ),
    (
        "3 mm is the usual limit, 4 mm separates better (n = 958, PMC6443617); outlines in 3D are the "
        "reference (Jones, s00167-017-4544-4); lower end assumed",
        "3 mm ist die übliche Grenze, 4 mm trennt besser (n = 958, PMC6443617); 3D-Konturen sind die Referenz "
        "(Jones, s00167-017-4544-4); untere Grenze angenommen",
    ),
    (
        "4 mm of depth go with about 4 mL (Schweitzer, AJR 159:361); range assumed",
        "4 mm Tiefe entsprechen etwa 4 ml (Schweitzer, AJR 159:361); Bereich angenommen",
    ),
    (
        "5 mm and more is an effusion (JKRS 42:825); 4 mm go with about 4 mL (Schweitzer, AJR 159:361)",
        "ab 5 mm Erguss (JKRS 42:825); 4 mm entsprechen etwa 4 ml (Schweitzer, AJR 159:361)",
    ),
    (
        "686 adults without radiographic arthrosis, means: medial tibia 1.73, lateral tibia 2.09, medial "
        "femur 1.86, lateral femur 1.77 mm: Eckstein et al., Osteoarthritis Cartilage 2010;18:1275–83, "
        "http://www.ncbi.nlm.nih.gov/pubmed/20691798",
        "686 Erwachsene ohne Arthrose im Röntgen, Mittelwerte: mediale Tibia 1,73, laterale Tibia 2,09, "
        "medialer Femur 1,86, lateraler Femur 1,77 mm: Eckstein et al., Osteoarthritis Cartilage "
        "2010;18:1275–83, http://www.ncbi.nlm.nih.gov/pubmed/20691798",
    ),
    (
        "27 men without cartilage damage, 16.6 to 31.4 mL together, mean thickness 1.57 to 2.43 mm, patella "
        "2.76 mm (women have less): https://pubmed.ncbi.nlm.nih.gov/11237657/",
        "27 Männer ohne Knorpelschaden, zusammen 16,6 bis 31,4 ml, mittlere Dicke 1,57 bis 2,43 mm, Patella "
        "2,76 mm (Frauen haben weniger): https://pubmed.ncbi.nlm.nih.gov/11237657/",
    ),
    (
        "stereophotography, n = 12, talus 1.10 ± 0.18, tibia 1.16 ± 0.14 mm (Osteoarthritis Cartilage 2007); MRI, "
        "talus 1.34 ± 0.14 mm (PubMed 17019682)",
        "Stereophotographie, n = 12, Talus 1,10 ± 0,18, Tibia 1,16 ± 0,14 mm (Osteoarthritis Cartilage 2007); MRT, "
        "Talus 1,34 ± 0,14 mm (PubMed 17019682)",
    ),
    (
        "Research and teaching only. Not a medical device, not for diagnosis or treatment. Learned from digital "
        "phantoms, not from patients; its figures are phantom numbers and say nothing of accuracy in patients.",
        "Nur für Forschung und Lehre. Kein Medizinprodukt, nicht für Diagnose oder Behandlung. Aus digitalen Phantomen "
        "gelernt, nicht aus Patienten; die Kennzahlen gelten für Phantome und sagen nichts über die Genauigkeit bei "
        "Patienten.",
    ),
    (
        "Research use only. Not a medical device, not for diagnosis or treatment. The probabilities are a network's "
        "estimates, not a radiologist's report.",
        "Nur für die Forschung. Kein Medizinprodukt, nicht für Diagnose oder Behandlung. Die Wahrscheinlichkeiten sind "
        "Schätzungen eines Netzes, kein radiologischer Befund.",
    ),
    (
        "Research and teaching only. Not a medical device, not for diagnosis or treatment. Fine-tuned on the cases of "
        "one table; its figures are those of that table's held-out patients and say nothing of other places, scanners "
        "or patients.",
        "Nur für Forschung und Lehre. Kein Medizinprodukt, nicht für Diagnose oder Behandlung. An den Fällen einer "
        "Tabelle nachtrainiert; die Kennzahlen gelten für deren zurückgehaltene Patienten und sagen nichts über andere "
        "Orte, Geräte oder Patienten.",
    ),
    (
        "Research and teaching only. Not a medical device, not for diagnosis or treatment. Adapted without labels to "
        "the images of one site: the accuracy of its outlines there was not measured, only the agreement of its "
        "planes.",
        "Nur für Forschung und Lehre. Kein Medizinprodukt, nicht für Diagnose oder Behandlung. Ohne eingezeichnete "
        "Konturen an die Bilder eines Standorts angepasst: wie genau die Konturen dort sind, wurde nicht gemessen, nur "
        "wie weit die Ebenen übereinstimmen.",
    ),
    (
        "Research and teaching only. Not a medical device, not for diagnosis or treatment. Encoders of other authors, "
        "imported: this bundle outlines nothing and looks for nothing before it is fine-tuned, and this project has "
        "measured nothing with it.",
        "Nur für Forschung und Lehre. Kein Medizinprodukt, nicht für Diagnose oder Behandlung. Importierte Encoder "
        "anderer Autoren: bevor es nachtrainiert wird, zeichnet dieses Modellpaket keine Konturen und sucht keine "
        "Befunde, und dieses Projekt hat damit nichts gemessen.",
    ),
    ("Digital knee phantoms of this project, procedural", "Digitale Kniephantome dieses Projekts, prozedural"),
    ("Digital ankle phantoms of this project", "Digitale Sprunggelenkphantome dieses Projekts"),
    ("Digital shoulder phantoms of this project", "Digitale Schulterphantome dieses Projekts"),
    ("Knee label maps of the Python package mskt 0.1.22", "Labelkarten des Knies aus dem Python-Paket mskt 0.1.22"),
    ("SPL Knee Atlas, label map", "SPL Knee Atlas, Labelkarte"),
    (
        "Distal tibia, fibula and talus of standing ankles, and calcanei, of the Lenz Lab",
        "Distale Tibia, Fibula und Talus belasteter Sprunggelenke sowie Kalkanei, vom Lenz Lab",
    ),
    (
        "Tarsal bones and forefoot of the Visible Human Female (Andreassen et al.)",
        "Fußwurzelknochen und Vorfuß der Visible Human Female (Andreassen et al.)",
    ),
    (
        "Places of scapula and clavicle, read off a shoulder of OpenSim Creator (Adam Kewley); no mesh is used",
        "Lage von Skapula und Klavikula, abgelesen an einer Schulter von OpenSim Creator (Adam Kewley); kein "
        "Oberflächenmodell wird verwendet",
    ),
)

TEXTS = {f"text.{english}": Sentence(german) for english, german in _TEXTS}
