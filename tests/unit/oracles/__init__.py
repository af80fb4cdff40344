"""The course's own functions as the truth about what the page's explorers compute: one module an explorer.

Each has `states(rng)`, some hundred states at random and those at the borders, and `numbers(state)`: by name, what
`compute` in explorers/src/NAME/numbers.js must give. RTOL and ATOL, where a module has them, say how near; else 1e-9.
`GIVEN`, where it has one, holds the names that the code it lists may use beside its own.
"""
