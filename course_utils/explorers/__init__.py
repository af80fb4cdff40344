"""Explorers: pictures that follow their controls, one module each, on one engine.

An explorer has three parts that do not mix: a pure function from state to numbers, a figure that shows those
numbers, and the widgets that hold the state. A new one is a module with a function of the same name, declared to
return an Explorer, whose docstring's example binds the name `explorer`: tests and benchmarks find it by that. The
lines that it shows as code may use its own arguments by name, and compute every number that its caption tells.
Importing this package loads neither matplotlib nor ipywidgets.
"""
