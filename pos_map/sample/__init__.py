"""The sample estate: "Caisse Exemple", a fictional body of about 1,700 agents and 900,000 insured people."""
