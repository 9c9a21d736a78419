"""From ballots to a ranking. Values in, values out, with the standard library alone: the product, the command line and anybody
who doubts a result run these same lines. The rules in words: docs/counting.md."""
