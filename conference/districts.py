"""Baden-Württemberg's 44 districts and city districts: suggestions, never a barrier."""

RURAL = (
    *("Biberach", "Böblingen", "Breisgau-Hochschwarzwald", "Calw", "Emmendingen", "Esslingen"),
    *("Freudenstadt", "Göppingen", "Heidenheim", "Heilbronn", "Karlsruhe", "Konstanz"),
    *("Lörrach", "Ludwigsburg", "Rastatt", "Ravensburg", "Reutlingen", "Rottweil"),
    *("Schwäbisch Hall", "Sigmaringen", "Tübingen", "Tuttlingen", "Waldshut"),
)
NAMED = (
    *("Alb-Donau-Kreis", "Bodenseekreis", "Enzkreis", "Hohenlohekreis", "Main-Tauber-Kreis"),
    *("Neckar-Odenwald-Kreis", "Ortenaukreis", "Ostalbkreis", "Rems-Murr-Kreis"),
    *("Rhein-Neckar-Kreis", "Schwarzwald-Baar-Kreis", "Zollernalbkreis"),
)
CITIES = (
    *("Baden-Baden", "Freiburg im Breisgau", "Heidelberg", "Heilbronn", "Karlsruhe"),
    *("Mannheim", "Pforzheim", "Stuttgart", "Ulm"),
)
DISTRICTS = sorted(
    [
        *(f"{name} (Landkreis)" for name in RURAL),
        *(f"{name} (Stadtkreis)" for name in CITIES),
        *NAMED,
    ]
)
