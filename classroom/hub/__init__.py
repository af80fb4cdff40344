"""One server for a class: JupyterHub's settings, and a rehearsal of a class on it."""
