"""Small things that several rooms of the package need, each written once; notebooks import none of them."""
