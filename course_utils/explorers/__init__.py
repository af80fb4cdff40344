"""Explorers: pictures that follow their controls, one module each, on one engine.

An explorer has three parts that do not mix: a pure function from state to numbers, a figure that shows those
numbers, and the widgets that hold the state. Importing this package loads neither matplotlib nor ipywidgets.
"""
