"""From a total back to its inputs: total -> stages -> pools -> machines -> formula, values, factors, sources.

ground      what explanations are read from: impacts of machines, lines of platforms, factors, the inventory
tree        the steps above machines: stages, pools and their parts, platforms and what they hold (M4)
leaves      machines: the ones that are alike shown once, with their count
formulas    the formula of a machine and its inputs (M2, M3, M6)
inputs      the inputs themselves, with factor, source and year

A formula is written with the names of its inputs: replacing each name by its value gives the amount.
"""
