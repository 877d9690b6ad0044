"""The demonstration: a real, small AI experiment on generated letters, measured as a user would measure it.

letters         letters of insured people, from a seeded grammar; standard library only
phrases         the words of the grammar, by service
rules           the alternative without AI: keyword rules
mail_triage     trains, serves and measures: `python -m footprint.demo.mail_triage`
"""
