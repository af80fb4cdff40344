"""Explorers: pictures that move under the hand, drawn by the page. docs/explorers.md says how one is made."""
